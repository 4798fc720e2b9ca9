"""Conditions: whether one holds for a Feedback's facts, and why or why not, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desk.facts import (
    Facts,
    channel_in_words,
    earlier_in_words,
    phrase_in_words,
    quoted,
    score_in_words,
    stars_in_words,
)
from koe.settings import Condition
from koe.taxonomy import Polarity

#: A condition's keys that are given, with what they ask for.
Clause = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one key of a condition; ``words`` states the fact it met."""

    key: str
    held: bool
    words: str


def clause(condition: Condition) -> Clause:
    """The keys that a condition asks for; ``polarity`` belongs to ``triggers``."""
    given = [(key, getattr(condition, key)) for key in _CHECKS if getattr(condition, key) is not None]
    return tuple((key, (value, condition.polarity) if key == "triggers" else value) for key, value in given)


def holds(wanted: Clause, facts: Facts) -> bool:
    """Whether every key holds."""
    return all(_CHECKS[key](facts, value)[0] for key, value in wanted)


def findings(wanted: Clause, facts: Facts) -> list[Finding]:
    """Every key with its outcome and the fact behind it."""
    return [Finding(key, *_CHECKS[key](facts, value)) for key, value in wanted]


def _safety(facts: Facts, wanted: bool) -> tuple[bool, str]:
    analysis = facts.analysis
    found = analysis is not None and analysis.safety
    said = "; ".join(phrase_in_words(phrase) for phrase in facts.phrases_of(("safety",), None)[:2])
    score = f" ({analysis.safety_score:.2f})" if analysis else ""
    words = f"danger or injury{score}" if found else f"no danger or injury{score}"
    return found is wanted, words + (f": {said}" if found and said else "")


def _stars_at_most(facts: Facts, most: float) -> tuple[bool, str]:
    stars = facts.feedback.rating
    if stars is None:
        return False, "it has no stars"
    held = stars <= most
    return held, stars_in_words(stars) + ("" if held else f", more than {most:g}")


def _stars_at_least(facts: Facts, least: float) -> tuple[bool, str]:
    stars = facts.feedback.rating
    if stars is None:
        return False, "it has no stars"
    held = stars >= least
    return held, stars_in_words(stars) + ("" if held else f", fewer than {least:g}")


def _score_at_most(facts: Facts, most: float) -> tuple[bool, str]:
    if facts.feedback.score is None:
        return False, "it has no survey score"
    held = facts.feedback.score <= most
    return held, score_in_words(facts.feedback) + ("" if held else f", more than {most:g}")


def _low_score(facts: Facts, wanted: bool) -> tuple[bool, str]:
    if facts.feedback.score is None:
        return not wanted, "it has no survey score"
    low = facts.low_score
    return low is wanted, f"{score_in_words(facts.feedback)}, {'' if low else 'not '}in the lowest quarter"


def _triggers(facts: Facts, wanted: tuple[Sequence[str], Any]) -> tuple[bool, str]:
    types, polarities = wanted
    found = facts.phrases_of(types, polarities)
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        return True, "; ".join(phrase_in_words(phrase) for phrase in found[:3]) + more
    passed_over = [phrase for phrase in facts.phrases_of(types, tuple(Polarity)) if phrase not in found]
    if passed_over:
        first = passed_over[0]
        return False, f"{quoted(first.text)} is {first.type} but {first.polarity.value}"
    return False, f"no phrase says {_either(types)}"


def _intents(facts: Facts, wanted: Sequence[Any]) -> tuple[bool, str]:
    found = [intent for intent in facts.intents if intent in wanted]
    if found:
        return True, "it reads as " + " and ".join(f"{intent.value} ({facts.intents[intent]:.2f})" for intent in found)
    aside = [facts.set_aside[intent] for intent in facts.set_aside if intent in wanted]
    return False, aside[0] if aside else f"it does not read as {_either([intent.value for intent in wanted])}"


def _sentiment(facts: Facts, wanted: Sequence[Any]) -> tuple[bool, str]:
    if facts.analysis is None:
        return False, "there is no text to read a mood from"
    mood = facts.analysis.sentiment
    held = mood.label in wanted
    words = f"the mood is {mood.label.value} ({mood.score:+.2f})"
    return held, words + ("" if held else f", not {_either([label.value for label in wanted])}")


def _channel(facts: Facts, wanted: Sequence[Any]) -> tuple[bool, str]:
    return facts.feedback.channel in wanted, f"it is {channel_in_words(facts.feedback.channel)}"


def _product(facts: Facts, wanted: Sequence[str]) -> tuple[bool, str]:
    return facts.feedback.product_id in wanted, f"the product is {facts.feedback.product_id or 'unknown'}"


def _lang(facts: Facts, wanted: Sequence[str]) -> tuple[bool, str]:
    lang = facts.feedback.lang or (facts.analysis.lang if facts.analysis else None)
    return lang in wanted, f"the language is {lang or 'unknown'}"


def _disclosure(facts: Facts, wanted: Sequence[Any]) -> tuple[bool, str]:
    return facts.feedback.disclosure in wanted, f"the disclosure is {facts.feedback.disclosure.value}"


def _reach_at_least(facts: Facts, least: int) -> tuple[bool, str]:
    reach = facts.feedback.reach
    if reach is None:
        return False, "its reach is unknown"
    held = reach >= least
    return held, f"reach {reach:,}" + ("" if held else f", less than {least:,}")


def _length_at_least(facts: Facts, least: int) -> tuple[bool, str]:
    held = facts.length >= least
    return held, f"{facts.length:,} columns of text" + ("" if held else f", fewer than {least:,}")


def _repeated(facts: Facts, wanted: bool) -> tuple[bool, str]:
    words = earlier_in_words(facts.earlier) if facts.earlier else "the first time this person needs a response"
    return (facts.earlier > 0) is wanted, words


def _answer(facts: Facts, wanted: bool) -> tuple[bool, str]:
    found = facts.feedback.parent_id is not None
    return found is wanted, "it is an answer to a question" if found else "it is no answer"


def _answered(facts: Facts, wanted: bool) -> tuple[bool, str]:
    return facts.answered is wanted, "somebody answered it" if facts.answered else "nobody answered it yet"


_CHECKS: Mapping[str, Callable[[Facts, Any], tuple[bool, str]]] = {
    "safety": _safety,
    "stars_at_most": _stars_at_most,
    "stars_at_least": _stars_at_least,
    "score_at_most": _score_at_most,
    "low_score": _low_score,
    "channel": _channel,
    "product": _product,
    "disclosure": _disclosure,
    "reach_at_least": _reach_at_least,
    "length_at_least": _length_at_least,
    "repeated": _repeated,
    "answer": _answer,
    "answered": _answered,
    "intents": _intents,
    "triggers": _triggers,
    "sentiment": _sentiment,
    "lang": _lang,
}

#: The keys that :func:`clause` takes apart.
KEYS = tuple(_CHECKS)


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" or {names[-1]}" if names else "anything"
