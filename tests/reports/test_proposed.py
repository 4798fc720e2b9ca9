"""What koe proposes, on every surface of the report."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from koe.proposal import Proposal, ProposalKind
from koe.settings import Settings
from reports.render import html, markdown, xlsx
from reports.report import Report
from reports.verify import verify
from reports.weekly import build_report
from storage.database import Database
from tests.reports.conftest import LAST, MODEL

MERGE = Proposal(
    kind=ProposalKind.MERGE,
    issue="ISSUE-0002",
    into="ISSUE-0001",
    nearness=0.82,
    bar=0.5,
    p_value=0.004,
    sizes=(6, 11),
    words=(("音", "sound"),),
    rests_on=LAST.start(Settings().zone),
)
SPLIT = replace(
    MERGE,
    kind=ProposalKind.SPLIT,
    issue="ISSUE-0001",
    into=None,
    nearness=-0.1,
    bar=0.3,
    p_value=0.0005,
    words=(("音",), ("ケーブル", "cable")),
    feedback=("shop:R0001", "shop:<b>"),
)


def made(shop: Database, settings: Settings, now: Any, *proposals: Proposal) -> Report:
    with shop.work() as work:
        work.proposals.replace(proposals, work.issues.begin_refit(now))
        report = build_report(work, LAST, settings, MODEL, now)
        work.commit()
    return report


def test_a_machine_reads_what_is_proposed_and_why(shop: Database, settings: Settings, now: Any) -> None:
    split, merge = made(shop, settings, now, MERGE, SPLIT).to_json()["proposals"]
    assert (merge["kind"], merge["issue"], merge["into"], merge["score"]) == (
        "merge",
        "ISSUE-0002",
        "ISSUE-0001",
        0.996,
    )
    assert merge["command"] == "koe issues merge ISSUE-0002 ISSUE-0001"
    assert merge["reason"]["en"].endswith("(at least 50 %; p = 0.004). Both say: 音, sound.")
    assert "6件と11件" in merge["reason"]["ja"]
    assert split["feedback_ids"] == ["shop:R0001", "shop:<b>"]
    assert "lie 0 % as near as to their own" in split["reason"]["en"]
    assert "もう一方の言葉：ケーブル、cable。" in split["reason"]["ja"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_people_read_it_in_a_section_of_its_own(shop: Database, settings: Settings, now: Any, lang: str) -> None:
    report = made(shop, settings, now, MERGE, SPLIT)
    page, text = html.render(report, lang), markdown.render(report, lang)
    head = {"ja": "koeからの提案", "en": "koe proposes"}[lang]
    for surface in (page, text):
        assert head in surface
        assert "koe issues merge ISSUE-0002 ISSUE-0001" in surface
    assert "shop:&lt;b&gt;" in page
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(report, lang)))
    assert [row[1].value for row in book[head].iter_rows(min_row=2)] == ["ISSUE-0001", "ISSUE-0002"]
    nothing = replace(report, proposals=[])
    assert head not in html.render(nothing, lang)
    assert head not in markdown.render(nothing, lang)


def test_a_proposal_is_verified(shop: Database, settings: Settings, now: Any) -> None:
    data = made(shop, settings, now, MERGE).to_json()
    with shop.work() as work:
        work.proposals.replace([SPLIT], work.issues.begin_refit(now))
        work.commit()
    assert verify(shop, data, settings) == []
    data["proposals"][0]["score"] = 1.0
    assert [mismatch.place for mismatch in verify(shop, data, settings)] == ["proposals[0].score"]


def test_what_was_done_or_rests_on_later_feedback_is_left_out(shop: Database, settings: Settings, now: Any) -> None:
    later = replace(SPLIT, rests_on=LAST.end(settings.zone) + timedelta(days=1))
    assert [entry.proposal for entry in made(shop, settings, now, MERGE, later).proposals] == [MERGE]
    with shop.work() as work:
        work.issues.merge("ISSUE-0002", "ISSUE-0001", by="hana", effective_at=MERGE.rests_on)
        assert build_report(work, LAST, settings, MODEL, now).proposals == []


def test_a_merge_over_two_products_counts_the_feedback_of_both(shop: Database, settings: Settings, now: Any) -> None:
    before = made(shop, settings, now)
    counts = {issue.id: len(issue.feedback_ids) for issue in before.issues}
    with shop.work() as work:
        work.issues.merge("ISSUE-0002", "ISSUE-0001", by="hana", effective_at=MERGE.rests_on)
        (issue,) = build_report(work, LAST, settings, MODEL, now).issues
    assert len(issue.feedback_ids) == counts["ISSUE-0001"] + counts["ISSUE-0002"]
    exposures = {issue.id: issue.exposure for issue in before.issues}
    assert issue.exposure == exposures["ISSUE-0001"] + exposures["ISSUE-0002"]
