from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from koe.feedback import Feedback, text_hash
from koe.issue import IssueState, Label, LedgerEvent, LedgerKind
from koe.settings import Settings
from koe.taxonomy import Intent
from koe.week import Week
from reports.report import Report
from reports.verify import verify
from reports.weekly import build_report
from storage.database import Database

LAST = Week(2026, 20)
MODEL = "tiny-1"


@pytest.fixture
def report(report_of_last_week: Report) -> Report:
    return report_of_last_week


def test_the_contract_keys_are_there(report: Report) -> None:
    data = report.to_json()
    assert {"week", "generated_at", "model", "as_of", "level", "expected_false_alarms", "issues", "totals"} <= set(data)
    assert set(data["as_of"]) == {"ingest", "ledger", "config"}
    issue = data["issues"][0]
    assert {
        "id", "product_id", "label", "state", "alert", "count", "previous_count", "exposure", "rate", "first_seen",
        "severity", "concentration", "quotations", "feedback_ids",
    } <= set(issue)  # fmt: skip
    assert {"attribute", "value", "measure", "ratio", "low", "high"} <= set(issue["concentration"][0])
    assert {"feedback_id", "version", "field", "start", "end", "text"} <= set(issue["quotations"][0])
    assert {"feedback", "counted", "complaint_segments", "unassigned", "quarantined"} <= set(data["totals"])
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_a_rise_from_one_lot_is_told(report: Report) -> None:
    issue = report.issues[0]
    assert (issue.id, issue.state, issue.alert) == ("ISSUE-0001", IssueState.RISING, True)
    assert (issue.count, issue.previous_count, issue.exposure) == (11, 0, 26)
    assert (issue.concentration[0].attribute, issue.concentration[0].value) == ("lot", "B-2417")
    assert (issue.concentration[0].cases, issue.concentration[0].issue_total) == (9, 11)
    assert [alert.issue for alert in report.alerts()] == ["ISSUE-0001"]
    assert len(issue.week_feedback_ids) == issue.count
    assert len(issue.feedback_ids) == 13


def test_the_onset_of_a_rise_is_told(report: Report) -> None:
    data = report.to_json()["issues"]
    assert data[0]["onset"] == {"week": str(LAST), "low": str(LAST), "high": str(LAST)}
    assert data[1]["onset"] is None


def test_who_leaves_and_who_is_reached_make_it_worse(empty: Any, settings: Settings, now: Any) -> None:
    for index in range(6):
        for number in range(10):
            empty.say(LAST - 5 + index, f"lovely {index}-{number}")
    for number in range(3):
        said = empty.say(LAST, f"it is silent {number}", "silent", reach=4_000 if number else None)
        key = text_hash(said.title, said.text)
        leaving = {Intent.COMPLAINT: 0.9, Intent.CHURN_THREAT: 0.8} if number else {Intent.COMPLAINT: 0.9}
        empty.analyses[key] = replace(empty.analyses[key], intents=leaving)
    empty.store({"silent": ("SPK-10", Label("音が出ない", "goes silent"))})
    with empty.database.work() as work:
        report = build_report(work, LAST, settings, MODEL, now)
        work.commit()
    (issue,) = report.issues
    assert (issue.churn_feedback, issue.reach) == (2, 8_000)
    parts = report.to_json()["issues"][0]["severity_parts"]
    assert (parts["churn"], parts["reach"]) == (0.667, 0.452)
    assert verify(empty.database, json.loads(json.dumps(report.to_json())), settings) == []


def test_a_ratio_alone_never_alerts(empty: Any, settings: Settings, now: Any) -> None:
    for index in range(16):
        for number in range(20):
            empty.say(LAST - 15 + index, f"lovely {index}-{number}", attributes={"lot": "B" if number == 0 else "A"})
        for number in range(2):
            empty.say(LAST - 15 + index, f"silent {index}-{number}", "silent", attributes={"lot": "B"})
    empty.store({"silent": ("SPK-10", Label("音が出ない", "goes silent"))})
    with empty.database.work() as work:
        report = build_report(work, LAST, settings, MODEL, now)
        work.commit()
    (issue,) = report.issues
    assert issue.concentration[0].low > 5
    assert (issue.alert, issue.state, issue.onset) == (False, IssueState.STEADY, None)
    assert report.alerts() == []


def test_copies_and_staff_are_shown_beside_and_not_counted(report: Report) -> None:
    reasons = sorted(item.reason.split()[0] for item in report.issues[0].excluded)
    assert reasons == ["copy", "staff"]
    assert report.totals.excluded == {"copy": 1, "staff": 1}
    assert report.totals.feedback - report.totals.counted == 2


def test_a_fixed_issue_is_fixed(report: Report) -> None:
    issue = report.issues[1]
    assert (issue.id, issue.state, issue.count) == ("ISSUE-0002", IssueState.FIXED, 0)
    assert report.changed(IssueState.FIXED) == []


def test_quotations_are_exact_masked_and_in_both_languages(report: Report, shop: Database) -> None:
    quotations = report.issues[0].quotations
    assert 0 < len(quotations) <= 5
    assert {quotation.lang for quotation in quotations} == {"ja", "en"}
    assert len({quotation.text for quotation in quotations}) == len(quotations)
    with shop.work(write=False) as work:
        for quotation in quotations:
            stored = work.feedback.version(quotation.feedback_id, quotation.version)
            assert stored is not None
            assert stored.feedback.text is not None
            assert len(quotation.text) == quotation.end - quotation.start
            for shown, original in zip(quotation.text, stored.feedback.text[quotation.start :], strict=False):
                assert shown in ("█", original)
            for mark in quotation.marks:
                assert quotation.start <= mark.start < mark.end <= quotation.end


def test_danger_is_told_at_five_stars(report: Report) -> None:
    (item,) = report.safety
    assert item.quotation.rating == 5
    assert "smoke" in item.quotation.text


def test_a_complaint_that_stands_alone_is_told(report: Report) -> None:
    assert [item.quotation.text for item in report.alone] == ["the handle squeaks"]
    assert report.totals.unassigned == 1


def test_an_earlier_week_does_not_see_later_feedback(shop: Database, settings: Settings, now: object) -> None:
    with shop.work() as work:
        before = build_report(work, LAST - 1, settings, MODEL, now)  # type: ignore[arg-type]
        work.commit()
    issue = next(issue for issue in before.issues if issue.id == "ISSUE-0001")
    assert issue.count == 0
    assert issue.state is IssueState.UNKNOWN
    assert len(issue.feedback_ids) == 2


def test_a_report_as_of_then_is_the_same_after_more_came_in(
    shop: Database, settings: Settings, report: Report, more: Feedback
) -> None:
    with shop.work() as work:
        work.feedback.upsert([more], report.generated_at + timedelta(hours=1))
        work.issues.record(LedgerEvent("ISSUE-0001", LedgerKind.DISMISSED, LAST.start(settings.zone), {}, "ando"))
        work.commit()
    changed = Settings.model_validate({"detection": {"level": 0.2}, "timezone": "Europe/London"})
    with shop.work(write=False) as work:
        again = build_report(work, LAST, changed, MODEL, report.generated_at, report.as_of)
    assert again.to_json() == report.to_json()


def test_an_empty_store_gives_an_empty_report(database: Database, settings: Settings, now: object) -> None:
    with database.work() as work:
        report = build_report(work, LAST, settings, MODEL, now)  # type: ignore[arg-type]
        work.commit()
    assert report.issues == []
    assert report.totals.feedback == 0
    assert report.to_json()["expected_false_alarms"] == 0.05
