"""Why a ticket is where it is, in the visitor's language: the sentences that routing stores, put into words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from desk.web.language import Language
from desk.web.words import N_, word
from koe.settings import Names

#: The sentences of the default table; those of koe.yaml stay as they were written.
RULES: tuple[str, ...] = (
    N_("Somebody was or could be hurt"),
    N_("The law, an authority or the press is threatened"),
    N_("Grave harm that very many people see"),
    N_("Spam or advertising"),
    N_("The customer wants money back"),
    N_("The customer is about to leave"),
    N_("Something else was delivered"),
    N_("Money was charged wrongly"),
    N_("Anger at our support that many people see"),
    N_("The same person had to write again"),
    N_("A complaint that someone can act on"),
    N_("A question waits for an answer"),
    N_("A request that someone can act on"),
    N_("Low stars, and the text asks for nothing"),
    N_("A survey score at the bottom, and the text asks for nothing"),
    N_("The problem was solved"),
    N_("A wish to buy without a question"),
    N_("Praise or thanks"),
    N_("Nothing is said that asks for an answer"),
    N_("Low stars and scores always get a ticket"),
    N_("somebody answered it"),
    N_("nobody answered it yet"),
    N_("it is an answer to a question"),
    N_("it is no answer"),
    N_("the first time this person needs a response"),
    N_("No rule holds"),
)

#: The notes that koe itself leaves in the history of a ticket.
NOTES: tuple[str, ...] = (N_("needs no answer"), N_("not spam"), N_("removed"))
_ROUTED_AGAIN = re.compile(r"version (?P<version>\d+) of the feedback was routed again")

_QUOTED = r"(?P<quote>「.*?」|“.*?”)"
_Found = Mapping[str, str]


def in_words(reason: str, language: Language, labels: Mapping[str, Names] | None = None) -> str:
    """A stored reason in a language; one that nobody foresaw stays as it is.

    ``labels`` are the words that koe.yaml has for the sentences of its own rules.
    """
    own = labels.get(reason) if labels else None
    if own is not None:
        return (own.ja if language.code == "ja" else own.en) or reason
    told = language.gettext("; ").join(_one(part, language) for part in _parts(reason))
    return told[:1].upper() + told[1:]


def note_in_words(note: str, language: Language) -> str:
    """What stands beside an event of a ticket's history, in a language; people's own notes stay as they are."""
    if note in NOTES:
        return language.gettext(note)
    again = _ROUTED_AGAIN.fullmatch(note)
    if again:
        said = language.gettext("version %(version)s of the feedback was routed again")
        return said % {"version": again["version"]}
    return note


def _parts(reason: str) -> list[str]:
    """The facts of a reason; what stands in quotation marks is not cut."""
    return [part.strip() for part in re.findall(r"(?:「.*?」|“.*?”|[^;])+", reason) if part.strip()]


def _one(part: str, language: Language) -> str:
    if part in RULES:
        return language.gettext(part)
    for pattern, tell in _PATTERNS:
        match = pattern.fullmatch(part)
        if match:
            return tell(match.groupdict(), language)
    return part


def _says(found: _Found, language: Language) -> str:
    message = language.gettext("%(quote)s: %(type)s")
    told = message % {"quote": found["quote"], "type": word(language, "type", found["type"])}
    more = found.get("more")
    return told + (language.gettext(" and %(count)s more") % {"count": more} if more else "")


def _danger(found: _Found, language: Language) -> str:
    told = language.gettext("danger or injury (%(score)s)") % {"score": found["score"]}
    return f"{told}: {_one(found['rest'], language)}" if found.get("rest") else told


def _reads(found: _Found, language: Language) -> str:
    def named(match: re.Match[str]) -> str:
        return f"{word(language, 'intent', match[1])} ({match[2]})"

    names = re.sub(r"(\w+) \(([\d.]+)\)", named, found["intents"]).replace(" and ", language.gettext(" and "))
    return language.gettext("it reads as %(intents)s") % {"intents": names}


def _mood(found: _Found, language: Language) -> str:
    mood = word(language, "sentiment", found["mood"])
    return language.gettext("the mood is %(mood)s (%(score)s)") % {"mood": mood, "score": found["score"]}


def _channel(found: _Found, language: Language) -> str:
    names = {
        "a review": "review",
        "a product question or answer": "qa",
        "a survey answer": "survey",
        "a social post": "social",
    }
    return word(language, "channel", names[found["channel"]])


def _plain(message: str) -> Callable[[_Found, Language], str]:
    return lambda found, language: language.gettext(message) % dict(found)


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[_Found, Language], str]], ...] = tuple(
    (re.compile(pattern), tell)
    for pattern, tell in (
        (_QUOTED + r" says (?P<type>[\w-]+)(?: and (?P<more>\d+) more)?", _says),
        (r"danger or injury \((?P<score>[\d.]+)\)(?:: (?P<rest>.+))?", _danger),
        (r"it reads as (?P<intents>.+)", _reads),
        (r"the mood is (?P<mood>\w+) \((?P<score>[+-][\d.]+)\)", _mood),
        (r"it is (?P<channel>a review|a product question or answer|a survey answer|a social post)", _channel),
        (r"1 star", _plain(N_("1 star"))),
        (r"(?P<stars>[\d.]+) stars", _plain(N_("%(stars)s stars"))),
        (
            r"(?P<scale>NPS|CSAT|CES) (?P<score>[\d.]+) on a scale of (?P<low>\d+) to (?P<high>\d+)"
            r"(?:, in the lowest quarter)?",
            _plain(N_("%(scale)s %(score)s on a scale of %(low)s to %(high)s")),
        ),
        (r"reach (?P<reach>[\d,]+)", _plain(N_("reach %(reach)s"))),
        (r"(?P<columns>[\d,]+) columns of text", _plain(N_("%(columns)s columns of text"))),
        (r"the same person wrote once before", _plain(N_("the same person wrote once before"))),
        (
            r"the same person wrote (?P<times>\d+) times before",
            _plain(N_("the same person wrote %(times)s times before")),
        ),
        (r"the product is (?P<product>.+)", _plain(N_("the product is %(product)s"))),
        (r"the language is (?P<lang>.+)", _plain(N_("the language is %(lang)s"))),
        (r"the rule '(?P<rule>.+)' alone makes none", _plain(N_("the rule “%(rule)s” alone makes none"))),
    )
)
