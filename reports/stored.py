"""Stored reports: the JSON files that ``koe report`` and ``koe run`` wrote into the folder of the reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from koe.errors import BusyError, NotFoundError, UsageError
from koe.week import Week


def file_name(week: Week) -> str:
    """What the JSON of a week's report is called."""
    return f"koe-{week}.json"


def stored_weeks(folder: Path) -> list[Week]:
    """The weeks that have a report in a folder, the newest first."""
    found = []
    for path in folder.glob("koe-*.json"):
        try:
            found.append(Week.parse(path.stem.removeprefix("koe-")))
        except UsageError:
            continue  # a file of somebody else
    return sorted(found, reverse=True)


def stored_report(folder: Path, week: Week) -> bytes:
    """The report of a week as it was written.

    Raises:
        NotFoundError: the folder has none.
        BusyError: it is being written at this moment, or was cut off.
    """
    try:
        content = (folder / file_name(week)).read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError("report", str(week)) from error
    _read(content, week)
    return content


def last_standings(folder: Path) -> tuple[Week | None, Mapping[str, Mapping[str, Any]]]:
    """How each issue stood, by its id, in the last stored report; and of which week that is (``None``: no report).

    Raises:
        BusyError: it is being written at this moment, or was cut off.
    """
    weeks = stored_weeks(folder)
    if not weeks:
        return None, {}
    path = folder / file_name(weeks[0])
    status = path.stat()
    return weeks[0], _standings(path, weeks[0], status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _standings(path: Path, week: Week, _written: int, _size: int) -> Mapping[str, Mapping[str, Any]]:
    """Read once, as long as the file stays as it is."""
    return {entry["id"]: entry for entry in _read(path.read_bytes(), week)["issues"]}


def _read(content: bytes, week: Week) -> dict[str, Any]:
    try:
        read = json.loads(content)
        if read["week"] == str(week) and isinstance(read["issues"], list):
            return dict(read)
    except (ValueError, KeyError, TypeError):
        pass
    raise BusyError(f"the report of {week} is not whole; if nobody writes it now, `koe report --week {week}` does")
