from __future__ import annotations

from dataclasses import replace

import numpy as np

from koe.issue import NameFrom
from nlp.discovery.naming import name_issue, name_issues


def rows(segments):
    return np.eye(3, dtype=np.float32)[[0] * len(segments)]


def with_text(segment, text, phrases=()):
    return replace(segment, text=text, phrases=tuple(phrases))


def test_the_name_is_what_a_customer_said(speaker):
    segments = [speaker.says("silent", lang) for lang in ["ja", "en"] * 8]
    label = name_issue(segments, rows(segments))
    said = {segment.text for segment in segments}
    assert label.ja in said
    assert label.en in said


def test_a_language_without_members_is_named_by_the_glossary_and_says_so(speaker):
    segments = [speaker.says("silent", "ja") for _ in range(4)]
    label = name_issue(segments, rows(segments))
    assert label.named("ja") == (segments[0].text, NameFrom.CUSTOMERS)
    assert label.named("en") == ("no sound", NameFrom.GLOSSARY)
    segments = [speaker.says("strap", "en") for _ in range(4)]
    label = name_issue(segments, rows(segments))
    assert label.named("ja") == ("ストラップが切れる", NameFrom.GLOSSARY)


def test_a_language_without_members_stays_empty_where_the_glossary_is_not_sure(speaker):
    segments = [with_text(speaker.says("silent", "ja"), "ダンシングマシーンと化す") for _ in range(4)]
    label = name_issue(segments, rows(segments))
    assert label.ja
    assert label.named("en") is None


def test_a_name_from_the_glossary_is_not_used_twice(speaker):
    one = [speaker.says("silent", "ja") for _ in range(4)]
    labels = name_issues([one, one], [rows(one), rows(one)])
    assert [label.en for label in labels] == ["no sound", None]


def test_the_phrase_goes_before_the_whole_sentence(speaker):
    long = "I bought this in spring for the kitchen and now there is no sound while charging which is a shame"
    segments = [with_text(speaker.says("silent", "en"), long, ["no sound while charging"]) for _ in range(4)]
    assert name_issue(segments, rows(segments)).en == "no sound while charging"


def test_shared_words_beat_a_lone_remark(speaker):
    texts = ["the baby woke up again", "strap snapped", "the strap snapped in two", "strap snapped after a day"]
    segments = [with_text(speaker.says("strap", "en"), text) for text in texts]
    assert "strap" in name_issue(segments, rows(segments)).en


def test_names_are_clean(speaker):
    segments = [with_text(speaker.says("strap", "ja"), "「ｽﾄﾗｯﾌﾟがすぐ　切れた！！」") for _ in range(4)]
    assert name_issue(segments, rows(segments)).ja == "ストラップがすぐ 切れた"


def test_a_long_statement_is_cut(speaker):
    segments = [with_text(speaker.says("strap", "ja"), "この製品のストラップですが" * 8) for _ in range(4)]
    assert len(name_issue(segments, rows(segments)).ja) <= 40


def test_two_issues_do_not_share_a_name(speaker):
    one = [speaker.says("strap", "en") for _ in range(4)]
    first, second = name_issues([one, one], [rows(one), rows(one)])
    assert first.en != second.en
