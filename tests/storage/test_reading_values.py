from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koe.feedback import Channel, Disclosure, Scale
from storage.sources.refusal import Refusal
from storage.sources.times import read_time
from storage.sources.values import (
    check_score,
    read_attributes,
    read_channel,
    read_disclosure,
    read_lang,
    read_name,
    read_rating,
    read_reach,
    read_score,
    read_text,
)

TOKYO = ZoneInfo("Asia/Tokyo")
NINE_03 = datetime(2026, 1, 5, 9, 3, tzinfo=TOKYO)
MIDNIGHT = datetime(2026, 1, 5, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05T09:03", NINE_03),
        ("2026-01-05 09:03:00", NINE_03),
        ("2026-01-05T00:03:00Z", NINE_03),
        ("2026-01-05T00:03:00.000Z", NINE_03),
        ("2026-01-05T09:03:00+09:00", NINE_03),
        ("2026-01-05T09:03:00+0900", NINE_03),
        ("2026-01-04 16:03:00 -0800", NINE_03),
        ("2026-01-05 00:03 UTC", NINE_03),
        ("2026/1/5 9:03", NINE_03),
        ("２０２６／１／５　９：０３", NINE_03),
        ("2026/01/05 09:03:00 JST", NINE_03),
        ("2026年1月5日 9時03分", NINE_03),
        ("2026年1月5日(月) 9:03", NINE_03),
        ("2026年1月5日 午前9:03", NINE_03),
        ("令和8年1月5日 9:03", NINE_03),
        ("Jan 5, 2026 9:03 AM", NINE_03),
        ("Mon, 05 Jan 2026 09:03:00 +0900", NINE_03),
        ("Mon Jan 05 00:03:00 +0000 2026", NINE_03),
        ("20260105090300", NINE_03),
        ("1767571380", NINE_03),
        ("1767571380000", NINE_03),
        (1767571380, NINE_03),
        (1767571380000.0, NINE_03),
        ("2026-01-05", MIDNIGHT),
        ("20260105", MIDNIGHT),
        ("2026.1.5", MIDNIGHT),
        ("2026年1月5日", MIDNIGHT),
        ("5-Jan-26", MIDNIGHT),
        ("05 January 2026", MIDNIGHT),
        ("January 5th, 2026", MIDNIGHT),
        (date(2026, 1, 5), MIDNIGHT),
        (datetime(2026, 1, 5, 9, 3), NINE_03),
        (datetime(2026, 1, 5, 0, 3, tzinfo=UTC), NINE_03),
        ("31-Jul-18", datetime(2018, 7, 31, tzinfo=TOKYO)),
        ("2015-02-24 11:35:52 -0800", datetime(2015, 2, 24, 19, 35, 52, tzinfo=UTC)),
        ("2026/1/5 午後 9:03:07.25", datetime(2026, 1, 5, 21, 3, 7, 250_000, tzinfo=TOKYO)),
        ("2026/1/5 12:30 am", datetime(2026, 1, 5, 0, 30, tzinfo=TOKYO)),
    ],
)
def test_times_are_read_as_exports_write_them(written: object, moment: datetime) -> None:
    read = read_time(written, TOKYO)
    assert read == moment
    assert read.tzinfo is UTC


@given(
    st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2090, 1, 1)),
    st.integers(-12 * 60, 14 * 60),
)
def test_iso_times_keep_their_moment_in_any_offset(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_time(moment.isoformat(), TOKYO) == moment
    assert read_time(moment.isoformat(" "), TOKYO) == moment
    whole = moment.replace(microsecond=0)
    assert read_time(whole.strftime("%Y/%m/%d %H:%M:%S %z"), TOKYO) == whole
    assert read_time(str(int(whole.timestamp())), TOKYO) == whole


@pytest.mark.parametrize(
    "written",
    ["last Tuesday", "2026-13-45", "2026/2/30", "", "5", "46027.5", True, [], "2026-01-05 25:00", "令和8年", 12.5],
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(Refusal):
        read_time(written, TOKYO)


def test_day_and_month_that_cannot_be_told_apart_ask_for_a_format() -> None:
    with pytest.raises(Refusal, match="time_format"):
        read_time("01/05/2026", TOKYO)
    assert read_time("01/05/2026", TOKYO, "%d/%m/%Y") == datetime(2026, 5, 1, tzinfo=TOKYO)
    assert read_time("20260105", TOKYO, "%Y%d%m") == datetime(2026, 5, 1, tzinfo=TOKYO)
    with pytest.raises(Refusal, match="%d/%m/%Y"):
        read_time("2026-05-01", TOKYO, "%d/%m/%Y")
    assert read_time(datetime(2026, 1, 5, 9, 3), TOKYO, "%d/%m/%Y") == NINE_03


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        assert read_time(text, TOKYO).tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "stars"),
    [
        ("4", 4),
        ("４", 4),
        ("4.0", 4),
        ("4,5", 4.5),
        (" 5 / 5 ", 5),
        ("2.0 out of 5", 2),
        ("4.0 out of 5 stars", 4),
        ("★★★☆☆", 3),
        ("★★★", 3),
        ("⭐️⭐️", 2),
        ("★４", 4),
        ("星4つ", 4),
        ("3つ星", 3),
        ("5 stars", 5),
        (3, 3),
        (3.5, 3.5),
        (Decimal("2.5"), 2.5),
        (" ", None),
    ],
)
def test_ratings_are_read_as_exports_write_them(written: object, stars: float | None) -> None:
    assert read_rating(written) == stars


