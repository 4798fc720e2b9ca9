"""What the labels of another model mean in koe's words: moods of a classifier, trigger types of a tagger's tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from koe.errors import ModelError
from koe.taxonomy import TRIGGER_TYPES, Polarity, Sentiment
from nlp.spans import ALLOWED

_MOODS = {
    Sentiment.NEGATIVE: ("negative", "neg", "very negative", "ネガティブ", "否定", "1 star", "2 stars"),
    Sentiment.NEUTRAL: ("neutral", "neu", "ニュートラル", "中立", "3 stars"),
    Sentiment.POSITIVE: ("positive", "pos", "very positive", "ポジティブ", "肯定", "4 stars", "5 stars"),
    Sentiment.MIXED: ("mixed",),
}
_MOOD_OF = {word: mood for mood, words in _MOODS.items() for word in words}

_TAG = re.compile(r"(?P<place>[BIMELSU])[-_](?P<name>.+)", re.DOTALL)
_PLACES: Mapping[str, Place] = {
    "B": "begin",
    "I": "inside",
    "M": "inside",
    "E": "end",
    "L": "end",
    "S": "single",
    "U": "single",
}

Place = Literal["begin", "inside", "end", "single"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The trigger type and direction that a tag stands for."""

    type: str
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of a tagger: its name without the prefix, where a piece with it stands, and what it means (or nothing).

    A tag without a prefix (IO) is ``inside``: pieces of one name that touch are one phrase.
    """

    name: str
    place: Place
    meaning: Meaning | None


def labels_of(config: Mapping[str, Any]) -> list[str]:
    """The labels of a classifier in the order of its logits, as its configuration names them (or ``LABEL_0`` …)."""
    named = config.get("id2label")
    if isinstance(named, dict) and named:
        return [str(named[key]) for key in sorted(named, key=int)]
    return [f"LABEL_{index}" for index in range(int(config.get("num_labels") or 2))]


def moods(name: str, labels: Sequence[str], given: Mapping[str, Sentiment]) -> list[Sentiment]:
    """The mood of each label: as given, else as it says itself, else neutral.

    Raises:
        ModelError: when a given label is none of the model's, or none means negative or none positive.
    """
    _check_given(name, "sentiment", labels, given)
    found = [given.get(label) or _MOOD_OF.get(_plain(label)) or Sentiment.NEUTRAL for label in labels]
    missing = [mood for mood in (Sentiment.NEGATIVE, Sentiment.POSITIVE) if mood not in found]
    if missing:
        example = ", ".join(f"{label}: {mood}" for label, mood in zip(labels, missing, strict=False))
        raise ModelError(
            f"model {name!r}: none of its labels means {' or '.join(missing)}; it has {_listed(labels)}. "
            f"Say what they mean under model: sentiment: labels:, such as {{{example}}}"
        )
    return found


def tags(name: str, labels: Sequence[str], given: Mapping[str, str]) -> list[Tag]:
    """The tag of each label: the part after ``B-`` or ``I-`` means what is given, else the trigger type of that name.

    Raises:
        ModelError: when a given name is none of the model's, or no tag means anything.
    """
    parted = [_parted(label) for label in labels]
    names = list(dict.fromkeys(one for one, _ in parted))
    _check_given(name, "triggers", names, given)
    meanings = {one: _meaning(given.get(one) or _plain(one).replace(" ", "_")) for one in names}
    if not any(meanings.values()):
        example = next((one for one in names if one != "O"), names[0])
        raise ModelError(
            f"model {name!r}: none of its tags is a trigger type; it has {_listed(names)}. Say what they mean under "
            f"model: triggers: labels:, such as {{{example}: defect}}; the types are {', '.join(TRIGGER_TYPES)}"
        )
    return [Tag(one, place, meanings[one]) for one, place in parted]


def _meaning(said: str) -> Meaning | None:
    kind, _, polarity = said.partition(":")
    if kind not in TRIGGER_TYPES:
        return None
    return Meaning(kind, Polarity(polarity) if polarity else ALLOWED.get(kind, (Polarity.NEGATIVE,))[0])


def _parted(label: str) -> tuple[str, Place]:
    match = _TAG.fullmatch(label)
    return (match["name"], _PLACES[match["place"]]) if match else (label, "inside")


def _check_given(name: str, head: str, labels: Sequence[str], given: Mapping[str, object]) -> None:
    for label in given:
        if label not in labels:
            raise ModelError(
                f"model {name!r} has no label {label!r}; mend model: {head}: labels:, its labels are {_listed(labels)}"
            )


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels[:40]) + (", …" if len(labels) > 40 else "")


def _plain(label: str) -> str:
    return re.sub(r"[\s_-]+", " ", label).strip().casefold()
