"""``koe issues workaround``: what helps customers until an issue is fixed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from flows.cli import app
from flows.wiring import Wiring
from koe.errors import NotFoundError, UsageError
from koe.issue import Label


def test_a_workaround_is_noted_shown_and_taken_back(tmp_path: Path) -> None:
    config = tmp_path / "koe.yaml"
    config.write_text("timezone: UTC\n", "utf-8")
    wiring = Wiring.from_config(config)
    wiring.database.migrate()
    with wiring.database.work() as work:
        work.issues.create(
            "SPK-10", Label("音が出ない"), datetime(2026, 11, 2, tzinfo=UTC), np.ones(4, np.float32), wiring.clock()
        )
        work.commit()
    run = CliRunner()
    koe = ["--config", str(config), "issues"]
    noted = run.invoke(app, [*koe, "workaround", "ISSUE-0001", "--text", "充電を外してください。", "--by", "aki"])
    assert noted.stdout == "ISSUE-0001: workaround (ja) noted\n"
    english = run.invoke(app, [*koe, "workaround", "ISSUE-0001", "--text", "USB", "--lang", "en"])
    assert english.stdout == "ISSUE-0001: workaround (en) noted\n"
    assert "workaround (ja): 充電を外してください。 by aki" in run.invoke(app, [*koe, "show", "ISSUE-0001"]).stdout
    assert isinstance(run.invoke(app, [*koe, "workaround", "ISSUE-0001", "--text", " "]).exception, UsageError)
    gone = run.invoke(app, [*koe, "workaround", "ISSUE-0001", "--text", "", "--lang", "ja"])
    assert gone.stdout == "ISSUE-0001: workaround (ja) taken back\n"
    with wiring.database.work(write=False) as work:
        assert work.issues.workarounds("ISSUE-0001") == {"en": "USB"}
    missing = run.invoke(app, [*koe, "workaround", "ISSUE-0009", "--text", "x"])
    assert isinstance(missing.exception, NotFoundError)
