"""Promises with a date in Japanese: a day (「金曜日までに」), and further on what we do by then (「ご連絡いたします」).

The verb must be humble or polite and lie ahead. Nothing is promised under a condition (「場合は」「ましたら」), where
the day belongs to something else (「7月3日にご購入の」「30日以内の返品」), or where the customer is asked to act
(「お願いいたします」).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.commitment_days import Until, count_of

#: A stretch of a sentence that promises something, and until when.
Found = tuple[int, int, Until]

_NUMBERS = {kanji: number for number, kanji in enumerate("一二三四五六七八九十", 1)} | {"数": 7}
_WEEKDAYS = "月火水木金土日"
_RELATIVE = {
    "本日": 0,
    "今日": 0,
    "きょう": 0,
    "明日": 1,
    "あした": 1,
    "あす": 1,
    "翌日": 1,
    "明後日": 2,
    "あさって": 2,
}
_AHEAD = {"今": 0, "来": 1, "再来": 2}

_COUNT = r"(?:(?:\d{1,3}|[一二三四五六七八九十])(?:営業日|日|時間|週間)?(?:から|[~〜\-]|、|、?または))?"
_N = r"(?:\d{1,3}|[一二三四五六七八九十])"
_WITHIN = r"(?:間?以内|後|間?(?:ほど|程度|くらい|ぐらい)で|間で)"
_DATE = re.compile(
    r"(?<![\d年月/(])(?:"
    rf"{_COUNT}(?P<business>{_N})営業日(?:以内|後|ほどで|で|中)?"
    rf"|{_COUNT}(?P<hours>{_N})時{_WITHIN}"
    rf"|{_COUNT}(?P<days>{_N}|数)日{_WITHIN}"
    rf"|{_COUNT}(?P<weeks>{_N})週{_WITHIN}"
    r"|(?P<next_business>翌営業日)|(?P<after_weekend>週明け)"
    rf"|(?P<relative>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})"
    rf"|(?:(?P<of_week>今|来|再来)週の?|次の)?(?P<weekday>[{_WEEKDAYS}])曜日?"
    r"|(?:(?P<week>今|来|再来)週(?:中|末|内)?|(?P<weekend>週末))"
    r"|(?P<month>今|来)月(?:中|末|内)|(?P<end_of_month>月末)"
    r"|(?:(?P<y>\d{4})[年/\-])?(?P<m>\d{1,2})(?:月|[/\-])(?P<d>\d{1,2})日?"
    r"|(?P<day_of_month>\d{1,2})日(?=(?:\([月火水木金土日]\))?(?:午[前後])?(?:\d{1,2}時)?[^。]{0,2}まで)"
    r")(?:\([月火水木金土日]\)|[月火水木金土日]曜日?)?の?、?"
    r"(?:(?P<half>午前|午後)?(?P<h>\d{1,2})(?:時|:)(?:(?P<minutes>\d{1,2})分?|(?P<thirty>半))?|(?P<noon>正午)"
    r"|(?P<morning>午前中|お昼)|(?P<evening>夕方))?"
    r"(?:頃|ごろ|ころ)?(?:を(?:目処|目途|めど)に)?(?:まで)?(?:中)?(?:には|に)?"
    r"(?!の|は|から|より|以[降来前]|前|を|が|も|まで|発|付|時点|現在|曜|間|祝)"
)
_CONDITION = re.compile(
    r"場合|(?<!あ)たら|れば|(?<!う)なら(?![びず])|次第|際[はに]|(?:した|る)時[はに]|[すくぐむるう]と、"
)
_NOT_OURS = re.compile(
    r"いただ[いけき]|頂[いけき]|くださ|下さ|ました|ません|ない|ず、|とのこと|必要|お客[様さ]|※|保証|期限|期間|可能|お願い"
    r"|(?:ご|お)(?:購入|注文|買い|申し込|予約)|(?:した|った(?!ら)|れた)(?![いがら])|有効|(?:日|購入|到着|お届け)から"
)
_WILL = re.compile(
    r"(?:(?:いた|致)します|(?:差し?上|さしあ)げます|申し上げます|させて(?:いただ|頂)きます|(?:まい|参|伺)ります|伺います"
    r"|(?:予定|見込み|所存|つもり)(?:です|でございます|でおります|となっております)"
    r"|(?<!い)(?<!ま)します|(?:送り|届け|届き|着き|戻し|直し|調べ|伝え|知らせ|出し|返し|掛け|かけ|なり代わり)ます)"
    r"(?!か|と|よう|ん)"
)
_NO_PROMISE = (
    "お願い",
    "願い",
    "お詫び",
    "感謝",
    "御礼",
    "お礼",
    "休業",
    "終了",
    "締め切り",
    "締切",
    "失礼",
    "休み",
    "お祈り",
)
_GENERAL = re.compile(r"通常|普段|いつも|原則|保証期間|営業時間")
_FARTHEST = 60


def promises(sentence: str) -> Iterator[Found]:
    """The promises of a sentence, in order."""
    found: dict[int, Found] = {}
    if not _GENERAL.search(sentence) and not sentence.rstrip().endswith(("か?", "か。", "?")):
        for match in _DATE.finditer(sentence):
            will = _verb_after(sentence, match.end())
            # Of several days before one verb the last is meant.
            if will is not None:
                found[will.end()] = (match.start(), will.end(), read_date(match))
    yield from sorted(found.values(), key=lambda one: one[:2])


def first_date(words: str) -> Until | None:
    """The day that a few words name, such as 「金曜日まで」; ``None`` where they name none."""
    match = _DATE.match(words)
    return read_date(match) if match else None


def _verb_after(sentence: str, place: int) -> re.Match[str] | None:
    for will in _WILL.finditer(sentence, place, place + _FARTHEST):
        between = sentence[place : will.start()]
        if _NOT_OURS.search(between) or _CONDITION.search(sentence[: will.start()]):
            return None
        if not sentence[: will.start()].endswith(_NO_PROMISE):
            return will
    return None


def read_date(match: re.Match[str]) -> Until:
    """What a found date means."""
    said = match.groupdict()
    until = _named(said)
    if said["business"]:
        until = Until(business_days=count_of(said["business"], _NUMBERS))
    elif said["hours"]:
        until = Until(hours=count_of(said["hours"], _NUMBERS))
    elif said["days"]:
        until = Until(days=count_of(said["days"], _NUMBERS))
    elif said["weeks"]:
        until = Until(days=7 * count_of(said["weeks"], _NUMBERS))
    return until.at(_minute(said))


def _named(said: dict[str, str | None]) -> Until:
    until = Until(date=(int(said["y"] or 0), int(said["m"] or 0), int(said["d"] or said["day_of_month"] or 0)))
    match said:
        case {"next_business": str()}:
            until = Until(business_days=1)
        case {"after_weekend": str()}:
            until = Until(weekday=0)
        case {"relative": str(day)}:
            until = Until(days=_RELATIVE[day])
        case {"weekday": str(day), "of_week": week}:
            until = Until(weekday=_WEEKDAYS.index(day), weeks=_AHEAD[week] if week else None)
        case {"week": str(week)}:
            until = Until(weeks=_AHEAD[week])
        case {"weekend": str()}:
            until = Until(weeks=0)
        case {"month": str(month)}:
            until = Until(months=_AHEAD[month])
        case {"end_of_month": str()}:
            until = Until(months=0)
    return until


def _minute(said: dict[str, str | None]) -> int | None:
    if said["noon"] or said["morning"]:
        return 12 * 60
    if said["evening"]:
        return 18 * 60
    if not said["h"]:
        return None
    hour = int(said["h"]) + (12 if said["half"] == "午後" and int(said["h"]) < 12 else 0)
    minute = 30 if said["thirty"] else int(said["minutes"] or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
