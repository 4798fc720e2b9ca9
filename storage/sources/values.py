"""Reading the values of fields as exports write them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from koe.feedback import RATING_BOUNDS, Channel, Disclosure, Scale
from storage.sources.refusal import Refusal
from storage.text import storable

T = TypeVar("T")

#: Names and ids stand in indexes, which PostgreSQL limits to about 2,700 bytes an entry.
MAX_NAME = 500

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_OUT_OF = re.compile(
    r"(?P<value>\d+(?:[.,]\d+)?)\s*(?:/|out of|of|点中)\s*(?P<top>\d+(?:[.,]0+)?)\s*(?:stars?)?\Z", re.I
)
_STARRED = re.compile(r"(?:[★⭐☆]|星)?\s*(?P<value>\d+(?:[.,]\d+)?)\s*(?:[★⭐☆]|stars?|つ星?|点)?\Z", re.I)
_REACH = re.compile(r"(?P<value>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?\s*(?P<unit>k|m|千|万|億)?\Z", re.I)
_LANG = re.compile(r"(?P<lang>[a-z]{2,3})(?:[-_][a-z0-9]+)*\Z", re.I)
_UNITS = {"": 1, "k": 1_000, "千": 1_000, "万": 10_000, "m": 1_000_000, "億": 100_000_000}
_LANGUAGES = {"japanese": "ja", "日本語": "ja", "english": "en", "英語": "en", "jp": "ja"}
_CHANNELS = {
    **{channel.value: channel for channel in Channel},
    **dict.fromkeys(("reviews", "product review", "レビュー", "口コミ", "クチコミ"), Channel.REVIEW),
    **dict.fromkeys(("q&a", "qna", "question", "questions", "answer", "質問", "回答"), Channel.QA),
    **dict.fromkeys(("surveys", "questionnaire", "アンケート", "調査"), Channel.SURVEY),
    **dict.fromkeys(("sns", "tweet", "post", "social media", "投稿", "ソーシャル"), Channel.SOCIAL),
}
_DISCLOSURES = {
    **{disclosure.value: disclosure for disclosure in Disclosure},
    **dict.fromkeys(("no", "organic", "なし", "無し", "一般", "-"), Disclosure.NONE),
    **dict.fromkeys(("employee", "official", "スタッフ", "社員", "従業員", "公式", "店舗"), Disclosure.STAFF),
    **dict.fromkeys(
        ("incentivized", "incentive", "sampled", "sampling", "gifted", "vine", "モニター", "サンプル", "提供", "謝礼"),
        Disclosure.INCENTIVISED,
    ),
    **dict.fromkeys(("syndication", "copied", "転載", "配信"), Disclosure.SYNDICATED),
}


def read_text(value: object) -> str | None:
    """What a customer wrote, as it came; blanks alone are nothing."""
    text = value if isinstance(value, str) else _plain(value, "text")
    return storable(text) if text and not text.isspace() else None


def read_name(value: object) -> str | None:
    """An id or a name, without blanks around it."""
    text = storable(value if isinstance(value, str) else _plain(value, "a name or number")).strip()
    if len(text) > MAX_NAME:
        raise Refusal(f"{len(text):,} characters are too long for an id or a name; at most {MAX_NAME} are taken")
    return text or None


def read_rating(value: object) -> float | None:
    """Stars, 1 to 5: ``4``, ``４``, ``4.0``, ``5 / 5``, ``★★★☆☆``, ``星4つ``."""
    least, most = RATING_BOUNDS
    rating = value if type(value) is float or type(value) is int else _rating(_folded(value))
    if rating is None:
        return None
    if not isinstance(rating, int | float):
        raise Refusal(f"{value!r} is no rating; expected {least} to {most} stars, such as 4, 4.0, 4 / 5 or ★★★★☆")
    if not least <= rating <= most:
        raise Refusal(f"{value!r} is an impossible rating; expected {least} to {most} stars")
    return float(rating)


def read_score(value: object) -> float | None:
    """The answer to a survey question; whether the scale has it shows :func:`check_score`."""
    text = _folded(value)
    if not text:
        return None
    match = _OUT_OF.match(text)
    if match is None and not _NUMBER.match(text):
        raise Refusal(f"{value!r} is no score; expected a number")
    return _number(match["value"] if match else text)


def check_score(score: float, scale: Scale | None) -> None:
    """Refuse a score without a scale, or outside of it."""
    if scale is None:
        raise Refusal(f"the score {score:g} has no scale; map or set scale to one of {', '.join(Scale)}")
    least, most = scale.bounds
    if not least <= score <= most:
        raise Refusal(f"the score {score:g} is outside the scale {scale.value}, {least} to {most}")


def read_scale(value: object) -> Scale | None:
    """Which question a score answers."""
    return _word(value, {scale.value: scale for scale in Scale}, "scale")


def read_channel(value: object) -> Channel | None:
    """Where it was said, in the words of several exports."""
    return _word(value, _CHANNELS, "channel")


def read_disclosure(value: object) -> Disclosure | None:
    """The interest of the author, in the words of several exports."""
    return _word(value, _DISCLOSURES, "disclosure")


def read_lang(value: object) -> str | None:
    """A language as its ISO 639 code: ``ja`` for ``ja``, ``ja-JP``, ``Japanese`` and ``日本語``."""
    text = _folded(value)
    if not text:
        return None
    if text in _LANGUAGES:
        return _LANGUAGES[text]
    match = _LANG.match(text)
    if match is None:
        raise Refusal(f"{value!r} is no language; expected a code such as ja or en")
    return match["lang"].lower()


def read_reach(value: object) -> int | None:
    """How many people saw it: ``1200``, ``1,200``, ``1.2k``, ``1.2万``."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _folded(value).removeprefix("+")
    if not text:
        return None
    match = _REACH.match(text)
    if match is None:
        raise Refusal(f"{value!r} is no reach; expected a count such as 1200, 1,200 or 1.2k")
    reach = Decimal(match["value"].replace(",", "") + (match["fraction"] or "")) * _UNITS[(match["unit"] or "").lower()]
    if reach > 2**53:
        raise Refusal(f"{value!r} is an impossible reach")
    return int(reach)


