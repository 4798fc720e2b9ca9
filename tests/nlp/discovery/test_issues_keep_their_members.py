from __future__ import annotations

import numpy as np

from koe.settings import DiscoverySettings
from nlp.discovery import KnownIssue
from nlp.discovery.discover import discover

SETTINGS = DiscoverySettings()


def known_from(discovery, segments):
    by_span = {segment.span: segment for segment in segments}
    known, members = [], {}
    for number, issue in enumerate(discovery.found, start=1):
        id_ = f"ISSUE-{number:04d}"
        known.append(KnownIssue(id_, issue.product_id, issue.centre, issue.label, len(issue.members)))
        members[id_] = [by_span[span] for span, _ in issue.members]
    return known, members


def test_new_segments_join_the_issue_they_are_about(crowd):
    before = crowd(each=12)
    first = discover([segment for _, segment in before], [], SETTINGS)
    known, members = known_from(first, [segment for _, segment in before])
    main_fault = {}
    for id_, segments in members.items():
        fault_of = {segment.span: fault for fault, segment in before}
        faults = [fault_of[segment.span] for segment in segments]
        main_fault[id_] = max(set(faults), key=faults.count)

    after = crowd(each=6)
    for given in (members, None):
        second = discover([segment for _, segment in after], known, SETTINGS, given)
        home = {span: id_ for id_, joined in second.joined.items() for span, _ in joined}
        faulty = [(fault, segment) for fault, segment in after if fault]
        right = [segment for fault, segment in faulty if main_fault.get(home.get(segment.span, "")) == fault]
        assert len(right) >= 0.8 * len(faulty)
        assert not second.found


def test_a_new_fault_founds_an_issue_beside_the_known_ones(speaker):
    before = [speaker.says(fault, lang) for fault in ("silent", "strap") for lang in ["ja", "en"] * 6]
    before += [speaker.says(None, "en") for _ in range(8)]
    known, members = known_from(discover(before, [], SETTINGS), before)
    after = [speaker.says("button", lang) for lang in ["ja", "en"] * 5]
    discovery = discover(after, known, SETTINGS, members)
    assert sum(len(joined) for joined in discovery.joined.values()) <= 1
    assert len(discovery.found) == 1
    assert len(discovery.found[0].members) >= 8


def test_the_centre_moves_by_the_weight_of_the_new_members(speaker):
    old = [speaker.says("strap", "en") for _ in range(6)]
    old += [speaker.says("button", "en") for _ in range(6)]
    centre = np.mean([segment.embedding for segment in old[:6]], axis=0)
    known = [
        KnownIssue("ISSUE-0001", "SPK", centre, None, 6),
        KnownIssue("ISSUE-0002", "SPK", np.mean([s.embedding for s in old[6:]], axis=0), None, 6),
    ]
    new = [speaker.says("strap", "en")]
    discovery = discover(new, known, SETTINGS, {"ISSUE-0001": old[:6], "ISSUE-0002": old[6:]})
    assert set(discovery.joined) == {"ISSUE-0001"}
    expected = (6 * centre + new[0].embedding) / 7
    np.testing.assert_allclose(discovery.centres["ISSUE-0001"], expected, atol=1e-6)


def test_an_issue_of_another_product_takes_nothing(speaker):
    strap = [speaker.says("strap", "en", product="OTHER") for _ in range(6)]
    known = [KnownIssue("ISSUE-0001", "OTHER", np.mean([s.embedding for s in strap], axis=0), None, 6)]
    discovery = discover([speaker.says("strap", "en") for _ in range(3)], known, SETTINGS)
    assert discovery.joined == {}


def test_centres_of_a_model_of_another_width_are_not_compared(speaker):
    old = [[speaker.says(fault, "en") for _ in range(6)] for fault in ("strap", "button")]
    narrow = np.ones(3, dtype=np.float32)
    known = [KnownIssue(f"ISSUE-000{number}", "SPK", narrow, None, 6) for number in (1, 2, 3)]
    new = [speaker.says("strap", "en")]
    discovery = discover(new, known, SETTINGS, {"ISSUE-0001": old[0], "ISSUE-0002": old[1]})
    assert set(discovery.joined) == {"ISSUE-0001"}
    assert discovery.centres["ISSUE-0001"].shape == new[0].embedding.shape
    assert discover(new, known, SETTINGS).joined == {}
