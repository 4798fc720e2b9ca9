from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from koe.issue import Label, LedgerKind, NameFrom, Span
from koe.proposal import Proposal, ProposalKind
from storage.database import Database
from storage.work import Work

AT = datetime(2026, 3, 1, tzinfo=UTC)
MERGE = Proposal(
    kind=ProposalKind.MERGE,
    issue="ISSUE-0002",
    into="ISSUE-0001",
    nearness=0.82,
    bar=0.5,
    p_value=0.004,
    sizes=(6, 11),
    words=(("音", "sound"),),
    rests_on=AT,
    part="part C1",
)
SPLIT = replace(
    MERGE,
    kind=ProposalKind.SPLIT,
    issue="ISSUE-0001",
    into=None,
    p_value=0.001,
    words=(("音",), ("ひも", "strap")),
    feedback=("shop:1", "shop:a b"),
    part=None,
)


def born(work: Work, *names: str) -> None:
    for name in names:
        issue = work.issues.create("SPK-10", Label(en=name), AT, np.eye(2, dtype=np.float32)[0], AT)
        work.issues.add_members(issue.id, [(Span(f"shop:{name}", 1, "text", 0, 4), 0.5)], AT)


def test_the_proposals_of_a_run_replace_those_of_the_run_before(database: Database) -> None:
    with database.work() as work:
        born(work, "silent", "no sound")
        first = work.issues.begin_refit(AT)
        work.proposals.replace([MERGE, SPLIT], first)
        assert work.proposals.list() == [SPLIT, MERGE]
        work.proposals.replace([MERGE], work.issues.begin_refit(AT))
        assert work.proposals.list() == [MERGE]
        nearer = replace(MERGE, nearness=0.9)
        last = work.issues.begin_refit(AT)
        work.proposals.replace([nearer], last)
        assert work.proposals.list() == [nearer]
        assert work.proposals.list(first - 1) == []
        assert work.proposals.list(first) == [SPLIT, MERGE]
        assert work.proposals.list(last - 1) == [MERGE]


def test_a_command_can_be_typed_as_it_is_shown() -> None:
    assert MERGE.command == "koe issues merge ISSUE-0002 ISSUE-0001"
    assert SPLIT.command == "koe issues split ISSUE-0001 shop:1 'shop:a b'"
    assert MERGE.score == 0.996


def test_a_merge_by_koe_is_an_event_and_no_correction(database: Database) -> None:
    with database.work() as work:
        born(work, "silent", "no sound", "mute")
        work.issues.merge("ISSUE-0003", "ISSUE-0002", by="hana", effective_at=AT)
        work.issues.merge("ISSUE-0002", "ISSUE-0001", by="koe", effective_at=AT, proposal={"p_value": 0.004})
        (event,) = [one.event for one in work.issues.ledger("ISSUE-0002") if one.event.kind is LedgerKind.MERGED]
        assert (event.by, event.details["into"], event.details["proposal"]) == (
            "koe",
            "ISSUE-0001",
            {"p_value": 0.004},
        )
        assert [one.by for one in work.issues.corrections()] == ["hana"]
        assert work.issues.present_ids() == dict.fromkeys(("ISSUE-0001", "ISSUE-0002", "ISSUE-0003"), "ISSUE-0001")
        assert {member.issue for member in work.issues.members(until=AT + timedelta(days=1))} == {"ISSUE-0001"}
        assert {member.issue for member in work.issues.members(until=AT)} == set(work.issues.present_ids())


def test_a_name_remembers_where_it_comes_from(database: Database) -> None:
    with database.work() as work:
        label = Label("ボタンが固い", "button is stiff", ja_from=NameFrom.GLOSSARY)
        issue = work.issues.create("SPK-10", label, AT, np.eye(2, dtype=np.float32)[0], AT)
        assert issue.label.named("ja") == ("ボタンが固い", NameFrom.GLOSSARY)
        assert issue.label.named("en") == ("button is stiff", NameFrom.CUSTOMERS)
        work.issues.rename(issue.id, en="stiff button", by="hana", effective_at=AT)
        renamed = work.issues.get(issue.id).issue.label
        assert renamed.named("en") == ("stiff button", NameFrom.PERSON)
        assert renamed.named("ja") == ("ボタンが固い", NameFrom.GLOSSARY)
        work.issues.rename(issue.id, ja="固いボタン", by="hana", effective_at=AT)
        assert work.issues.get(issue.id).issue.label.named("ja") == ("固いボタン", NameFrom.PERSON)