def read_attributes(value: object) -> dict[str, str]:
    """Attributes from a column that holds them all: a mapping, or a JSON object."""
    if isinstance(value, str):
        if not value.strip():
            return {}
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Refusal(f'{value!r} is no JSON object; expected something like {{"lot": "A1"}}') from error
    if isinstance(value, list) and all(isinstance(item, tuple) and len(item) == 2 for item in value):
        value = dict(value)  # how Parquet gives its maps
    if not isinstance(value, Mapping):
        raise Refusal(f'{value!r} is no JSON object; expected something like {{"lot": "A1"}}')
    read = {storable(str(name)): read_attribute(item) for name, item in value.items()}
    return {name: item for name, item in read.items() if item is not None}


def read_attribute(value: object) -> str | None:
    """The value of an attribute, as text."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, Mapping | list):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = _plain(value, "a value")
    return storable(text).strip() or None


def _rating(text: str) -> float | str | None:
    """The number of stars, or the text when it says none."""
    if not text:
        return None
    if len(text) == 1 and text.isdecimal():
        return int(text)
    stars = text.replace("\ufe0f", "").replace(" ", "").replace("⭐", "★").replace("✩", "☆")
    if set(stars) <= {"★", "☆"} and "★" in stars:
        top = RATING_BOUNDS[1]
        in_order = stars == "★" * stars.count("★") + "☆" * stars.count("☆")
        return float(stars.count("★")) if in_order and ("☆" not in stars or len(stars) == top) else text
    if match := _OUT_OF.match(text):
        return _number(match["value"]) if _number(match["top"]) == RATING_BOUNDS[1] else text
    if _NUMBER.match(text):
        return _number(text)
    match = _STARRED.match(text)
    return _number(match["value"]) if match else text


def _word(value: object, known: Mapping[str, T], what: str) -> T | None:
    text = _folded(value)
    if not text:
        return None
    if text not in known:
        raise Refusal(f"{value!r} is no {what}; expected one of {', '.join(dict.fromkeys(map(str, known.values())))}")
    return known[text]


def _folded(value: object) -> str:
    """The text of a value in one width and case, without blanks around it."""
    text = value if isinstance(value, str) else _plain(value, "a word or number")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip().casefold()


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _plain(value: object, what: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise Refusal(f"{value!r} is a {type(value).__name__}; expected {what}")
