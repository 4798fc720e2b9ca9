"""Reading points in time as exports write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from storage.sources.refusal import Refusal

_EXAMPLE = "expected something like 2026-01-05 09:03, 2026-01-05T09:03:00+09:00 or 2026年1月5日; else give time_format:"
_SECOND = r"[:分](?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?"
_HALF = r"[AaPp]\.?[Mm]\.?"
_CLOCK = rf"(?:[T\s]*(?P<half>午前|午後|{_HALF})?\s*(?P<hour>\d{{1,2}})[:時](?P<minute>\d{{1,2}})(?:{_SECOND})?"
_CLOCK += rf"[分秒]?\s*(?P<half_after>{_HALF})?)?"
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|JST|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?)?"
_WEEKDAY = r"(?:[(（]?(?:月|火|水|木|金|土|日|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?:曜日?)?[)）]?,?\s*)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month_name>{'|'.join(_MONTHS)})[a-z]*\.?"
_FORMS = tuple(
    re.compile(form + r"\Z", re.IGNORECASE)
    for form in (
        rf"(?P<year>\d{{4}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})日?\s*{_WEEKDAY}{_CLOCK}{_ZONE}",
        rf"(?P<era>令和|平成)\s*(?P<era_year>\d{{1,2}}|元)年(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日\s*{_WEEKDAY}{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.\s]+{_MONTH}[-/.,\s]+(?P<year>\d{{4}}|\d{{2}}),?{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}[-/.\s]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]+(?P<year>\d{{4}}|\d{{2}}),?{_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d{{2}}:\d{{2}}){_ZONE}\s+(?P<year>\d{{4}})",
    )
)
_NUMBER = re.compile(r"\d{8,17}(?:\.\d+)?\Z")
_UNCLEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b")
_ERAS = {"令和": 2018, "平成": 1988}
_NAMED_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "JST": 9}


def read_time(value: object, zone: tzinfo, time_format: str | None = None) -> datetime:
    """A point in time, in UTC; what has no offset is meant in ``zone``.

    Takes text, seconds, milliseconds or microseconds since 1970, and what spreadsheets and Parquet hold. A
    ``time_format`` (as of :meth:`datetime.datetime.strptime`) is the only one that text may have then.

    Raises:
        Refusal: when it is none.
    """
    try:
        return _read(value, zone, time_format).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal(f"{value!r} is no date that exists; {_EXAMPLE}") from error


def _read(value: object, zone: tzinfo, time_format: str | None) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time.min, zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(float(value), value)
    if not isinstance(value, str):
        raise Refusal(f"{value!r} is no date; {_EXAMPLE}")
    text = value.strip()
    if time_format is not None:
        return _as_told(text, zone, time_format)
    if not text[:8].isdigit():
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return _free_form(unicodedata.normalize("NFKC", text), zone, value)


def _free_form(text: str, zone: tzinfo, value: object) -> datetime:
    if _NUMBER.match(text):
        return _digits(text, zone, value)
    if text.startswith("20") and text[:8].isdigit():
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if _UNCLEAR.match(text):
        raise Refusal(f"{value!r} may be day-month or month-day; say which by time_format:, such as '%d/%m/%Y'")
    for form in _FORMS:
        if match := form.match(text):
            return _from_parts(match.groupdict(), zone)
    raise Refusal(f"{value!r} is no date; {_EXAMPLE}")


def _as_told(text: str, zone: tzinfo, time_format: str) -> datetime:
    try:
        moment = datetime.strptime(text, time_format)
    except ValueError as error:
        raise Refusal(f"{text!r} is no date of the form {time_format!r}, which time_format: asks for") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _digits(text: str, zone: tzinfo, value: object) -> datetime:
    if len(text) == 8:
        return datetime(int(text[:4]), int(text[4:6]), int(text[6:]), tzinfo=zone)
    if len(text) == 14 and text.startswith(("19", "20")):
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone)
    return _since_1970(float(text), value)


def _since_1970(number: float, value: object) -> datetime:
    # The unit shows in the size: these ranges are the years 1973 to 5138 in each.
    for least, unit in ((1e14, 1e6), (1e11, 1e3), (1e8, 1.0)):
        if number >= least and number < least * 1e3:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / unit)
    raise Refusal(f"{value!r} is no date; a number must be the seconds or milliseconds since 1970")


def _from_parts(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    month_name = parts.get("month_name")
    month = _MONTHS.index(month_name[:3].lower()) + 1 if month_name else int(parts.get("month") or 0)
    hour, minute, second = int(parts.get("hour") or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if clock := parts.get("clock"):
        hour, minute, second = map(int, clock.split(":"))
    half = (parts.get("half") or parts.get("half_after") or "").replace(".", "").lower()
    if half in ("pm", "午後") and hour < 12:
        hour += 12
    elif half in ("am", "午前") and hour == 12:
        hour = 0
    fraction = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    named = parts.get("zone")
    where = _offset(named) if named else zone
    return datetime(_year(parts), month, int(parts["day"] or 0), hour, minute, second, fraction, where)


def _year(parts: dict[str, str | None]) -> int:
    if era := parts.get("era"):
        number = parts.get("era_year") or "1"
        return _ERAS[era] + (1 if number == "元" else int(number))
    text = parts["year"] or "0"
    # Two digits mean the years around now, as in POSIX: 69 to 99 are of the last century.
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= 69 else 2000)


def _offset(name: str) -> tzinfo:
    upper = name.upper()
    if upper in _NAMED_ZONES:
        return timezone(timedelta(hours=_NAMED_ZONES[upper]))
    digits = upper.removeprefix("UTC").removeprefix("GMT").replace(":", "")
    sign = -1 if digits[0] == "-" else 1
    hours, minutes = (digits[1:3], digits[3:]) if len(digits) > 3 else (digits[1:], "0")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes or 0)))
