"""Marking: a text cut where trigger phrases begin and end, so that a page or a terminal can show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from koe.analysis import Field, TriggerPhrase


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the phrases that cover all of it; ``ends`` are those that end with it."""

    text: str
    phrases: tuple[TriggerPhrase, ...] = ()
    ends: tuple[TriggerPhrase, ...] = ()


def marked(text: str, field: Field, phrases: Iterable[TriggerPhrase]) -> list[Piece]:
    """The text in pieces, in order; joined they give the text again. Phrases may overlap."""
    own = [phrase for phrase in phrases if phrase.field == field]
    cuts = sorted({0, len(text), *(phrase.start for phrase in own), *(phrase.end for phrase in own)})
    pieces = []
    for start, end in pairwise(cuts):
        covering = tuple(phrase for phrase in own if phrase.start <= start and end <= phrase.end)
        pieces.append(Piece(text[start:end], covering, tuple(phrase for phrase in covering if phrase.end == end)))
    return pieces
