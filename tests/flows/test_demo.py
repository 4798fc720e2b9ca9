"""``koe demo``: a folder of its own, rebuilt each time, whatever else is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.demo import MARKER, Demo, build_demo
from flows.steps.run import silent
from flows.wiring import Wiring
from koe.errors import UsageError
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


def test_a_foreign_folder_is_left_alone(build: Callable[[Path], Demo], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not made by `koe demo`"):
        build(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        build(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
