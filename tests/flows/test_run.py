"""The whole week on a handful of feedback, with an analyser that needs no weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.steps.analyse import analyse
from flows.steps.run import run, silent
from flows.wiring import Wiring
from koe.analysis import Analysis, Document
from koe.settings_file import load_settings
from koe.week import Week

WEEK = Week(2026, 10)


@pytest.fixture
def wiring(tmp_path: Path, keyword_analyser: Any) -> Wiring:
    (tmp_path / "koe.yaml").write_text(
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n", "utf-8"
    )
    _write(tmp_path / "shop.jsonl", 5)
    return Wiring(load_settings(tmp_path / "koe.yaml"), lambda: datetime(2026, 3, 20, tzinfo=UTC), keyword_analyser)


def _write(path: Path, weeks: int) -> None:
    """Some feedback each week: a recurring complaint, a hazard, praise, and a broken row."""
    said = ["充電中に音が出ない", "充電中は音が出ない。困る", "電池はよい", "かわいい色です", "煙が出た。でも好き"]
    lines = []
    for week in range(weeks):
        monday = (WEEK - (weeks - 1 - week)).start(load_settings().zone)
        for number, text in enumerate(said):
            row = {
                "id": f"{week}-{number}",
                "text": f"{text}{'！' * week}",
                "rating": 2 if "出ない" in text else 5,
                "created_at": (monday + timedelta(days=number, hours=3)).isoformat(),
                "lot": "B" if number == 0 else "A",
            }
            lines.append(json.dumps(row, ensure_ascii=False))
    path.write_text("\n".join([*lines, "{broken"]) + "\n", "utf-8")


def test_a_week_goes_from_file_to_report_and_queues(wiring: Wiring) -> None:
    result = run(wiring, silent, WEEK)
    assert result.ingested["shop"].new == 25
    assert result.refused == 1
    assert result.discovered.born >= 1
    assert result.routed.tickets >= 10
    report = json.loads(next(path for path in result.reports if path.suffix == ".json").read_text("utf-8"))
    assert report["week"] == str(WEEK)
    assert report["totals"]["feedback"] == 5
    assert report["totals"]["quarantined"] == 1
    assert any("出ない" in (issue["label"]["ja"] or "") for issue in report["issues"])
    assert all(path.stat().st_size > 0 for path in result.reports)


def test_running_again_changes_nothing(wiring: Wiring) -> None:
    first = run(wiring, silent, WEEK)
    before = _without_time(first.reports)
    again = run(wiring, silent, WEEK)
    assert again.ingested["shop"].new == 0
    assert again.ingested["shop"].unchanged == 25
    assert again.analysed.texts == 0
    assert again.discovered.born == 0
    assert again.routed.tickets == 0
    assert _without_time(again.reports) == before


def _without_time(paths: Sequence[Path]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(next(path for path in paths if path.suffix == ".json").read_text("utf-8"))
    loaded.pop("generated_at")
    # A discovery that changes nothing still writes its row into the ledger.
    loaded["as_of"].pop("ledger")
    return loaded


def test_issues_keep_their_ids_when_another_week_comes_in(wiring: Wiring, tmp_path: Path) -> None:
    run(wiring, silent, WEEK)
    with wiring.database.work() as work:
        before = {member.span: member.issue for member in work.issues.members()}
    _write(tmp_path / "shop.jsonl", 6)
    run(wiring, silent, WEEK)
    with wiring.database.work() as work:
        after = {member.span: member.issue for member in work.issues.members()}
    assert before.items() <= after.items()


class Dying:
    """An analyser that dies after some texts, as a killed process does."""

    def __init__(self, inner: Any, after: int) -> None:
        self.inner, self.left, self.version, self.name = inner, after, inner.version, inner.name
        self.read: list[str] = []

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        for index, analysis in self.inner.analyse(documents, progress):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            self.read.append(documents[index].text)
            yield index, analysis


def test_a_killed_analysis_goes_on_where_it_stopped(wiring: Wiring, keyword_analyser: Any) -> None:
    from flows.steps import ingest

    wiring.database.migrate()
    ingest.ingest(wiring)
    dying = Wiring(wiring.settings, wiring.clock, Dying(keyword_analyser, 10))
    with pytest.raises(KeyboardInterrupt):
        analyse(dying, batch=4)
    # Two batches of four were stored; what is left is read once more, and only that.
    assert analyse(wiring).texts == 25 - 8
    assert analyse(wiring).texts == 0


class NewModel:
    """Another model: it thinks that nothing complains, and its vectors point elsewhere."""

    name, version = "new", "new-1"

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        for index, one in self.inner.analyse(documents, progress):
            segments = tuple(
                replace(segment, complaint=0.0, embedding=np.roll(segment.embedding, 1)) for segment in one.segments
            )
            yield index, replace(one, model=self.version, segments=segments)


def test_a_new_model_moves_the_centres_and_nothing_else(wiring: Wiring, keyword_analyser: Any) -> None:
    run(wiring, silent, WEEK)
    with wiring.database.work() as work:
        members = {member.span: member.issue for member in work.issues.members()}
        before = {stored.id: stored for stored in work.issues.all()}
    changed = Wiring(wiring.settings, wiring.clock, NewModel(keyword_analyser))
    assert run(changed, silent, WEEK).analysed.texts == 25
    with changed.database.work() as work:
        assert {member.span: member.issue for member in work.issues.members()} == members
        after = {stored.id: stored for stored in work.issues.all()}
    assert after.keys() == before.keys()
    for name, stored in before.items():
        assert after[name].issue == stored.issue
        assert not np.allclose(after[name].centre, stored.centre)
