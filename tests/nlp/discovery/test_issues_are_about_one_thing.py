from __future__ import annotations

from dataclasses import replace

import numpy as np

from koe.issue import Span
from koe.settings import DiscoverySettings
from nlp.discovery.discover import discover
from nlp.discovery.sharing import Sharing

SETTINGS = DiscoverySettings()
UNLIKE = [
    "the strap smells of fish",
    "my parcel sat at the depot",
    "manual is printed too small",
    "a dog chewed the box",
    "price fell overnight",
    "colour differs from the photo",
]


def in_words(segments, texts):
    return [
        replace(segment, text=text, phrases=(), span=replace(segment.span, end=len(text)))
        for segment, text in zip(segments, texts, strict=True)
    ]


def home_of(discovery):
    return {span: number for number, issue in enumerate(discovery.found) for span, _ in issue.members}


def test_vectors_alone_make_no_issue_of_remarks_that_share_no_words(speaker, crowd):
    junk = in_words([speaker.says("strap", "en") for _ in UNLIKE], UNLIKE)
    others = [segment for fault, segment in crowd(each=12) if fault not in ("strap",)]
    discovery = discover([*others, *junk], [], SETTINGS)
    assert not {segment.span for segment in junk} & set(home_of(discovery))
    reasons = {unassigned.span: unassigned.reason for unassigned in discovery.unassigned}
    assert any("share no words" in reasons[segment.span] for segment in junk)


def test_the_same_words_make_one_thing(speaker):
    said = [speaker.says("button", "en") for _ in range(6)]
    others = in_words([speaker.says(None, "en") for _ in UNLIKE], UNLIKE)
    sharing = Sharing([*said, *others])
    assert sharing.is_one_thing(range(6))
    assert not sharing.is_one_thing(range(6, 12))
    assert "button" in sharing.marks(range(6))["en"]


def test_a_group_is_one_thing_where_others_say_the_same(speaker):
    said = in_words([speaker.says(None, "ja") for _ in range(12)], ["充電中に音が出ない"] * 12)
    assert Sharing(said).is_one_thing(range(6))


def test_a_negation_marks_no_group(speaker):
    texts = ["not good", "not my thing", "not again", "not what I hoped"]
    sharing = Sharing(in_words([speaker.says(None, "en") for _ in texts], texts))
    assert not sharing.is_one_thing(range(4))


def test_the_statement_beside_a_member_joins_at_a_lower_bar(speaker, crowd):
    told = [segment for _, segment in crowd(each=12)]
    member = next(segment for segment in told if "strap" in segment.text)
    remark = speaker.says(None, member.lang)
    joined = {"beside": [], "elsewhere": []}
    for strength in np.linspace(0, 0.6, 13):
        vector = remark.embedding + strength * member.embedding
        vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        places = {
            "beside": Span(member.span.feedback, 1, "text", member.span.end + 1, member.span.end + 20),
            "elsewhere": Span("shop:9999", 1, "text", 0, 20),
        }
        for place, span in places.items():
            told_more = replace(remark, embedding=vector, span=span, created_at=member.created_at)
            homes = home_of(discover([*told, told_more], [], SETTINGS))
            joined[place].append(homes.get(span) is not None and homes[span] == homes[member.span])
    assert sum(joined["beside"]) > sum(joined["elsewhere"])
    assert all(beside or not elsewhere for beside, elsewhere in zip(*joined.values(), strict=True))


def test_many_copies_do_not_draw_an_issue_to_their_wording(speaker, crowd):
    told = [segment for _, segment in crowd(each=12)]
    repeated = [speaker.says("strap", "en", counted=False) for _ in range(40)]
    alone = discover(told, [], SETTINGS)
    together = discover([*told, *repeated], [], SETTINGS)
    counted = [{span for span, _ in issue.members} for issue in alone.found]
    spans = {segment.span for segment in told}
    assert [{span for span, _ in issue.members} & spans for issue in together.found] == counted
    assert [issue.label for issue in together.found] == [issue.label for issue in alone.found]
