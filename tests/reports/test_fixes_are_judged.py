"""Fixes in the weekly report: which feedback counts on which side, what is told, and that it can be verified."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from koe.coverage import Coverage
from koe.issue import IssueState, Label
from koe.settings import Settings
from koe.week import Week
from reports.fix_verdict import ControlKind, Side, Verdict
from reports.render import html, markdown, summary, xlsx
from reports.report import IssueEntry, Report
from reports.verify import verify
from reports.weekly import build_report

FIRST = Week(2026, 5)
MODEL = "tiny-1"


class Lots:
    """A shop with one issue: so many of so many feedback a week and lot, complaining or content."""

    def __init__(self, shop: Any, settings: Settings, now: Any) -> None:
        self.shop, self.settings, self.now = shop, settings, now

    def sell(self, index: int, lot: str | None, complaints: int, content: int, **fields: Any) -> None:
        attributes = {"attributes": {"lot": lot} if lot else {}}
        for number in range(complaints):
            self.shop.say(FIRST + index, f"it broke {index} {lot} {number}", "broken", **attributes, **fields)
        for number in range(content):
            self.shop.say(FIRST + index, f"fine {index} {lot} {number}", **attributes, **fields)

    def others(self, index: int, complaints: int, content: int) -> None:
        for number in range(complaints):
            self.shop.say(FIRST + index, f"it hums {index} {number}", "hum", product_id="MIX-5")
        for number in range(content):
            self.shop.say(FIRST + index, f"kneads {index} {number}", product_id="MIX-5")

    def fix(self, index: int, covers: str | None = None, days: int = 0) -> None:
        self.shop.store(
            {"broken": ("SPK-10", Label("壊れる", "it breaks")), "hum": ("MIX-5", Label("鳴る", "it hums"))}
        )
        since = (FIRST + index).start(self.settings.zone) + timedelta(days=days)
        with self.shop.database.work() as work:
            coverage = None if covers is None else Coverage.parse(covers)
            work.issues.fix("ISSUE-0001", by="ando", effective_at=since, covers=coverage)
            work.commit()

    def report(self, index: int) -> Report:
        with self.shop.database.work() as work:
            report = build_report(work, FIRST + index, self.settings, MODEL, self.now)
            work.commit()
        return report

    def entry(self, index: int) -> IssueEntry:
        return next(issue for issue in self.report(index).issues if issue.id == "ISSUE-0001")


@pytest.fixture
def lots(empty_shop: Any, settings: Settings, now: Any) -> Lots:
    return Lots(empty_shop, settings, now)


def counts(*sides: Side | None) -> list[Sequence[float] | None]:
    return [None if side is None else (side.count, side.exposure) for side in sides]


def test_a_fix_of_everything_is_set_against_other_products(lots: Lots) -> None:
    for index in range(12):
        lots.sell(index, "B-1", 3 if index < 6 else 0, 7)
        lots.others(index, 4, 6)
    lots.fix(6)
    fix = lots.entry(11).fix
    assert fix is not None
    assert counts(fix.before, fix.after) == [(18, 60), (0, 42)]
    assert (fix.weeks_before, fix.weeks_after, fix.covers) == (6, 6, None)
    control = fix.judgement.control
    assert control is not None
    assert (control.kind, *counts(control.before, control.after)) == (ControlKind.OTHER_PRODUCTS, (24, 60), (24, 60))
    assert fix.judgement.verdict is Verdict.FIXED


def test_a_week_that_the_fix_begins_in_counts_on_neither_side(lots: Lots) -> None:
    for index in range(10):
        lots.sell(index, "B-1", 2, 8)
    lots.fix(5, days=2)
    fix = lots.entry(9).fix
    assert fix is not None
    assert counts(fix.before, fix.after) == [(10, 50), (8, 40)]
    assert fix.judgement.verdict is Verdict.NO_EVIDENCE
    begun = lots.entry(5).fix
    assert begun is not None
    assert (begun.weeks_after, begun.judgement.compared, begun.earlier) == (0, None, None)
    # Ten feedback a week, as before the fix.
    assert begun.judgement.weeks_needed is not None


def test_a_new_kind_is_compared_with_the_kind_before_and_the_old_stock(lots: Lots) -> None:
    for index in range(12):
        lots.sell(index, "B-9", 4 if index < 6 else 3, 6)
        if index >= 6:
            lots.sell(index, "B-10", 0, 10)
            lots.sell(index, None, 1, 1)
    lots.fix(6, "lot>=B-10")
    fix = lots.entry(11).fix
    assert fix is not None
    assert (fix.covers, fix.before_covered, fix.not_told) == ("lot>=B-10", False, 12)
    assert counts(fix.before, fix.after) == [(24, 60), (0, 60)]
    control = fix.judgement.control
    assert control is not None
    assert (control.kind, *counts(control.before, control.after)) == (ControlKind.SAME_PRODUCT, None, (18, 54))
    assert fix.judgement.verdict is Verdict.FIXED


def test_a_kind_that_was_there_before_is_compared_with_itself(lots: Lots) -> None:
    for index in range(12):
        lots.sell(index, "JP", 4 if index < 6 else 1, 16)
        lots.sell(index, "US", 3, 7)
    lots.fix(6, "lot=JP")
    fix = lots.entry(11).fix
    assert fix is not None
    assert fix.before_covered
    assert counts(fix.before, fix.after) == [(24, 120), (6, 102)]
    control = fix.judgement.control
    assert control is not None
    assert counts(control.before, control.after) == [(18, 60), (18, 60)]
    assert fix.judgement.verdict is Verdict.FIXED


def test_units_are_the_exposure_where_every_week_has_them(lots: Lots) -> None:
    for index in range(12):
        lots.sell(index, "A", 3, 2)
        if index >= 6:
            lots.sell(index, "B", 1, 2)
    lots.fix(6, "lot>=B")
    weeks = [str(FIRST + index) for index in range(12)]
    rows = [("SPK-10", "lot", "A", week, 100.0) for week in weeks] + [
        ("SPK-10", "lot", lot, week, 400.0) for week in weeks[6:] for lot in ("B", "C")
    ]
    with lots.shop.database.work() as work:
        work.exposures.upsert(rows[:-1])
        work.commit()
    fix = lots.entry(11).fix
    assert fix is not None
    assert fix.in_units
    assert counts(fix.before, fix.after) == [(18, 600), (6, 4400)]
    earlier = lots.entry(10).fix
    assert earlier is not None
    assert counts(earlier.after) == [(5, 4000)]


def test_another_verdict_is_news(lots: Lots) -> None:
    for index in range(12):
        lots.sell(index, "B-1", 3 if index < 6 else 0, 7)
    lots.fix(6)
    news = {}
    for index in range(6, 12):
        report = lots.report(index)
        (issue,) = report.issues
        assert issue.fix is not None
        assert issue.state is IssueState.FIXED
        if report.changed(IssueState.FIXED):
            news[index] = issue.fix.judgement.verdict
    assert news == {6: Verdict.NO_EVIDENCE, 7: Verdict.FIXED}


@pytest.fixture
def judged(lots: Lots) -> Report:
    """The week in which a fix of some lots turns out to work."""
    for index in range(8):
        lots.sell(index, "B-9", 4, 6)
        if index >= 4:
            lots.sell(index, "B-10", 0, 10)
            lots.sell(index, None, 0, 1)
    lots.fix(4, 'lot>=B-10,lot!="<b>"')
    reports = [lots.report(index) for index in range(4, 8)]
    return next(report for report in reports if report.changed(IssueState.FIXED) and report.week > FIRST + 4)


def test_the_report_carries_the_verdict_and_can_be_verified(judged: Report, lots: Lots) -> None:
    data = json.loads(json.dumps(judged.to_json(), allow_nan=False))
    fix = data["issues"][0]["fix"]
    assert (fix["from"], fix["for"]) == ("2026-02-23", 'lot>=B-10,lot!="<b>"')
    assert (fix["verdict"], fix["earlier_verdict"], fix["weeks_needed"]) == ("fixed", "no evidence yet", 0)
    assert fix["ratio"] == fix["low"] == 0
    assert 0 < fix["high"] < 1
    assert fix["against"] is None or fix["against"]["high"] < 1
    assert data["changes"]["fixed"] == ["ISSUE-0001"]
    assert verify(lots.shop.database, data, lots.settings) == []
    fix["high"] += 0.01
    assert [one.place for one in verify(lots.shop.database, data, lots.settings)] == ["issues[0].fix.high"]


def test_the_verdict_is_told_on_every_surface_in_both_languages(judged: Report) -> None:
    said = {
        "en": ["Fix from 23 Feb 2026 for lot&gt;=B-10", ": fixed.", "0 of 20 pieces of feedback since", "16 of 40"],
        "ja": ["2026年2月23日からのlot&gt;=B-10", "：効果あり。", "声20件中0件", "40件中16件"],
    }
    for lang, pieces in said.items():
        page = html.render(judged, lang)
        plain = [piece.replace("&gt;", ">") for piece in pieces]
        assert all(piece in page for piece in pieces), lang
        assert page.index(pieces[0]) < page.index('class="card')
        assert "<b>&" not in page
        text = markdown.render(judged, lang).replace("\\", "")
        book = openpyxl.load_workbook(io.BytesIO(xlsx.render(judged, lang)))
        cells = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        assert all(piece in text and piece in cells for piece in plain), lang
        short = summary.summary(judged, lang)
        assert plain[1] in short
        assert plain[2] not in short


def test_how_many_more_weeks_are_needed_is_told(lots: Lots) -> None:
    for index in range(8):
        lots.sell(index, "B-1", 2, 18)
    lots.fix(7)
    report = lots.report(7)
    assert "no evidence yet" in markdown.render(report, "en")
    assert report.issues[0].fix is not None
    weeks, halved = report.issues[0].fix.judgement.weeks_needed, report.issues[0].fix.judgement.weeks_if_halved
    assert f"If nobody says it any more, {weeks} more weeks will decide. If half of it remains, {halved}." in (
        markdown.render(report, "en")
    )
    assert f"今後一件もなければ、あと{weeks}週で判断できます。半分残る場合は{halved}週です。" in (
        markdown.render(report, "ja")
    )
