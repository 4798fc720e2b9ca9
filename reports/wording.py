"""Wording: one report in Japanese or English, by message catalogues and the language's ways with numbers and dates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import yaml

from koe.errors import UsageError
from koe.issue import Label
from koe.week import Week
from reports.concentration import Concentration, sentence
from reports.onset import Onset
from reports.report import Excluded

LANGUAGES = ("ja", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; ``zone`` is where dates are meant."""

    lang: str
    zone: ZoneInfo
    messages: Mapping[str, str]

    @classmethod
    def of(cls, lang: str, timezone: str) -> Wording:
        """The wording of ``ja`` or ``en``.

        Raises:
            UsageError: another language.
        """
        if lang not in LANGUAGES:
            raise UsageError(f"unknown language {lang!r}; known ones are {', '.join(LANGUAGES)}")
        return cls(lang, ZoneInfo(timezone), _catalogue(lang))

    def __call__(self, key: str, **values: object) -> str:
        """A message with its values; ``n`` chooses the words for none and for one where a language has such."""
        n = values.get("n")
        for suffix, number in (("_zero", 0), ("_one", 1)):
            if n == number and f"{key}{suffix}" in self.messages:
                key += suffix
                break
        return self.messages[key].format(**values)

    def name(self, label: Label) -> str:
        """A label in this language or the other one."""
        return label.best(self.lang) if label.ja or label.en else self("no_product")

    def number(self, value: float | None, digits: int = 1) -> str:
        """A figure with its thousands apart; a dash where there is none."""
        if value is None:
            return "–"
        if value == int(value):
            return f"{int(value):,}"
        return f"{value:,.{digits}f}"

    def stars(self, value: float | None) -> str:
        """An average of stars, always with one digit after the point."""
        return "–" if value is None else f"{value:.1f}"

    def percent(self, value: float | None) -> str:
        """A share; small ones with a digit more."""
        if value is None:
            return "–"
        shown = f"{100 * value:.0f}" if value == 0 or value >= 0.1 else f"{100 * value:.1f}"
        return f"{shown}％" if self.lang == "ja" else f"{shown} %"

    def chance(self, value: float) -> str:
        """A probability in words that stay readable when it is tiny."""
        if value < 0.0001:
            return "0.0001未満" if self.lang == "ja" else "less than 0.0001"
        return f"{value:.1g}" if value < 0.01 else f"{value:.2f}"

    def date(self, moment: dt.date) -> str:
        """A day in the report's time zone."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        if self.lang == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_date(self, day: dt.date) -> str:
        """A day without its year."""
        return f"{day.month}月{day.day}日" if self.lang == "ja" else f"{day.day} {_MONTHS[day.month - 1]}"

    def week_span(self, week: Week) -> tuple[str, str]:
        """The first and the last day of a week."""
        sunday = week.monday + dt.timedelta(days=6)
        if self.lang == "ja":
            return self.date(week.monday), self.short_date(sunday)
        return self.short_date(week.monday), self.date(sunday)

    @property
    def gap(self) -> str:
        """What stands between two sentences."""
        return "" if self.lang == "ja" else " "

    def attribute(self, name: str) -> str:
        """What an attribute is called; its own name where the catalogue has none."""
        return self.messages.get(f"attr_{name.lower()}", name.replace("_", " "))

    def onset(self, onset: Onset) -> str:
        """Since when an issue has been voiced more often, with its interval."""
        key = "onset" if onset.low != onset.high else "onset_sure"
        return self(key, week=onset.week, low=onset.low, high=onset.high)

    def concentration(self, found: Concentration) -> str:
        """What an issue is concentrated in, in one sentence."""
        return sentence(found, self.lang, self.attribute(found.attribute))

    def listed(self, words: Iterable[str]) -> str:
        """Words in a row."""
        return ("、" if self.lang == "ja" else ", ").join(words)

    def reasons(self, excluded: Iterable[Excluded]) -> str:
        """How many feedback did not count, by reason."""
        return self.reason_counts(Counter(item.reason.partition(" ")[0] for item in excluded))

    def reason_counts(self, counts: Mapping[str, int]) -> str:
        """Reasons with their numbers, in a row."""
        return self.listed(self(f"reason_{reason}", n=n) for reason, n in sorted(counts.items()))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(lang: str) -> Mapping[str, str]:
    text = files("reports").joinpath("messages", f"{lang}.yaml").read_text("utf-8")
    return {str(key): str(value) for key, value in yaml.safe_load(text).items()}
