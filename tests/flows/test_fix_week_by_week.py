"""A fix through the weeks: it works, the fault comes back, koe reopens it once, and old weeks replay as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.steps.ingest import ingest
from flows.steps.report import build
from flows.wiring import Wiring
from koe.coverage import Coverage
from koe.issue import IssueState, Label, Span
from koe.settings_file import load_settings
from koe.week import Week
from reports.fix_verdict import Verdict
from reports.report import IssueEntry
from reports.verify import verify

FIRST = Week(2026, 1)
FIXED = FIRST + 8
BACK = FIXED + 8
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def wiring(tmp_path: Path, keyword_analyser: Any) -> Wiring:
    """A store with one issue. Lot A is faulty for eight weeks, lot B then is not; eight weeks later lot B is."""
    (tmp_path / "koe.yaml").write_text(
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n", "utf-8"
    )
    rows, spans = [], []
    for index in range(BACK.weeks_since(FIRST) + 2):
        week = FIRST + index
        for number in range(12):
            faulty = 2 if week < FIXED else 4 if week >= BACK else 0
            text = "音が出ない" if number < faulty else "かわいい色"
            created = week.start(load_settings().zone) + timedelta(hours=10 * number + 3)
            lot = "A" if week < FIXED else "B"
            rows.append({"id": f"{index}-{number}", "text": text, "created_at": created.isoformat(), "lot": lot})
            if text == "音が出ない":
                spans.append((Span(f"shop:{index}-{number}", 1, "text", 0, len(text)), 0.9))
    (tmp_path / "shop.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    wired = Wiring(load_settings(tmp_path / "koe.yaml"), lambda: NOW, keyword_analyser)
    wired.database.migrate()
    ingest(wired)
    with wired.database.work() as work:
        work.issues.create("P1", Label("音が出ない"), FIRST.start(wired.settings.zone), np.ones(4, np.float32), NOW)
        work.issues.add_members("ISSUE-0001", spans, NOW)
        work.commit()
    return wired


def _report(wiring: Wiring, week: Week) -> IssueEntry:
    return next(issue for issue in build(wiring, week).issues if issue.id == "ISSUE-0001")


def _ledger(wiring: Wiring) -> list[tuple[str, str]]:
    with wiring.database.work(write=False) as work:
        events = [stored.event for stored in work.issues.ledger("ISSUE-0001")]
    return [(str(event.kind), event.by) for event in events]


@pytest.mark.parametrize("covers", [None, "lot>=B"])
def test_a_fix_is_judged_week_by_week_and_reopened_once(wiring: Wiring, covers: str | None) -> None:
    assert _report(wiring, FIXED - 1).fix is None
    with wiring.database.work() as work:
        coverage = None if covers is None else Coverage.parse(covers)
        work.issues.fix("ISSUE-0001", by="ando", effective_at=FIXED.start(wiring.settings.zone), covers=coverage)
        work.commit()
    said: dict[str, list[Any]] = {}
    for index in range(BACK.weeks_since(FIXED) + 2):
        issue = _report(wiring, FIXED + index)
        said[str(FIXED + index)] = [issue.state, issue.fix and issue.fix.judgement.verdict]
    held = [IssueState.FIXED] * 8
    states = [state for state, _ in said.values()]
    assert states[:9] == [*held, IssueState.REOPENED]
    assert states[9] not in (IssueState.FIXED, IssueState.REOPENED)
    verdicts = [verdict for _, verdict in said.values()]
    assert verdicts[0] is Verdict.NO_EVIDENCE
    assert verdicts[7] is Verdict.FIXED
    # It is told once more in the week that takes it back, and not any more after that.
    assert verdicts[8] is not None
    assert verdicts[9] is None
    assert _ledger(wiring) == [("born", "koe"), ("fixed", "ando"), ("reopened", "koe")]
    with wiring.database.work(write=False) as work:
        stored = work.issues.get("ISSUE-0001").issue
        reopened = work.issues.ledger("ISSUE-0001")[-1].event
    assert stored.fixed_from is None
    assert stored.reopened_at == reopened.effective_at
    assert Week.at(reopened.effective_at, wiring.settings.zone) == BACK
    assert reopened.details["week"] == str(BACK)
    # Old weeks replay as they were, in any order, and add nothing to the ledger.
    for week in (BACK, FIXED + 3, BACK + 1):
        issue = _report(wiring, week)
        assert [issue.state, issue.fix and issue.fix.judgement.verdict] == said[str(week)]
    assert len(_ledger(wiring)) == 3
    report = json.loads(json.dumps(build(wiring, BACK).to_json()))
    assert report["changes"]["reopened"] == ["ISSUE-0001"]
    assert verify(wiring.database, report, wiring.settings) == []


def test_a_person_can_fix_it_again(wiring: Wiring) -> None:
    zone = wiring.settings.zone
    with wiring.database.work() as work:
        work.issues.fix("ISSUE-0001", by="ando", effective_at=FIXED.start(zone))
        work.commit()
    # Weeks that nobody ran are made up for: the rise goes on, so its second week reopens.
    assert _report(wiring, BACK + 1).state is IssueState.REOPENED
    with wiring.database.work() as work:
        work.issues.fix("ISSUE-0001", by="ando", effective_at=(BACK + 1).start(zone))
        work.commit()
    assert _report(wiring, BACK + 1).state is IssueState.FIXED
    assert _report(wiring, BACK).state is IssueState.REOPENED
    assert _ledger(wiring)[1:] == [("fixed", "ando"), ("reopened", "koe"), ("fixed", "ando"), ("reopened", "koe")]
    assert _report(wiring, BACK + 1).state is IssueState.FIXED
