"""What the members of a group say alike and the other complaints of the product do not.

The weight of a word is its share among the group's people times the logarithm of how much oftener they say it than
the others do, a class-based TF-IDF (cf. Grootendorst 2022, "BERTopic").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from nlp.discovery.complaints import ComplaintSegment
from nlp.discovery.words import NEGATIONS, content_words

#: A share that stands against chance: a word of no other complaint weighs ln(1 / this) at most.
_SMOOTH = 0.02
#: The words that count for what a group shares, by language, and from which weight on.
_TOP, _MARK = 5, 0.25
#: What a great group about one thing reaches: the weight of its three first words, and members with one of them.
_WEIGHT, _COVERED = 2.0, 0.45
#: Few people say less in the same words: a language with so many members needs half of that.
_HALF = 10
#: So many words that half of a group say make it one thing, even if others of the product say them too.
_ALIKE = 2

#: Weights of words by language.
Marks = Mapping[str, Mapping[str, float]]


class Sharing:
    """The words of all complaints of a product, by the number of the segment; only what counts weighs."""

    def __init__(self, segments: Sequence[ComplaintSegment]) -> None:
        self._segments = segments
        self.words = [frozenset(content_words(segment.text, segment.lang)) for segment in segments]
        self._said: dict[str, Counter[str]] = {}
        self._sizes: Counter[str] = Counter()
        for segment, words in zip(segments, self.words, strict=True):
            if not segment.counted:
                continue
            self._said.setdefault(segment.lang, Counter()).update(words)
            self._sizes[segment.lang] += 1

    def weights(self, rows: Sequence[int]) -> dict[str, dict[str, float]]:
        """The weight of each word that at least two people of the group say, by language."""
        rows = [row for row in rows if self._segments[row].counted]
        found = {}
        for lang in sorted({self._segments[row].lang for row in rows}):
            mine = [row for row in rows if self._segments[row].lang == lang]
            inside = Counter(word for row in mine for word in self.words[row])
            people: dict[str, set[str]] = {}
            for row in mine:
                for word in self.words[row]:
                    people.setdefault(word, set()).add(self._segments[row].span.feedback)
            everyone = len({self._segments[row].span.feedback for row in mine})
            others = max(self._sizes[lang] - len(mine), 1)
            weights = {}
            for word in sorted(people):
                share = len(people[word]) / everyone
                outside = (self._said[lang][word] - inside[word]) / others
                if len(people[word]) > 1 and outside < share:
                    weights[word] = share * math.log((share + _SMOOTH) / (outside + _SMOOTH))
            found[lang] = weights
        return found

    def marks(self, rows: Sequence[int]) -> dict[str, dict[str, float]]:
        """The few words by which a group is known, by language; a negation marks nothing."""
        return {lang: dict(_first(weights, _TOP, _MARK)) for lang, weights in self.weights(rows).items()}

    def marked(self, row: int, marks: Marks) -> bool:
        """Whether a segment says one of the words."""
        return not self.words[row].isdisjoint(marks.get(self._segments[row].lang, ()))

    def is_one_thing(self, rows: Sequence[int]) -> bool:
        """Whether a group's members have words in common that tell them from the others."""
        rows = [row for row in rows if self._segments[row].counted]
        weights = self.weights(rows)
        marks = self.marks(rows)
        spoken = Counter(self._segments[row].lang for row in rows)
        # what one member of a language says, no other can share
        several = {lang: count for lang, count in spoken.items() if count > 1}
        if not several:
            return False
        total = sum(several.values())
        covered = sum(self.marked(row, marks) for row in rows if self._segments[row].lang in several) / total
        weight = sum(
            count / total * sum(value for _, value in _first(weights[lang], 3, 0.0)) for lang, count in several.items()
        )
        needed = sum(count / total * count / (count + _HALF) for count in several.values())
        return (covered >= _COVERED * needed and weight >= _WEIGHT * needed) or self._alike(rows, several)

    def _alike(self, rows: Sequence[int], spoken: Mapping[str, int]) -> bool:
        """Whether half of a language say the same two words, as where a product has hardly any other complaint."""
        for lang, count in spoken.items():
            said = Counter(word for row in rows if self._segments[row].lang == lang for word in self.words[row])
            if sum(times >= count / 2 for word, times in said.items() if word not in NEGATIONS) >= _ALIKE:
                return count >= len(rows) / 2
        return False


def common(one: Marks, other: Marks) -> bool:
    """Whether two groups are known by a same word."""
    return any(not set(words).isdisjoint(other.get(lang, ())) for lang, words in one.items())


def _first(weights: Mapping[str, float], most: int, least: float) -> list[tuple[str, float]]:
    fit = [(word, weight) for word, weight in weights.items() if weight >= least and word not in NEGATIONS]
    return sorted(fit, key=lambda pair: (-pair[1], pair[0]))[:most]
