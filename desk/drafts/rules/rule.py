"""Rule: a pattern with its name, and what stands around a match that lets it pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: A pattern that is found nowhere.
NOWHERE = re.compile(r"(?!)")


def any_of(*alternatives: str) -> str:
    """One of several patterns."""
    return f"(?:{'|'.join(alternatives)})"


def word_of(*alternatives: str) -> str:
    """One of several patterns, as whole words of a language that parts its words."""
    return rf"\b{any_of(*alternatives)}\b"


@dataclass(frozen=True, slots=True)
class Rule:
    """Stops what ``pattern`` finds, unless ``before`` is found before it or ``after`` begins right behind it.

    ``turn`` parts what stands before: only what follows the last turn ("but") can let a match pass. ``anywhere`` lets
    it pass from any place of the sentence.
    """

    name: str
    pattern: re.Pattern[str]
    before: re.Pattern[str] = NOWHERE
    after: re.Pattern[str] = NOWHERE
    anywhere: re.Pattern[str] = NOWHERE
    turn: re.Pattern[str] = NOWHERE

    def hits(self, sentence: str) -> Iterator[tuple[int, int]]:
        """Start and end of what the rule stops in a sentence of plain text."""
        for match in self.pattern.finditer(sentence):
            clause = self.turn.split(sentence[: match.start()])[-1]
            if self.before.search(clause) or self.after.match(sentence, match.end()) or self.anywhere.search(sentence):
                continue
            yield match.span()
