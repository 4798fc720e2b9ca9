from __future__ import annotations

import re
from dataclasses import replace

from koe.settings import DiscoverySettings
from nlp.discovery import KnownIssue
from nlp.discovery.discover import discover

SETTINGS = DiscoverySettings()


def reasons_of(discovery, ids):
    return {one.span: one.told(ids) for one in discovery.unassigned}


def ids_of(discovery):
    return {found: f"ISSUE-{number:04d}" for number, found in enumerate(discovery.found, start=1)}


def test_a_lone_complaint_names_the_new_issue_that_it_is_nearest_to(crowd):
    told = crowd(each=12)
    discovery = discover([segment for _, segment in told], [], SETTINGS)
    ids = ids_of(discovery)
    lone = {segment.span for fault, segment in told if fault is None}
    reasons = [reason for span, reason in reasons_of(discovery, ids).items() if span in lone]
    nearest = [re.search(r"\(nearest: (ISSUE-\d{4})\)$", reason) for reason in reasons if "nobody else" in reason]
    assert nearest
    assert {match[1] for match in nearest if match} <= set(ids.values())
    assert all(nearest)


def test_what_is_told_of_the_nearest_issue_is_below_the_bar(crowd):
    discovery = discover([segment for _, segment in crowd(each=12)], [], SETTINGS)
    figures = [re.search(r"similarity (-?[\d.]+), ([\d.]+) is needed", one.reason) for one in discovery.unassigned]
    assert any(figures)
    assert all(float(match[1]) <= float(match[2]) for match in figures if match)


def test_a_known_issue_is_named_by_its_id(crowd, speaker):
    before = [segment for _, segment in crowd(each=12)]
    first = discover(before, [], SETTINGS)
    ids = ids_of(first)
    by_span = {segment.span: segment for segment in before}
    members = {ids[one]: [by_span[span] for span, _ in one.members] for one in first.found}
    known = [KnownIssue(ids[one], one.product_id, one.centre, one.label, len(one.members)) for one in first.found]
    lone = [speaker.says(None, lang) for lang in ["ja", "en"] * 4]
    named = [one for one in discover(lone, known, SETTINGS, members).unassigned if one.nearest is not None]
    assert named
    for one in named:
        assert one.nearest in members
        assert one.told({}).endswith(f"(nearest: {one.nearest})")


def test_a_word_that_tells_no_fault_is_said_to_be_too_short(crowd, speaker):
    said = [replace(speaker.says(None, lang), text=text) for lang, text in (("ja", "最悪"), ("en", "Awful!"))]
    discovery = discover([*(segment for _, segment in crowd(each=12)), *said], [], SETTINGS)
    reasons = reasons_of(discovery, ids_of(discovery))
    assert {reasons[one.span] for one in said} == {"stands alone: too short to tell what it is about"}
