from __future__ import annotations

from collections import Counter

import numpy as np

from koe.settings import DiscoverySettings
from nlp.discovery import Discovery
from nlp.discovery.discover import discover
from nlp.discovery.grouping import group

SETTINGS = DiscoverySettings()


def faults_of(discovery: Discovery, told) -> list[Counter]:
    fault_of = {segment.span: fault for fault, segment in told}
    return [Counter(fault_of[span] for span, _ in issue.members) for issue in discovery.found]


def as_bytes(discovery: Discovery) -> bytes:
    parts = [
        repr((issue.product_id, issue.label, issue.first_seen, issue.members)).encode() + issue.centre.tobytes()
        for issue in discovery.found
    ]
    return b"|".join([*parts, repr(discovery.unassigned).encode(), repr(dict(discovery.joined)).encode()])


def test_each_fault_becomes_one_issue_over_both_languages(crowd):
    told = crowd(each=12)
    discovery = discover([segment for _, segment in told], [], SETTINGS)
    mixtures = faults_of(discovery, told)
    assert {mixture.most_common(1)[0][0] for mixture in mixtures} == {"silent", "strap", "button"}
    assert len(mixtures) == 3
    for mixture in mixtures:
        assert mixture.most_common(1)[0][1] >= 10
        assert sum(mixture.values()) - mixture.most_common(1)[0][1] <= 1
    for issue in discovery.found:
        assert issue.label.ja
        assert issue.label.en


def test_every_segment_has_exactly_one_place(crowd):
    segments = [segment for _, segment in crowd()]
    discovery = discover(segments, [], SETTINGS)
    placed = [span for issue in discovery.found for span, _ in issue.members]
    placed += [unassigned.span for unassigned in discovery.unassigned]
    assert sorted(placed, key=repr) == sorted((segment.span for segment in segments), key=repr)


def test_a_group_that_the_bar_thins_out_leaves_nobody_without_a_place(crowd):
    # Somewhere on the way to a bar that nobody reaches, a group is left with fewer people than an issue needs.
    segments = [segment for _, segment in crowd(each=4, alone=6)]
    spans = sorted((segment.span for segment in segments), key=repr)
    for tenths in range(101):
        discovery = discover(segments, [], DiscoverySettings(assign=tenths / 10))
        placed = [span for issue in discovery.found for span, _ in issue.members]
        placed += [unassigned.span for unassigned in discovery.unassigned]
        assert sorted(placed, key=repr) == spans, f"assign {tenths / 10}"


def test_the_order_of_the_input_makes_no_difference(crowd):
    segments = [segment for _, segment in crowd()]
    first = as_bytes(discover(segments, [], SETTINGS))
    assert as_bytes(discover(segments[::-1], [], SETTINGS)) == first
    assert as_bytes(discover(segments, [], SETTINGS)) == first


def test_lone_complaints_stay_out_and_say_why(crowd):
    told = crowd(each=12)
    discovery = discover([segment for _, segment in told], [], SETTINGS)
    assert len(discovery.unassigned) >= 8
    assert all(unassigned.reason.startswith(("stands alone", "too few")) for unassigned in discovery.unassigned)


def test_products_do_not_share_issues(speaker):
    segments = [speaker.says("strap", lang, product=product) for product in ("A", "B") for lang in ["ja", "en"] * 3]
    segments += [speaker.says(None, "ja", product=product) for product in ("A", "B") for _ in range(8)]
    product_of = {segment.span: segment.product_id for segment in segments}
    discovery = discover(segments, [], SETTINGS)
    assert discovery.found
    for issue in discovery.found:
        assert {product_of[span] for span, _ in issue.members} == {issue.product_id}


def test_issues_come_by_their_earliest_feedback(crowd):
    discovery = discover([segment for _, segment in crowd(each=12)], [], SETTINGS)
    firsts = [issue.first_seen for issue in discovery.found]
    assert firsts == sorted(firsts)


def test_three_people_are_too_few_for_four(speaker):
    segments = [speaker.says("button", "en") for _ in range(3)] + [speaker.says(None, "en") for _ in range(20)]
    discovery = discover(segments, [], SETTINGS)
    reasons = {unassigned.span: unassigned.reason for unassigned in discovery.unassigned}
    assert reasons[segments[0].span] == "too few: 3 of 4 different feedback say this"


def test_copies_and_staff_join_but_never_found(speaker):
    others = [speaker.says(None, "en") for _ in range(20)]
    repeated = [speaker.says("strap", "en", counted=False) for _ in range(10)]
    alone = discover([*others, *repeated], [], SETTINGS)
    assert not {segment.span for segment in repeated} & {span for issue in alone.found for span, _ in issue.members}

    together = discover([*others, *repeated, *(speaker.says("strap", "en") for _ in range(8))], [], SETTINGS)
    members = {span for issue in together.found for span, _ in issue.members}
    assert len({segment.span for segment in repeated} & members) >= 8


def test_nothing_in_gives_nothing_out():
    discovery = discover([], [], SETTINGS)
    assert discovery.found == ()
    assert discovery.unassigned == ()


def test_one_complaint_alone_is_told_so(speaker):
    (unassigned,) = discover([speaker.says("strap", "ja")], [], SETTINGS).unassigned
    assert unassigned.reason.startswith("stands alone")


def test_more_rows_than_can_be_linked_are_grouped_too():
    rng = np.random.default_rng(0)
    truth = np.arange(4400) % 8
    rows = np.eye(8, 16)[truth] + 0.1 * rng.normal(size=(4400, 16))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = group(rows, 0.5)
    assert labels.max() == 7
    assert all(len(set(labels[truth == fault])) == 1 for fault in range(8))
