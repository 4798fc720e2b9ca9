"""The report as JSON text."""

from __future__ import annotations

import json

from reports.report import Report


def render(report: Report) -> str:
    """The contract's JSON, indented, with real characters and a newline at the end."""
    return json.dumps(report.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
