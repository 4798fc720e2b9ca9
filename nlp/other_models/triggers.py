"""Trigger phrases by another model: a token classifier with BIO, BIOES or IO tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from koe.analysis import TriggerPhrase
from nlp.encoding import Encoded, ReadField
from nlp.other_models.labels import Meaning, Tag
from nlp.other_models.passes import Passes
from nlp.other_models.pieces import Pieces
from nlp.spans import trim

Array = NDArray[np.float32]


class TriggerHead:
    """Finds phrases in title and text, long ones in windows; ``tags`` says what each label means."""

    def __init__(self, passes: Passes, tags: Sequence[Tag]) -> None:
        self._passes = passes
        self._tags = tags
        #: The trigger types that this model can find.
        self.types = frozenset(tag.meaning.type for tag in tags if tag.meaning)

    def find(self, documents: Sequence[Encoded]) -> list[list[TriggerPhrase]]:
        """The phrases of each document by field and place. A phrase never crosses from the title into the text."""
        texts = list(self._passes.pieces.read([document.joined for document in documents]))
        found = []
        for document, text, parts in zip(documents, texts, self._passes.read(texts), strict=True):
            lead = self._passes.lead(text)
            kept = [
                torch.softmax(values[lead + window.first - window.start : lead + window.last - window.start], -1)
                for window, values in parts
            ]
            rows = torch.cat(kept).numpy() if kept else np.zeros((0, len(self._tags)), dtype=np.float32)
            found.append(phrases(document, text, rows, self._tags))
        return found


@dataclass(slots=True)
class _Run:
    """Pieces ``start`` to ``end`` of one phrase under a tag's name, and how sure the model is of each."""

    name: str
    meaning: Meaning
    start: int
    end: int
    sure: list[float]
    closed: bool


def phrases(document: Encoded, text: Pieces, probabilities: Array, tags: Sequence[Tag]) -> list[TriggerPhrase]:
    """The phrases in the tags' probabilities ``(p, labels)``, read leniently: a phrase may begin without its ``B-``.

    The first piece of a Latin word decides for all of it, as such models are trained. A phrase's score is the mean
    probability of its tags, whichever their place.
    """
    same = np.array([[float(one.name == other.name) for other in tags] for one in tags], dtype=np.float32)
    found = []
    for field in document.fields:
        for run in _runs(document.joined, field, text, probabilities, tags, same):
            start, end = text.starts[run.start], text.ends[run.end - 1]
            low, high = trim(field.stored, *field.stored_span(start, end))
            if low < high:
                quoted, score = field.stored[low:high], float(np.mean(run.sure))
                meaning = run.meaning
                found.append(TriggerPhrase(field.name, low, high, quoted, meaning.type, meaning.polarity, score))
    return found


def _runs(
    joined: str, field: ReadField, text: Pieces, probabilities: Array, tags: Sequence[Tag], same: Array
) -> Iterator[_Run]:
    run: _Run | None = None
    deciding = 0
    low, high = text.within(field.begin, field.end)
    for piece in range(low, high):
        goes_on = piece > low and _inside_word(joined, text.starts[piece])
        if not goes_on:
            deciding = piece
        row = probabilities[deciding]
        label = int(row.argmax())
        tag = tags[label]
        sure = float(row @ same[label])
        if run and (goes_on or (tag.name == run.name and tag.place in ("inside", "end") and not run.closed)):
            run.end = piece + 1
            run.sure.append(sure)
            run.closed = run.closed or tag.place == "end"
            continue
        if run:
            yield run
        run = None
        if tag.meaning and not goes_on:
            run = _Run(tag.name, tag.meaning, piece, piece + 1, [sure], tag.place in ("end", "single"))
    if run:
        yield run


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _latin(text[at - 1]) and _latin(text[at])


def _latin(char: str) -> bool:
    return (char.isalnum() and char < "\u0250") or char in "'’"
