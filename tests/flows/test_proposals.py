"""Merges and splits that koe proposes after a run, carries out where asked, and does not repeat against a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.steps.discover import discover
from flows.steps.run import run, silent
from flows.wiring import Wiring
from koe.issue import LedgerKind
from koe.settings_file import load_settings
from koe.week import Week

WEEK = Week(2026, 10)
NOW = datetime(2026, 3, 20, tzinfo=UTC)
#: Each said in a few ways, so that members of an issue are alike and not the same.
SAID = {
    "silent": ["充電中に音が出ない", "充電すると音が出ない", "充電中は音がまったく出ない", "充電のときだけ音が出ない"],
    "strap": [
        "ストラップがすぐ切れる",
        "ストラップの根元から切れる",
        "ストラップがまた切れる",
        "ストラップは簡単に切れる",
    ],
}


def wiring(folder: Path, analyser: Any, more: str = "") -> Wiring:
    """A shop with two faults, told by 24 people each."""
    (folder / "koe.yaml").write_text(
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n" + more,
        "utf-8",
    )
    monday = WEEK.start(load_settings().zone)
    rows = []
    for number in range(24):
        for fault, said in SAID.items():
            text = f"{said[number % 4]}{chr(0x30A2 + number)}。"
            at = monday + timedelta(hours=number)
            rows.append({"id": f"{fault}-{number}", "text": text, "rating": 2, "created_at": at.isoformat()})
    rows += [
        {"id": f"x{n}", "text": f"{chr(0x4E00 + 97 * n)}が割れ{chr(0x5E00 + 61 * n)}", "rating": 2} for n in range(9)
    ]
    for row in rows[-9:]:
        row["created_at"] = monday.isoformat()
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "shop.jsonl").write_text(lines, "utf-8")
    return Wiring(load_settings(folder / "koe.yaml"), lambda: NOW, analyser)


def part_in_two(made: Wiring) -> tuple[str, str]:
    """Part the issue about the strap as if it had been found twice; returns both ids."""
    with made.database.work() as work:
        members = [member for member in work.issues.members() if "strap" in member.span.feedback]
        (old,) = {member.issue for member in members}
        stored = work.issues.get(old)
        new = work.issues.create("P1", stored.issue.label, stored.issue.first_seen, stored.centre, NOW)
        work.issues.add_members(new.id, [(member.span, member.similarity) for member in members[::2]], NOW)
        work.commit()
    return old, new.id


@pytest.fixture
def shop(tmp_path: Path, keyword_analyser: Any) -> Wiring:
    made = wiring(tmp_path, keyword_analyser)
    run(made, silent, WEEK)
    return made


def homes(made: Wiring) -> dict[Any, str]:
    with made.database.work() as work:
        return {member.span: member.issue for member in work.issues.members()}


def test_an_issue_that_was_found_twice_is_proposed_to_be_merged_and_left_as_it_is(shop: Wiring) -> None:
    old, new = part_in_two(shop)
    before = homes(shop)
    counts = discover(shop)
    assert (counts.proposed, counts.merged) == (1, 0)
    assert homes(shop) == before
    with shop.database.work() as work:
        (proposal,) = work.proposals.list()
    assert (proposal.issue, proposal.into) == (new, old)
    assert "ストラップ" in proposal.words[0]
    listed = CliRunner().invoke(app, ["issues", "proposals"], obj=shop)
    assert f"Merge {new} into {old}" in listed.stdout
    assert f"  koe issues merge {new} {old}\n" in listed.stdout
    told = json.loads(CliRunner().invoke(app, ["issues", "proposals", "--json", "--lang", "ja"], obj=shop).stdout)
    assert told[0]["command"] == f"koe issues merge {new} {old}"
    assert "共通の言葉" in told[0]["reason"]
    # done by a person, it is a proposal no more, also before the next run
    assert CliRunner().invoke(app, ["issues", "merge", new, old], obj=shop).exit_code == 0
    assert CliRunner().invoke(app, ["issues", "proposals"], obj=shop).stdout == ""
    assert discover(shop).proposed == 0


def test_what_a_person_split_is_not_proposed_to_be_merged(shop: Wiring) -> None:
    with shop.database.work() as work:
        keys = sorted({member.span.feedback for member in work.issues.members() if "strap" in member.span.feedback})
        (old,) = {member.issue for member in work.issues.members() if "strap" in member.span.feedback}
        work.issues.split(old, keys[::2], by="hana", effective_at=NOW)
        work.commit()
    assert discover(shop).proposed == 0


@pytest.mark.parametrize(("proposal", "proposed"), [(None, 0), ({"p_value": 0.001}, 1)])
def test_what_a_person_merged_is_not_proposed_to_be_split(shop: Wiring, proposal: Any, proposed: int) -> None:
    with shop.database.work() as work:
        strap, quiet = (
            next(member.issue for member in work.issues.members() if fault in member.span.feedback)
            for fault in ("strap", "silent")
        )
        # a merge that koe made by itself is doubted, one by a person is not
        work.issues.merge(strap, quiet, by="hana", effective_at=NOW, proposal=proposal)
        work.commit()
    assert discover(shop).proposed == proposed


def test_merges_are_carried_out_where_koe_yaml_says_so(tmp_path: Path, keyword_analyser: Any) -> None:
    made = wiring(tmp_path, keyword_analyser, "discovery: {auto_merge: true}\n")
    run(made, silent, WEEK)
    old, new = part_in_two(made)
    counts = discover(made)
    assert (counts.proposed, counts.merged) == (0, 1)
    with made.database.work() as work:
        assert work.issues.get(new).id == old
        event = work.issues.ledger(new)[-1].event
        assert (event.kind, event.by, event.details["into"]) == (LedgerKind.MERGED, "koe", old)
        assert event.details["proposal"]["p_value"] <= 0.01
        assert work.issues.corrections() == []
        # it holds from the newest feedback that speaks for it, so that the week before keeps both
        assert event.effective_at < WEEK.end(made.settings.zone)
    after = homes(made)
    assert discover(made).merged == 0
    assert homes(made) == after


def test_a_fix_is_not_lost_in_a_merge_without_a_person(tmp_path: Path, keyword_analyser: Any) -> None:
    made = wiring(tmp_path, keyword_analyser, "discovery: {auto_merge: true}\n")
    run(made, silent, WEEK)
    old, _ = part_in_two(made)
    with made.database.work() as work:
        work.issues.fix(old, by="hana", effective_at=NOW)
        work.commit()
    counts = discover(made)
    assert (counts.proposed, counts.merged) == (1, 0)


def test_grouped_anew_an_issue_found_twice_is_one_again_by_events_and_a_dry_run_changes_nothing(shop: Wiring) -> None:
    whole = homes(shop)
    old, new = part_in_two(shop)
    parted = homes(shop)
    assert CliRunner().invoke(app, ["issues", "regroup", "--dry-run"], obj=shop).stdout.startswith("12 segments would")
    assert homes(shop) == parted
    assert CliRunner().invoke(app, ["issues", "regroup"], obj=shop).stdout.startswith("12 segments left their issue")
    groups = [{span for span, id_ in homes(shop).items() if id_ == issue} for issue in set(homes(shop).values())]
    assert {span for span, id_ in whole.items() if id_ == old} in groups
    with shop.database.work() as work:
        kinds = [stored.event.kind for stored in work.issues.ledger()]
        assert work.issues.resolve(new).id == work.issues.resolve(old).id
        assert not work.issues.corrections()
    assert LedgerKind.REGROUPED in kinds
    assert LedgerKind.MERGED in kinds


def test_grouped_anew_what_a_person_parted_stays_apart(shop: Wiring) -> None:
    with shop.database.work() as work:
        keys = sorted({member.span.feedback for member in work.issues.members() if "strap" in member.span.feedback})
        (old,) = {member.issue for member in work.issues.members() if "strap" in member.span.feedback}
        work.issues.split(old, keys[::2], by="hana", effective_at=NOW)
        work.commit()
    before = homes(shop)
    assert discover(shop, regroup=True).regrouped == 0
    assert homes(shop) == before
