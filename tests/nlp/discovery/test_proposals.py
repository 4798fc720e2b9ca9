from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from koe.proposal import ProposalKind
from nlp.discovery import KnownIssue
from nlp.discovery.proposals import propose

LEAST = 4


def told(speaker, *stories, each=12):
    """Issues by the faults they tell: a name, its fault (or several), and how many members."""
    members = {}
    for number, story in enumerate(stories, start=1):
        faults = [story] if isinstance(story, str) else story
        members[f"ISSUE-{number:04d}"] = [
            speaker.says(fault, lang) for fault in faults for lang in ["ja", "en"] * (each // 2)
        ]
    return members


def known(members, product="SPK"):
    centre = np.zeros(3, dtype=np.float32)
    return [KnownIssue(id_, product, centre, None, len(mine)) for id_, mine in members.items()]


def proposals(members, alone=(), **options):
    return propose(known(members), members, alone, LEAST, **options)


@pytest.fixture
def alone(speaker):
    return [speaker.says(None, lang) for lang in ["ja", "en"] * 10]


def test_two_issues_of_one_story_are_proposed_to_be_merged_into_the_older_one(speaker, alone):
    (merge,) = proposals(told(speaker, "silent", "strap", "button", "silent"), alone)
    assert (merge.kind, merge.issue, merge.into) == (ProposalKind.MERGE, "ISSUE-0004", "ISSUE-0001")
    assert merge.sizes == (12, 12)
    assert merge.nearness > merge.bar
    assert merge.p_value <= 0.05
    assert merge.score == pytest.approx(1 - merge.p_value, abs=1e-4)
    assert {"音", "充電"} & set(merge.words[0])
    assert "charging" in merge.words[0]
    assert merge.command == "koe issues merge ISSUE-0004 ISSUE-0001"


def test_different_stories_are_left_alone(speaker, alone):
    assert proposals(told(speaker, "silent", "strap", "button"), alone) == ()


def test_the_two_languages_of_one_story_are_merged(speaker, alone):
    members = told(speaker, "strap", "button")
    members["ISSUE-0003"] = [speaker.says("silent", "ja") for _ in range(10)]
    members["ISSUE-0004"] = [speaker.says("silent", "en") for _ in range(10)]
    (merge,) = proposals(members, alone)
    assert (merge.issue, merge.into) == ("ISSUE-0004", "ISSUE-0003")


def test_too_few_feedback_found_no_proposal(speaker, alone):
    members = told(speaker, "silent", "strap", "button")
    members["ISSUE-0004"] = [speaker.says("silent", "ja") for _ in range(LEAST - 1)]
    members["ISSUE-0004"] += [speaker.says("silent", "ja", counted=False) for _ in range(9)]
    assert proposals(members, alone) == ()


def test_an_issue_of_two_stories_is_proposed_to_be_split(speaker, alone):
    members = told(speaker, "silent", ("strap", "button"))
    copy = replace(members["ISSUE-0002"][-1], counted=False)
    copy = replace(copy, span=replace(copy.span, feedback="other:1"))
    members["ISSUE-0002"].append(copy)
    (split,) = proposals(members, alone)
    assert (split.kind, split.issue, split.into) == (ProposalKind.SPLIT, "ISSUE-0002", None)
    assert split.nearness < split.bar
    assert split.p_value <= 0.01
    assert sorted(split.sizes) == [12, 12]
    # copies go where their words belong
    stories = [{one.span.feedback for one in members["ISSUE-0002"][:12]}]
    stories.append({one.span.feedback for one in members["ISSUE-0002"][12:]})
    assert set(split.feedback) in stories
    both = [" ".join(words) for words in split.words]
    assert sorted("ボタン" in words for words in both) == [False, True]
    assert sorted("strap" in words for words in both) == [False, True]
    assert split.command.startswith("koe issues split ISSUE-0002 ")


def test_one_story_in_two_languages_is_not_split(speaker, alone):
    assert proposals(told(speaker, "silent", "strap", each=30), alone) == ()


def test_what_a_person_decided_is_not_proposed_again(speaker, alone):
    twins = told(speaker, "silent", "strap", "button", "silent")
    assert proposals(twins, alone, apart={frozenset({"ISSUE-0001", "ISSUE-0004"})}) == ()
    mixed = told(speaker, "silent", ("strap", "button"))
    assert proposals(mixed, alone, whole={"ISSUE-0002"}) == ()


def test_each_issue_goes_into_one_other(speaker, alone):
    found = proposals(told(speaker, "silent", "strap", "silent", "silent", "button"), alone)
    assert {one.issue for one in found} == {"ISSUE-0003", "ISSUE-0004"}
    assert len(found) == 2


def test_issues_of_two_products_are_one_where_they_name_the_same_part(speaker):
    members = told(speaker, "silent", "strap", "button")
    other = [speaker.says("strap", lang, product="MIX") for lang in ["ja", "en"] * 6]
    others = [speaker.says("button", lang, product="MIX") for lang in ["ja", "en"] * 6]
    issues = [
        *known(members),
        KnownIssue("ISSUE-0004", "MIX", np.zeros(3), None, 12),
        KnownIssue("ISSUE-0005", "MIX", np.zeros(3), None, 12),
    ]
    members |= {"ISSUE-0004": other, "ISSUE-0005": others}
    parts = {"ISSUE-0002": ["part S-1"], "ISSUE-0003": ["part S-1"], "ISSUE-0004": ["part S-1"]}
    (merge,) = propose(issues, members, (), LEAST, parts=parts)
    assert (merge.issue, merge.into, merge.part) == ("ISSUE-0004", "ISSUE-0002", "part S-1")
    assert propose(issues, members, (), LEAST) == ()


def test_the_same_members_give_the_same_proposals(speaker, alone):
    members = told(speaker, "silent", ("strap", "button"), "silent")
    first = proposals(members, alone)
    assert len(first) == 2
    turned = dict(reversed(members.items()))
    assert proposals(turned, list(reversed(alone))) == first


def test_no_issues_give_no_proposals(alone):
    assert propose([], {}, alone, LEAST) == ()
    assert propose(known({"ISSUE-0001": []}), {}, alone, LEAST) == ()
