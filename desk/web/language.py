"""The language of a page: which one a visitor reads, its message catalogue, and how it writes times and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("ja", "en")
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language; ``zone`` is where times are meant.

    Messages are English sentences in ``desk/web/locale``; one that a catalogue lacks is shown in English.
    """

    code: str
    zone: ZoneInfo
    messages: Mapping[str, str | tuple[str, ...]]

    @classmethod
    def of(cls, code: str, zone: ZoneInfo) -> Language:
        """The language of a code; English where koe does not know it."""
        known = code if code in LANGUAGES else "en"
        return cls(known, zone, catalogue(known))

    def gettext(self, message: str) -> str:
        """A message in this language."""
        found = self.messages.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A message about so many things."""
        found = self.messages.get(one)
        if not isinstance(found, tuple):
            return one if n == 1 else many
        return found[0] if n == 1 or len(found) == 1 else found[1]

    def moment(self, moment: datetime | None) -> str:
        """A day and a time of day; a dash where there is none."""
        if moment is None:
            return "–"
        pattern = "y年M月d日(E) H:mm" if self.code == "ja" else "EEE d MMM y, HH:mm"
        return format_datetime(moment, pattern, tzinfo=self.zone, locale=self.code)

    def short(self, moment: datetime | None) -> str:
        """A day without its year, and a time of day."""
        if moment is None:
            return "–"
        pattern = "M/d(E) H:mm" if self.code == "ja" else "EEE d MMM, HH:mm"
        return format_datetime(moment, pattern, tzinfo=self.zone, locale=self.code)

    def field(self, moment: datetime) -> str:
        """A moment as people type it into a form: ``2026-11-27 15:00``."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def day(self, moment: datetime) -> str:
        """A day."""
        pattern = "y年M月d日" if self.code == "ja" else "d MMM y"
        return format_date(moment.astimezone(self.zone), pattern, locale=self.code)

    def span(self, span: timedelta | None) -> str:
        """How long: the two largest units, such as ``3 h 20 min``; a dash where there is none."""
        if span is None:
            return "–"
        seconds = abs(int(span.total_seconds()))
        if seconds >= 48 * _HOUR:
            return self._units((seconds // (24 * _HOUR), "d"), (seconds % (24 * _HOUR) // _HOUR, "h"))
        if seconds >= _HOUR:
            return self._units((seconds // _HOUR, "h"), (seconds % _HOUR // _MINUTE, "min"))
        return self._units((seconds // _MINUTE, "min"), (0, ""))

    def ago(self, moment: datetime, now: datetime) -> str:
        """How long ago something was, or in how long it will be, in words."""
        return format_timedelta(moment - now, add_direction=True, locale=self.code)

    def number(self, value: float | None, digits: int = 0) -> str:
        """A figure with its thousands apart."""
        if value is None:
            return "–"
        return format_decimal(round(value, digits), locale=self.code)

    def gain(self, value: float | None) -> str:
        """A difference with its sign and two digits."""
        return "–" if value is None else format_decimal(round(value, 2), "+0.00;-0.00", self.code)

    def percent(self, value: float | None) -> str:
        """A share."""
        return "–" if value is None else format_percent(value, "#,##0%" if self.code == "ja" else "#,##0 %", self.code)

    def _units(self, *parts: tuple[int, str]) -> str:
        names = {"d": "日", "h": "時間", "min": "分"} if self.code == "ja" else {"d": " d", "h": " h", "min": " min"}
        said = [f"{count}{names[unit]}" for place, (count, unit) in enumerate(parts) if unit and (count or not place)]
        return ("" if self.code == "ja" else " ").join(said)


def chosen(accept: str | None, cookie: str | None) -> str:
    """The code of a visitor's language: what was chosen on a page, else the browser's first that koe speaks."""
    if cookie in LANGUAGES:
        return cookie
    wishes = []
    for place, part in enumerate((accept or "")[:500].split(",")):
        name, _, quality = part.partition(";q=")
        code = name.strip().lower().split("-")[0]
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if code in LANGUAGES and weight > 0:
            wishes.append((-weight, place, code))
    return min(wishes)[2] if wishes else "en"


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(code: str) -> Mapping[str, str | tuple[str, ...]]:
    """The messages of a language, by their English text; of those that count things, all forms."""
    found: dict[str, str | tuple[str, ...]] = {}
    for message in read_catalogue(code):
        if isinstance(message.id, str):
            found[message.id] = str(message.string)
        else:
            found[message.id[0]] = tuple(message.string or ())
    return found


def read_catalogue(code: str) -> Catalog:
    """The catalogue as it lies in the package."""
    with files("desk.web").joinpath("locale", code, "LC_MESSAGES", "messages.po").open("rb") as file:
        return read_po(file, locale=code)
