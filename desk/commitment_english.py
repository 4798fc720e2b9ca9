"""Promises with a date in English: who will do something ("we will write again") and by when ("by Friday").

The day stands behind the verb, or at the front of its clause ("By Friday we will …"). Nothing is promised in questions,
under a condition ("if …", "once …"), in what usually happens, and where the day belongs to something else ("the parcel
delivered on Friday", "within 30 days of purchase", "please send it by Friday").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desk.commitment_days import Until, count_of

#: A stretch of a sentence that promises something, and until when.
Found = tuple[int, int, Until]

_NUMBERS = {
    name: number
    for number, name in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1, "the": 1, "a couple of": 2, "a few": 3}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AHEAD = {"this": 0, "the": 0, "coming": 0, "next": 1}

_N = rf"(?:\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_DAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_TH = r"(?:st|nd|rd|th)?"
_CLOCK = r"(?:(?P<{0}h>\d{{1,2}})(?::(?P<{0}min>\d\d))? ?(?P<{0}half>[ap]\.?m\b\.?|o'clock)|(?P<{0}noon>noon|midday))"
_BEFORE_TIME = rf"(?:(?:by|at|before) {_CLOCK.format('b')},? ?(?:on )?)?"
_AFTER_TIME = (
    rf"(?:,? (?:by|at|before) {_CLOCK.format('a')}| (?P<morning>morning)| (?:afternoon|evening))?"
    r"(?: at the latest)?"
)
_LEAD = r"(?:by|on|before|no later than|not later than|for)"
_DATE = re.compile(
    rf"\b{_BEFORE_TIME}(?:"
    r"(?:(?:by|later|before)(?: the end of)? )?(?P<relative>today|tonight|tomorrow|the day after tomorrow)"
    rf"|(?:(?:{_LEAD} )?(?P<of_week>next|this|this coming|coming) |{_LEAD} )"
    rf"(?P<weekday>{_DAY_NAME})(?P<in_next> next week)?"
    rf"|{_LEAD} (?:the )?(?:(?P<m>{_MONTH_NAME})\.? (?P<d>\d{{1,2}}){_TH}|(?P<d2>\d{{1,2}}){_TH}(?: of)? "
    rf"(?P<m2>{_MONTH_NAME}))(?:,? (?P<y>\d{{4}}))?"
    rf"|{_LEAD} (?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|{_LEAD} the (?P<day_of_month>\d{{1,2}})(?:st|nd|rd|th)"
    r"|(?:within|in|in under|in less than|over)(?: the next)?(?: about)? "
    rf"(?:{_N}(?: to | or |-|–))?(?P<n>{_N})[ -](?P<business>(?:business|working)[ -])?(?P<unit>hour|day|week)s?\b"
    r"(?:'s?| time)?"
    r"|(?:by |before |at )?(?:the )?end of (?:the|this|(?P<of_next>next))? ?(?:business |working )?"
    r"(?P<period>day|week|month)"
    r"|(?:(?:by|early|later|some ?time|before the end of) )?(?P<span_of>this|next) (?P<span>week|month)"
    rf"){_AFTER_TIME}\b"
)

_OURS = (
    r"(?:\b(?:we|i)|\bour (?:\w+ ){0,2}(?:team|department|colleagues?|service|staff|technicians?|engineers?|warehouse"
    r"|workshop|support|desk)|\b(?:a|my|one of our|another) (?:\w+ )?(?:colleagues?|specialist|technician|person)"
    r"|\bsome(?:one|body)(?: from [\w ]{2,20})?|\bthe (?:\w+ ){0,2}(?:team|department|workshop|warehouse))"
)
_GOODS = (
    r"\b(?:your|the|a|an|its) (?:\w+ ){0,3}?(?:replacement|parts?|parcel|package|order|item|update|answer|reply|refund"
    r"|device|exchange|money|label|invoice|cable|adapter|speaker|mixer)"
)
_WILL = re.compile(
    rf"(?:{_OURS}(?:'ll| will| shall|(?:'m| am|'re| are) going to| promise to)(?: also| then| certainly)?"
    rf"|\byou(?:'ll| will) (?:hear|get|receive|have(?! (?:to|until|time|\d)))|{_GOODS}(?:'ll| will))"
    r"(?! not\b| never\b| no longer\b| only\b| be (?:closed|away|shut|unable|out of|on holiday|back in)\b"
    r"| (?:expire|end|close|run out|have to|need|be needed))"
)
_KNOWING = re.compile(r"\b(?:let you know|tell you|inform you|confirm|find out|check|decide)\b")
_CONDITION = re.compile(
    r"\b(?:if|unless|once|whenever|when|as soon as(?! possible)|should you|provided|in case|where)\b"
)
_CONDITION_AFTER = re.compile(r"\b(?:if|unless|once|provided|as long as|assuming|subject to|depending|only when)\b")
_NOT_OURS = re.compile(
    r"\b(?:if|unless|once|when|after|until|where|because|although|warranty|guarantee)\b|※"
    r"|\byou(?:'ve| have| had| would| could| can| may| need| want| wish| asked| sent| wrote| bought| ordered| returned"
    r"| received| told| mention\w*| report\w*| gave| called| paid| got| did| made| posted| said| send| return)\b"
    r"|\b(?:that|which|who) (?:was|were|has|had|have|is|are|we|breaks?|fails?|arrive\w*|stop\w*)\b"
)
_PAST_THING = re.compile(
    r"(?<!be )\b(?:bought|purchased|ordered|delivered|received|dated|placed|posted|written|sent|made|returned"
    r"|mentioned|released|promised|planned|call|order|letter|mail|message|review|post|purchase|delivery) $"
)
_BELONGS = re.compile(r" (?:of|after|from|since|following)\b")
_GENERAL = re.compile(r"\b(?:usually|normally|typically|generally|always|never|cannot|can't|unable|won't)\b")
_FRONT = re.compile(r"(?:^|[,:;] ?|\b(?:and|but|so|then) )$")
_FARTHEST = 110


def promises(sentence: str) -> Iterator[Found]:
    """The promises of a sentence (in lower case), in order."""
    if sentence.rstrip().endswith("?") or _GENERAL.search(sentence):
        return
    last = 0
    for match in _DATE.finditer(sentence):
        if _BELONGS.match(sentence, match.end()):
            continue
        found = _behind(sentence, match, last) or _in_front(sentence, match)
        if found is not None:
            yield (*found, read_date(match))
            last = found[1]


def first_date(words: str) -> Until | None:
    """The day that a few words name, such as "by Friday" or "tomorrow"; ``None`` where they name none."""
    for text in (words, f"by {words}"):
        match = _DATE.match(text)
        if match:
            return read_date(match)
    return None


def _behind(sentence: str, date: re.Match[str], last: int) -> tuple[int, int] | None:
    """A verb with its day behind it; of two days behind one verb the second has a promise of its own."""
    wills = [will for will in _WILL.finditer(sentence, 0, date.start()) if date.start() - will.end() <= _FARTHEST]
    if not wills:
        return None
    will = wills[-1]
    between = sentence[will.end() : date.start()]
    said = sentence[will.start() : date.end()]
    if _NOT_OURS.search(between) or _PAST_THING.search(between) or _CONDITION.search(sentence[: will.start()]):
        return None
    if _CONDITION_AFTER.search(sentence, date.end()) and not _KNOWING.search(said):
        return None
    start = max(will.start(), last)
    lead = re.match(r"[ ,]*(?:and|or|then)? ?", sentence[start : date.start()])
    return (start + (lead.end() if lead and start > will.start() else 0), date.end())


def _in_front(sentence: str, date: re.Match[str]) -> tuple[int, int] | None:
    """A day at the front of its clause, with the verb behind it."""
    will = re.compile(r",? ?").match(sentence, date.end())
    begins = _WILL.match(sentence, will.end()) if will else None
    if begins is None or not _FRONT.search(sentence[: date.start()]):
        return None
    clause = re.compile(r"[^,;:.!]*").match(sentence, begins.end())
    end = clause.end() if clause else begins.end()
    if _CONDITION.search(sentence[: date.start()]) or _CONDITION_AFTER.search(sentence, begins.end()):
        return None
    return date.start(), len(sentence[:end].rstrip())


def read_date(match: re.Match[str]) -> Until:
    """What a found date means."""
    said = match.groupdict()
    minute = _minute(said, "b") or _minute(said, "a") or (12 * 60 if said["morning"] else None)
    match said:
        case {"relative": str(day)}:
            until = Until(days={"tomorrow": 1, "the day after tomorrow": 2}.get(day, 0))
        case {"weekday": str(day)}:
            week = 1 if said["in_next"] or said["of_week"] == "next" else None
            until = Until(weekday=_WEEKDAYS.index(day[:3]), weeks=week)
        case {"unit": str()}:
            until = _counted(said)
        case {"period": str(period)}:
            until = _end_of(period, 1 if said["of_next"] else 0)
        case {"span": str(span)}:
            until = _end_of(span, _AHEAD[said["span_of"] or "this"])
        case _:
            until = _dated(said)
    return until.at(minute)


def _end_of(period: str, ahead: int) -> Until:
    if period == "day":
        return Until(days=ahead)
    return Until(weeks=ahead) if period == "week" else Until(months=ahead)


def _counted(said: dict[str, str | None]) -> Until:
    count, unit = count_of(said["n"] or "one", _NUMBERS), said["unit"]
    if unit == "hour":
        return Until(hours=count)
    if unit == "week":
        return Until(days=7 * count)
    return Until(business_days=count) if said["business"] else Until(days=count)


def _dated(said: dict[str, str | None]) -> Until:
    if said["iso"]:
        year, month, day = (int(part) for part in said["iso"].split("-"))
        return Until(date=(year, month, day))
    name = said["m"] or said["m2"]
    month = _MONTHS.index(name[:3]) + 1 if name else 0
    return Until(date=(int(said["y"] or 0), month, int(said["d"] or said["d2"] or said["day_of_month"] or 0)))


def _minute(said: dict[str, str | None], place: str) -> int | None:
    if said[f"{place}noon"]:
        return 12 * 60
    hours = said[f"{place}h"]
    if not hours:
        return None
    half = said[f"{place}half"] or ""
    hour = int(hours) % 12 + (12 if half.startswith("p") else 0) if half[0] in "ap" else int(hours)
    minute = int(said[f"{place}min"] or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
