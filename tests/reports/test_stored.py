"""Stored reports: which weeks there are, and how issues stood in the last one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koe.errors import BusyError, NotFoundError
from koe.week import Week
from reports.stored import file_name, last_standings, stored_report, stored_weeks

WEEK = Week(2026, 47)


def _write(folder: Path, week: Week, *issues: tuple[str, int]) -> bytes:
    entries = [{"id": name, "count": count} for name, count in issues]
    content = json.dumps({"week": str(week), "issues": entries}).encode()
    (folder / file_name(week)).write_bytes(content)
    return content


def test_weeks_come_newest_first_and_other_files_are_left_alone(tmp_path: Path) -> None:
    assert stored_weeks(tmp_path / "nowhere") == []
    content = _write(tmp_path, WEEK)
    _write(tmp_path, WEEK - 60)
    for name in ("koe-notes.json", "koe-2026-W99.json", "koe-2026-W47.ja.html"):
        (tmp_path / name).write_text("x", "utf-8")
    assert stored_weeks(tmp_path) == [WEEK, WEEK - 60]
    assert stored_report(tmp_path, WEEK) == content
    with pytest.raises(NotFoundError):
        stored_report(tmp_path, WEEK + 1)


def test_standings_are_those_of_the_last_report_and_follow_its_file(tmp_path: Path) -> None:
    assert last_standings(tmp_path) == (None, {})
    _write(tmp_path, WEEK - 1, ("ISSUE-0001", 1))
    _write(tmp_path, WEEK, ("ISSUE-0002", 5))
    week, standings = last_standings(tmp_path)
    assert (week, standings["ISSUE-0002"]["count"]) == (WEEK, 5)
    _write(tmp_path, WEEK, ("ISSUE-0002", 6))
    os.utime(tmp_path / file_name(WEEK), (1, 1))
    assert last_standings(tmp_path)[1]["ISSUE-0002"]["count"] == 6


@pytest.mark.parametrize("content", ["", "{", "[]", '{"week": "2026-W46", "issues": []}', '{"week": "2026-W47"}'])
def test_a_file_that_is_not_whole_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / file_name(WEEK)).write_text(content, "utf-8")
    with pytest.raises(BusyError, match="koe report --week 2026-W47"):
        stored_report(tmp_path, WEEK)
    with pytest.raises(BusyError):
        last_standings(tmp_path)
