"""Trigger phrases out of the tagging head's probabilities: the likeliest valid ones, exact, trimmed, never empty."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from koe.analysis import TriggerPhrase
from koe.taxonomy import Polarity
from nlp.encoding import Encoded, ReadField
from nlp.model import PLACES, POLARITIES, Calibration
from nlp.reading import Array, Reading

_BOTH = (Polarity.NEGATIVE, Polarity.POSITIVE)
_ANY = (*_BOTH, Polarity.NEUTRAL)

#: Which directions a type can have; the ones that are not named are always negative.
ALLOWED = {
    "fit_size": _BOTH,
    "delivery": _BOTH,
    "packaging": _BOTH,
    "support": _BOTH,
    "price_value": _ANY,
    "availability": _ANY,
    "purchase_intent": (Polarity.POSITIVE, Polarity.NEUTRAL),
    "feature_request": (Polarity.NEUTRAL,),
    "question": (Polarity.NEUTRAL,),
    "praise": (Polarity.POSITIVE,),
}


def decode(encoded: Encoded, reading: Reading, types: Sequence[str], calibration: Calibration) -> list[TriggerPhrase]:
    """The phrases of a document by field and place. A phrase never crosses from the title into the text."""
    found = []
    for field in encoded.fields:
        low, high = encoded.pieces(field.begin, field.end)
        for start, end in best_phrases(reading.places[low:high], calibration.outside):
            for first, last, index in _typed(reading.types, low + start, low + end, calibration.second):
                phrase = _phrase(encoded, reading, field, first, last, index, types[index])
                if phrase:
                    found.append(phrase)
    return sorted(found, key=lambda phrase: (phrase.field != "title", phrase.start, phrase.end, phrase.type))


def best_phrases(places: Array, outside: float) -> list[tuple[int, int]]:
    """The phrases of the likeliest valid sequence of places, as half-open ranges of pieces.

    ``places (p,5)`` are the probabilities of :data:`nlp.model.PLACES`; ``outside`` is added to the log-odds of the
    first. Valid: a phrase of several pieces begins, goes on and ends; one of one piece is single (Viterbi 1967).
    """
    if not len(places):
        return []
    scores = np.log(places.astype(np.float64) + 1e-9)
    scores[:, _OUTSIDE] += outside
    rows = scores.tolist()
    best = [row if place in _FIRST else _NEVER for place, row in enumerate(rows[0])]
    came_from: list[list[int]] = []
    for row in rows[1:]:
        before = [max(allowed, key=best.__getitem__) for allowed in _BEFORE]
        best = [best[place] + score for place, score in zip(before, row, strict=True)]
        came_from.append(before)
    place = max(_LAST, key=best.__getitem__)
    path = [place]
    for before in reversed(came_from):
        place = before[place]
        path.append(place)
    path.reverse()
    phrases, start = [], 0
    for index, place in enumerate(path):
        if place in (_BEGIN, _SINGLE):
            start = index
        if place in (_END, _SINGLE):
            phrases.append((start, index + 1))
    return phrases


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the white space and punctuation around it; brackets stay when both of a pair are inside."""
    while start < end and _is_edge(text[start]) and not _closes(text, start, end):
        start += 1
    while end > start and _is_edge(text[end - 1]) and not _opens(text, start, end):
        end -= 1
    return start, end


def _typed(types: Array, start: int, end: int, second: float) -> Iterator[tuple[int, int, int]]:
    """The types of a stretch: the likeliest over all of it, any other with a share, or with a part of its own."""
    shares = types[start:end].mean(0)
    first = int(shares.argmax())
    yield start, end, first
    for index in np.flatnonzero(types[start:end].max(0) >= second):
        if index == first:
            continue
        if shares[index] >= second:
            yield start, end, int(index)
            continue
        own = types[start:end, index] >= 2 * second
        places = np.flatnonzero(own)
        if len(places) >= 2 and places[-1] - places[0] + 1 == len(places):
            yield start + int(places[0]), start + int(places[-1]) + 1, int(index)


def _phrase(
    encoded: Encoded, reading: Reading, field: ReadField, first: int, last: int, index: int, kind: str
) -> TriggerPhrase | None:
    low, high = _whole_words(encoded.joined, encoded.starts[first], encoded.ends[last - 1])
    start, end = trim(field.stored, *field.stored_span(low, high))
    if start >= end:
        return None
    allowed = ALLOWED.get(kind, (Polarity.NEGATIVE,))
    mean = reading.polarity[first:last].mean(0)
    polarity = max(allowed, key=lambda one: (float(mean[POLARITIES.index(one)]), one.value))
    sure = (1 - reading.places[first:last, _OUTSIDE]) * reading.types[first:last, index]
    score = float(np.mean(sure, dtype=np.float64))
    return TriggerPhrase(field.name, start, end, field.stored[start:end], kind, polarity, score)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Latin words are never cut; Japanese has no spaces to go by."""
    while 0 < start < len(text) and _latin(text[start]) and _latin(text[start - 1]):
        start -= 1
    while 0 < end < len(text) and _latin(text[end - 1]) and _latin(text[end]):
        end += 1
    return start, end


def _latin(char: str) -> bool:
    return (char.isalpha() and char < "\u0250") or char in "'’"


def _closes(text: str, start: int, end: int) -> bool:
    closer = _PAIRS.get(text[start])
    return closer is not None and start + 1 < text.find(closer, start + 1, end)


def _opens(text: str, start: int, end: int) -> bool:
    return any(closer == text[end - 1] and text.find(opener, start, end - 1) >= 0 for opener, closer in _PAIRS.items())


def _is_edge(char: str) -> bool:
    return char not in _PART_OF_WORDS and (char.isspace() or unicodedata.category(char) in _EDGE_CATEGORIES)


_OUTSIDE, _BEGIN, _INSIDE, _END, _SINGLE = (PLACES.index(name) for name in PLACES)
_CLOSED, _OPEN = (_OUTSIDE, _END, _SINGLE), (_BEGIN, _INSIDE)
#: The places that may stand before each place, and those that may be the first and the last of a text.
_BEFORE = (_CLOSED, _CLOSED, _OPEN, _OPEN, _CLOSED)
_FIRST, _LAST = (_OUTSIDE, _BEGIN, _SINGLE), _CLOSED
_NEVER = float("-inf")

_EDGE_CATEGORIES = frozenset({"Po", "Pd", "Pc", "Ps", "Pe", "Pi", "Pf", "Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_PART_OF_WORDS = frozenset("%％‰#＃&＆@＠")
_PAIRS = {"(": ")", "（": "）", "「": "」", "『": "』", "【": "】", "[": "]", "“": "”", '"': '"'}
