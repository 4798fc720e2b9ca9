from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from koe.coverage import Coverage
from koe.errors import ConflictError, NotFoundError, UsageError
from koe.issue import Fix, Label, LedgerEvent, LedgerKind, Span
from koe.week import Week
from storage.database import Database
from storage.issue_store import IssueStore

AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(days=30)


def _span(number: int, field: str = "text") -> Span:
    return Span(f"shop:{number}", 1, field, 0, 5)  # type: ignore[arg-type]


def _issue(issues: IssueStore, *numbers: int, name: str = "silent", at: datetime = AT) -> str:
    centre = np.eye(4, dtype=np.float32)[len(name) % 4]
    issue = issues.create("SPK-10", Label(ja="音が出ない", en=name), AT, centre, at)
    issues.add_members(issue.id, [(_span(number), 0.5) for number in numbers], at)
    return issue.id


def _placed(issues: IssueStore, **when: object) -> dict[str, str]:
    return {member.span.feedback: member.issue for member in issues.members(**when)}  # type: ignore[arg-type]


def test_an_issue_is_born_with_the_next_number(database: Database) -> None:
    with database.work() as work:
        assert work.issues.next_number() == 1
        assert [_issue(work.issues, 1), _issue(work.issues, 2)] == ["ISSUE-0001", "ISSUE-0002"]
        stored = work.issues.get("issue-0002")
        assert (stored.issue.product_id, stored.issue.label, stored.issue.first_seen) == (
            "SPK-10",
            Label("音が出ない", "silent"),
            AT,
        )
        assert stored.centre.dtype == np.float32
        assert [event.event.kind for event in work.issues.ledger("ISSUE-0002")] == [LedgerKind.BORN]
        with pytest.raises(NotFoundError, match="ISSUE-0001"):
            work.issues.get("ISSUE-0003")


def test_a_refit_is_one_event_that_stamps_what_it_assigns(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues, 1)
        work.commit()
        before = work.issues.last_seq()
    with database.work() as work:
        refit = work.issues.begin_refit(LATER)
        assert work.issues.add_members(issue, [(_span(1), 0.9), (_span(2), 0.8), (_span(2), 0.8)], LATER) == 1
        work.issues.set_unassigned([(_span(7), "stands alone")], LATER)
        assert [e.seq for e in work.issues.ledger() if e.event.kind is LedgerKind.REFIT] == [refit - 1, refit]
        assert _placed(work.issues) == {"shop:1": issue, "shop:2": issue}
        assert _placed(work.issues, as_of_ledger=before) == {"shop:1": issue}
        assert work.issues.unassigned(before) == []
        assert work.issues.unassigned() == [(_span(7), "stands alone")]


def test_the_unassigned_are_replaced_as_a_whole_and_remembered(database: Database) -> None:
    with database.work() as work:
        work.issues.set_unassigned([(_span(1), "a"), (_span(2), "b")], AT)
        as_of = work.issues.last_seq()
        work.commit()
    with database.work() as work:
        work.issues.set_unassigned([(_span(2), "b"), (_span(3), "c")], LATER)
        assert work.issues.unassigned() == [(_span(2), "b"), (_span(3), "c")]
        assert work.issues.unassigned(as_of) == [(_span(1), "a"), (_span(2), "b")]


def test_a_segment_is_in_one_issue_at_a_time(database: Database) -> None:
    with database.work() as work:
        one, two = _issue(work.issues, 1, 2), _issue(work.issues, 3)
        as_of = work.issues.last_seq()
        work.commit()
    with database.work() as work:
        work.issues.add_members(two, [(_span(2), 0.9)], LATER)
        assert _placed(work.issues) == {"shop:1": one, "shop:2": two, "shop:3": two}
        assert _placed(work.issues, as_of_ledger=as_of) == {"shop:1": one, "shop:2": one, "shop:3": two}
        assert [(stored.id, size) for stored, size in work.issues.known()] == [(one, 1), (two, 2)]


def test_corrections_hold_from_their_effective_date_on(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues, 1)
        as_of = work.issues.last_seq()
        work.issues.rename(issue, en="no sound", by="hana", effective_at=LATER)
        work.issues.fix(issue, by="hana", effective_at=LATER)
        work.issues.dismiss(issue, by="hana", effective_at=LATER, reason="noise")
        (now,) = work.issues.all()
        assert (now.issue.label, now.issue.fixed_from, now.issue.dismissed) == (
            Label("音が出ない", "no sound"),
            LATER,
            True,
        )
        for then in (work.issues.all(as_of), work.issues.all(until=LATER)):
            assert (then[0].issue.label.en, then[0].issue.fixed_from, then[0].issue.dismissed) == (
                "silent",
                None,
                False,
            )
        work.issues.reopen(issue, by="taro", effective_at=LATER)
        assert (work.issues.get(issue).issue.fixed_from, work.issues.get(issue).issue.dismissed) == (None, False)
        kinds = [correction.kind for correction in work.issues.corrections(issue)]
        assert kinds == ["renamed", "fixed", "dismissed", "reopened"]
        with pytest.raises(ConflictError, match="nothing to reopen"):
            work.issues.reopen(issue, by="taro", effective_at=LATER)