@pytest.mark.parametrize(
    "written",
    ["0", "6", "７", "-1", "five", "星よっつ", "8/10", "☆☆☆☆☆", "★☆★", "★☆", True, "nan", float("nan"), "1e0", [4]],
)
def test_impossible_ratings_are_refused(written: object) -> None:
    with pytest.raises(Refusal):
        read_rating(written)


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.none(), st.booleans()))
def test_whatever_is_read_as_a_rating_is_one(value: object) -> None:
    try:
        rating = read_rating(value)
    except Refusal:
        return
    assert rating is None or 1 <= rating <= 5


def test_scores_are_held_to_their_scale() -> None:
    assert [read_score(written) for written in ("９", "9 / 10", 7, 7.0, "")] == [9, 9, 7, 7, None]
    for score, scale in ((0, Scale.NPS), (10, Scale.NPS), (1, Scale.CSAT), (7, Scale.CES)):
        check_score(score, scale)
    for score, scale in ((11, Scale.NPS), (0, Scale.CSAT), (8, Scale.CES)):
        with pytest.raises(Refusal, match="outside the scale"):
            check_score(score, scale)
    with pytest.raises(Refusal, match="no scale"):
        check_score(5, None)
    with pytest.raises(Refusal, match="no score"):
        read_score("nine")


@pytest.mark.parametrize(
    ("written", "reach"),
    [
        ("1200", 1200),
        ("1,200", 1200),
        ("１，２００", 1200),
        ("1.2k", 1200),
        ("1.2万", 12_000),
        ("3M", 3_000_000),
        (7.0, 7),
    ],
)
def test_reach_is_read_as_exports_write_it(written: object, reach: int) -> None:
    assert read_reach(written) == reach


@pytest.mark.parametrize("written", ["-5", "1,2", "many", "12,34", "9" * 30])
def test_impossible_reach_is_refused(written: str) -> None:
    with pytest.raises(Refusal):
        read_reach(written)


def test_words_of_several_exports_are_known() -> None:
    assert [read_channel(word) for word in ("Review", "Q&A", "アンケート", "ＳＮＳ", "")] == [
        Channel.REVIEW,
        Channel.QA,
        Channel.SURVEY,
        Channel.SOCIAL,
        None,
    ]
    assert [read_disclosure(word) for word in ("スタッフ", "モニター", "incentivized", "Syndicated", "none")] == [
        Disclosure.STAFF,
        Disclosure.INCENTIVISED,
        Disclosure.INCENTIVISED,
        Disclosure.SYNDICATED,
        Disclosure.NONE,
    ]
    assert [read_lang(word) for word in ("JA", "ja-JP", "Japanese", "英語", "en_US", "fr")] == [
        "ja",
        "ja",
        "ja",
        "en",
        "en",
        "fr",
    ]
    for read, word in ((read_channel, "phone"), (read_disclosure, "true"), (read_lang, "???")):
        with pytest.raises(Refusal, match=word.replace("?", r"\?")):
            read(word)


def test_texts_stay_as_they_came_and_names_lose_their_blanks() -> None:
    assert read_text("  ﾊﾝｶｸ １\n ") == "  ﾊﾝｶｸ １\n "
    assert read_text(" \u3000\n") is None
    assert read_text("a\ud83d") == "a\ufffd"
    assert read_text(5) == "5"
    assert [read_name(value) for value in (" A1 ", 12, 12.0, "")] == ["A1", "12", "12", None]
    for read, value in ((read_text, ["a"]), (read_name, True), (read_name, "x" * 501)):
        with pytest.raises(Refusal):
            read(value)


def test_attributes_come_from_json_too() -> None:
    assert read_attributes('{"lot": "A1", "n": 3, "none": null, "deep": {"x": [1]}, "ok": true, " ": ""}') == {
        "lot": "A1",
        "n": "3",
        "deep": '{"x": [1]}',
        "ok": "true",
    }
    assert read_attributes([("lot", "A1")]) == {"lot": "A1"}
    for value in ("[1]", "{", 5):
        with pytest.raises(Refusal):
            read_attributes(value)
