"""Clauses that read as a full statement by themselves: what the name of an issue may be cut from.

A clause is trimmed of what leans on its surroundings (conjunctions, particles at either end) and judged by whether
it says something of something. Only words of the text itself are left out, at its ends; none is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: How many clauses in a row are looked at.
RUN = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause as it would be shown. ``reads`` is 0 (a scrap) to 1 (a full statement); ``words`` are its content."""

    text: str
    reads: float
    words: frozenset[str]


def statements(text: str, lang: str, phrases: Sequence[str] = ()) -> list[Statement]:
    """The clauses of a text, runs of up to three of them, and its phrases; what reads as a scrap is left out."""
    from nlp.discovery.english import english_statements
    from nlp.discovery.japanese import japanese_statements

    found: dict[str, Statement] = {}
    for one in (japanese_statements if lang == "ja" else english_statements)(text, phrases):
        if one.reads > 0 and one.words:
            found.setdefault(one.text, one)
    return list(found.values())


def inside(text: str, phrases: Sequence[str], words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The words that each phrase touches, as a range: a phrase that begins within a word takes all of it."""
    for phrase in phrases:
        start = text.find(phrase)
        touched = [n for n, (first, last) in enumerate(words) if first < start + len(phrase) and last > start >= 0]
        if touched:
            yield touched[0], touched[-1] + 1