def test_a_fix_says_what_it_covers(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues, 1)
        event = work.issues.fix(issue, by="hana", effective_at=LATER, covers=Coverage.parse("lot >= C"))
        (told,) = work.issues.corrections(issue)
        assert told.details == {"note": "", "for": "lot>=C"}
        assert work.issues.get(issue).issue.fix == Fix(LATER, Coverage.parse("lot>=C"), event)
        assert work.issues.all(until=LATER)[0].issue.fix is None


def test_koe_reopens_one_fix_once_a_week(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues, 1)
        fix = work.issues.fix(issue, by="hana", effective_at=AT)
        for week, weeks_later in ((Week(2026, 13), 3), (Week(2026, 12), 2)):
            at = AT + timedelta(weeks=weeks_later)
            assert work.issues.recur(issue, fix, week, at) is not None
            assert work.issues.recur(issue, fix, week, at) is None
        now = work.issues.get(issue).issue
        assert (now.fixed_from, now.reopened_at) == (None, AT + timedelta(weeks=2))
        assert work.issues.all(until=AT + timedelta(weeks=2))[0].issue.fixed_from == AT
        last = work.issues.ledger(issue)[-1].event
        assert (last.kind, last.by, last.details) == (LedgerKind.REOPENED, "koe", {"fix": fix, "week": "2026-W12"})
        # It is no correction: no person said so.
        assert [correction.kind for correction in work.issues.corrections(issue)] == ["fixed"]


def test_another_fix_is_not_reopened_by_what_came_back_before_it(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues, 1)
        first = work.issues.fix(issue, by="hana", effective_at=AT)
        work.issues.fix(issue, by="hana", effective_at=LATER)
        # An old week is replayed after the second fix was said.
        work.issues.recur(issue, first, Week(2026, 12), AT + timedelta(weeks=2))
        assert work.issues.get(issue).issue.fixed_from == LATER
        assert work.issues.all(until=LATER)[0].issue.fixed_from is None
        assert work.issues.all(until=AT + timedelta(weeks=1))[0].issue.fixed_from == AT


def test_a_merged_issue_leads_to_the_other_one(database: Database) -> None:
    with database.work() as work:
        one, two = _issue(work.issues, 1, 2), _issue(work.issues, 3, name="silent2")
        as_of = work.issues.last_seq()
        work.issues.merge(one, two, by="hana", effective_at=LATER)
        assert work.issues.get(one).id == two
        assert work.issues.all()[0].issue.merged_into == two
        assert _placed(work.issues) == {"shop:1": two, "shop:2": two, "shop:3": two}
        assert _placed(work.issues, as_of_ledger=as_of)["shop:1"] == one
        assert _placed(work.issues, until=LATER)["shop:1"] == one
        assert _placed(work.issues, until=LATER + timedelta(days=1))["shop:1"] == two
        assert np.linalg.norm(work.issues.get(two).centre) == pytest.approx(1)
        work.issues.add_members(one, [(_span(9), 0.4)], LATER)
        assert _placed(work.issues)["shop:9"] == two
        with pytest.raises(UsageError, match="same issue"):
            work.issues.merge(one, two, by="hana", effective_at=LATER)


def test_a_split_makes_an_issue_of_some_members(database: Database) -> None:
    with database.work() as work:
        one = _issue(work.issues, 1, 2, 3)
        new = work.issues.split(one, ["shop:2", _span(3)], label=Label(en="hum"), by="hana", effective_at=LATER)
        assert _placed(work.issues) == {"shop:1": one, "shop:2": new.id, "shop:3": new.id}
        assert new.label == Label(en="hum")
        with pytest.raises(UsageError, match="none of these"):
            work.issues.split(one, ["shop:99"], by="hana", effective_at=LATER)


def test_what_a_person_moved_stays_moved(database: Database) -> None:
    with database.work() as work:
        one, two = _issue(work.issues, 1, 2, 3), _issue(work.issues, 4)
        work.issues.set_unassigned([(_span(5), "stands alone")], AT)
        work.issues.move(["shop:1", "shop:5"], two, by="hana", effective_at=LATER)
        work.issues.move([_span(2)], None, by="hana", effective_at=LATER)
        expected = {"shop:1": two, "shop:3": one, "shop:4": two, "shop:5": two}
        assert _placed(work.issues) == expected
        work.issues.add_members(one, [(_span(number), 0.9) for number in (1, 2, 5)], LATER)
        assert _placed(work.issues) == expected
        assert _placed(work.issues, until=LATER) == {"shop:1": one, "shop:2": one, "shop:3": one, "shop:4": two}
        with pytest.raises(UsageError, match="nothing"):
            work.issues.move(["shop:99"], two, by="hana", effective_at=LATER)


def test_any_event_can_be_recorded(database: Database) -> None:
    with database.work() as work:
        issue = _issue(work.issues)
        seq = work.issues.record(LedgerEvent(issue, LedgerKind.FIXED, LATER, {"note": "new part"}, "hana"))
        assert work.issues.last_seq() == seq
        assert work.issues.get(issue).issue.fixed_from == LATER
        assert work.issues.corrections()[0].details == {"note": "new part"}


def test_alerts_are_kept_by_week(database: Database) -> None:
    from koe.issue import Alert

    week = Week(2026, 10)
    with database.work() as work:
        alert = Alert(_issue(work.issues), week, 0.05, 0.001, 0.01, 1)
        work.alerts.replace(week, [alert])
        work.alerts.replace(week, [alert])
        assert work.alerts.list() == work.alerts.list(week, alert.issue) == [alert]
        work.alerts.replace(week, [])
        assert work.alerts.list() == []
