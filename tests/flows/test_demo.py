"""``koe demo``: a folder of its own, rebuilt each time, whatever else is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.demo import MARKER, Demo, build_demo, mark_fixes
from flows.steps.run import silent
from flows.wiring import Wiring
from koe.errors import UsageError
from koe.issue import Label, Span
from koe.settings import Settings
from reports.verify import verify


@pytest.fixture
def build(keyword_analyser: Any) -> Callable[[Path], Demo]:
    return lambda folder: build_demo(folder, silent, lambda settings: Wiring(settings, _analyser=keyword_analyser))


def test_the_demo_stands_in_its_folder_and_says_what_to_look_at(
    build: Callable[[Path], Demo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KOE_DATABASE", f"sqlite:///{tmp_path / 'real.sqlite'}")
    monkeypatch.setenv("KOE_NOTIFY", "[json://real.example]")
    old = Path("koe-demo", "koe-out", "old.html")
    old.parent.mkdir(parents=True)
    old.write_text("of an earlier demo", "utf-8")
    Path("koe-demo", MARKER).touch()
    demo = build(Path("koe-demo"))
    assert not old.exists()
    assert not (tmp_path / "real.sqlite").exists()
    assert demo.result.refused == 12
    assert demo.result.notified == ()
    assert sum(counts.new for counts in demo.result.ingested.values()) >= 1500
    lines = demo.summary.splitlines()
    page = Path(lines[0].partition(": ")[2])
    assert page.is_file()
    assert page.suffix == ".html"
    assert "cd koe-demo && koe verify koe-out/koe-2026-W20.json" in lines[1]
    assert "cd koe-demo && koe desk" in demo.summary
    assert [login.name for login in demo.logins] == ["viewer", "agent", "lead", "admin"]
    assert all(login.password in demo.summary for login in demo.logins)
    monkeypatch.delenv("KOE_DATABASE")
    monkeypatch.delenv("KOE_NOTIFY")
    wiring = Wiring.from_config(Path("koe-demo/koe.yaml"))
    report = json.loads(Path("koe-demo/koe-out/koe-2026-W20.json").read_text("utf-8"))
    assert verify(wiring.database, report, wiring.settings) == []


def test_the_issue_that_the_maker_fixed_is_marked(tmp_path: Path, keyword_analyser: Any) -> None:
    database = f"sqlite:///{tmp_path / 'koe.sqlite'}"
    wiring = Wiring(Settings(database=database), _analyser=keyword_analyser)
    wiring.database.migrate()
    assert mark_fixes(wiring) == []
    truth = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    broken = [Span(one["feedback"], 1, "text", 0, 5) for one in truth["segments"] if "coupling" in one["issue"]]
    others = [Span(one["feedback"], 1, "text", 0, 5) for one in truth["segments"] if one["issue"] == "mix-bowl-loose"]
    now = wiring.clock()
    with wiring.database.work() as work:
        for spans in ([*others, *broken[:2]], broken[2:9]):
            issue = work.issues.create("MIX-5", Label("割れる"), now, np.ones(4, np.float32), now)
            work.issues.add_members(issue.id, [(span, 0.9) for span in spans], now)
        work.commit()
    assert mark_fixes(wiring) == ["ISSUE-0002"]
    with wiring.database.work(write=False) as work:
        told = {stored.id: stored.issue.fixed_from for stored in work.issues.all()}
    assert told == {"ISSUE-0001": None, "ISSUE-0002": datetime(2026, 3, 15, 15, tzinfo=UTC)}


@pytest.mark.slow
@pytest.mark.model
def test_the_demo_judges_its_fix(tmp_path: Path) -> None:
    demo = build_demo(tmp_path / "koe-demo", silent)
    report = json.loads(next(path for path in demo.result.reports if path.suffix == ".json").read_text("utf-8"))
    (fixed,) = [issue for issue in report["issues"] if issue["fix"]]
    assert (fixed["product_id"], fixed["fix"]["from"], fixed["fix"]["for"]) == ("MIX-5", "2026-03-16", None)
    assert fixed["fix"]["verdict"] == "fixed"
    assert fixed["fix"]["high"] < 1
    assert fixed["fix"]["against"]["high"] < 1


def test_a_foreign_folder_is_left_alone(build: Callable[[Path], Demo], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not made by `koe demo`"):
        build(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        build(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
