"""Facts: what a routing rule can see of one Feedback, each with the words that say it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from koe.analysis import Analysis, TriggerPhrase
from koe.feedback import Channel, Feedback
from koe.taxonomy import COMPLAINT_TYPES, Intent, Polarity

#: The lowest quarter of a survey scale: 0 to 2 of NPS, 1 and 2 of CSAT and of CES.
LOW_SCORE_SHARE = 0.25

#: "A review of 1 or 2 stars".
LOW_STARS = 2

#: Types that state what the customer will do: they count unless the phrase is a good word ("the refund came at once").
_DEMAND_TYPES = frozenset({"churn", "refund_request"})

#: Intents that a later "it was solved" takes back, and the phrase types that show they still stand.
_TAKEN_BACK = {
    Intent.COMPLAINT: COMPLAINT_TYPES,
    Intent.REFUND_DEMAND: frozenset({"refund_request"}),
    Intent.REQUEST: frozenset({"feature_request", "refund_request"}),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at.

    ``intents`` are those that count, ``set_aside`` those that do not, with the reason. ``phrases`` are the trigger
    phrases that count. ``earlier`` is how often the same person needed a response before; ``answered`` says whether
    somebody answered already. ``length`` is in columns of a terminal.
    """

    feedback: Feedback
    analysis: Analysis | None
    intents: Mapping[Intent, float]
    set_aside: Mapping[Intent, str]
    phrases: Sequence[TriggerPhrase]
    length: int
    earlier: int = 0
    answered: bool = False

    @property
    def low_score(self) -> bool:
        """Whether a survey score lies in the lowest quarter of its scale."""
        share = score_share(self.feedback)
        return share is not None and share <= LOW_SCORE_SHARE

    @property
    def low_stars(self) -> bool:
        """Whether it has 1 or 2 stars."""
        return self.feedback.rating is not None and self.feedback.rating <= LOW_STARS

    def phrases_of(self, types: Collection[str], polarities: Collection[Polarity] | None) -> list[TriggerPhrase]:
        """The phrases of some types: those that count, or all of the named polarities."""
        if polarities is None:
            return [phrase for phrase in self.phrases if phrase.type in types]
        every = self.analysis.triggers if self.analysis else ()
        return [phrase for phrase in every if phrase.type in types and phrase.polarity in polarities]


@dataclass(frozen=True, slots=True)
class TypeNames:
    """What trigger types are called here: koe's name to the one in koe.yaml (``taxonomy.rename``)."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()

    def here(self, types: Collection[str]) -> list[str]:
        """The names in use, in order, without the types that are switched off."""
        return [self.renamed.get(name, name) for name in types if name not in self.off]

    def original(self, name: str) -> str:
        """koe's own name of a type."""
        return next((old for old, new in self.renamed.items() if new == name), name)


AS_KOE_CALLS_THEM = TypeNames()


def gather(
    feedback: Feedback,
    analysis: Analysis | None,
    *,
    earlier: int = 0,
    answered: bool = False,
    names: TypeNames = AS_KOE_CALLS_THEM,
) -> Facts:
    """Collect the facts of one Feedback; solved, denied and praised things are left out of what counts."""
    phrases = tuple(phrase for phrase in (analysis.triggers if analysis else ()) if _counts(phrase, names))
    intents = dict(analysis.intents) if analysis else {}
    set_aside: dict[Intent, str] = {}
    if Intent.RESOLVED in intents:
        standing = {names.original(phrase.type) for phrase in phrases}
        for intent, proofs in _TAKEN_BACK.items():
            if intent in intents and not standing & proofs:
                set_aside[intent] = f"{intent.value} does not count: the text says it was solved"
    return Facts(
        feedback=feedback,
        analysis=analysis,
        intents={intent: share for intent, share in intents.items() if intent not in set_aside},
        set_aside=set_aside,
        phrases=phrases,
        length=_columns(feedback.title) + _columns(feedback.text),
        earlier=earlier,
        answered=answered,
    )


def facts_in_words(facts: Facts) -> list[str]:
    """Every fact, one line each, for ``koe route --explain``."""
    feedback, analysis = facts.feedback, facts.analysis
    lines = [f"{_CHANNEL_WORDS[feedback.channel]}, product {feedback.product_id or 'unknown'}"]
    if feedback.rating is not None:
        lines.append(stars_in_words(feedback.rating))
    if feedback.score is not None:
        lines.append(score_in_words(feedback))
    if feedback.reach is not None:
        lines.append(f"reach {feedback.reach:,}")
    if analysis is None:
        lines.append("no text to read" if not facts.length else "no analysis yet")
    else:
        mood = analysis.sentiment
        lines.append(f"the mood is {mood.label.value} ({mood.score:+.2f})")
        lines.append(f"danger or injury: {'yes' if analysis.safety else 'no'} ({analysis.safety_score:.2f})")
        lines.extend(f"intent {intent.value} ({share:.2f})" for intent, share in facts.intents.items())
        lines.extend(facts.set_aside.values())
        for phrase in analysis.triggers:
            aside = "" if phrase in facts.phrases else "; does not count against anybody"
            lines.append(f"{phrase_in_words(phrase)} ({phrase.polarity.value}){aside}")
    if facts.earlier:
        lines.append(earlier_in_words(facts.earlier))
    if facts.answered:
        lines.append("somebody answered it")
    return lines


def stars_in_words(stars: float) -> str:
    """``1 star``, ``2 stars``, ``3.5 stars``."""
    return f"{stars:g} star" + ("" if stars == 1 else "s")


def score_in_words(feedback: Feedback) -> str:
    """``NPS 1 on a scale of 0 to 10``."""
    if feedback.scale is None:
        return f"score {feedback.score:g}"
    low, high = feedback.scale.bounds
    return f"{feedback.scale.value.upper()} {feedback.score:g} on a scale of {low} to {high}"


def score_share(feedback: Feedback) -> float | None:
    """Where a score lies on its scale: 0 at the bottom, 1 at the top, ``None`` without score or scale."""
    if feedback.score is None or feedback.scale is None:
        return None
    low, high = feedback.scale.bounds
    return (feedback.score - low) / (high - low)


def phrase_in_words(phrase: TriggerPhrase) -> str:
    """``「返金してほしい」 says refund_request``."""
    return f"{quoted(phrase.text)} says {phrase.type}"


def quoted(text: str) -> str:
    """The customer's words in the quotation marks of their script, on one line."""
    flat = " ".join(text.split())
    return f"「{flat}」" if any(unicodedata.east_asian_width(char) in "WFH" for char in flat) else f"“{flat}”"


def earlier_in_words(times: int) -> str:
    """``the same person wrote 2 times before``."""
    return f"the same person wrote {'once' if times == 1 else f'{times} times'} before"


def channel_in_words(channel: Channel) -> str:
    """``a social post``."""
    return _CHANNEL_WORDS[channel]


_CHANNEL_WORDS = {
    Channel.REVIEW: "a review",
    Channel.QA: "a product question or answer",
    Channel.SURVEY: "a survey answer",
    Channel.SOCIAL: "a social post",
}


def _counts(phrase: TriggerPhrase, names: TypeNames) -> bool:
    kind = names.original(phrase.type)
    if kind in COMPLAINT_TYPES:
        return phrase.polarity is Polarity.NEGATIVE
    return kind not in _DEMAND_TYPES or phrase.polarity is not Polarity.POSITIVE


def _columns(text: str | None) -> int:
    if not text:
        return 0
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text if not char.isspace())
