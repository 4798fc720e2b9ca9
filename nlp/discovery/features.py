"""Vectors in which unrelated complaints of a product are near 0 to each other, whatever the encoder.

A small encoder crowds its cosines and keeps the languages apart. Taking the mean of each language away mends both:
what is left is what sets a complaint apart from the others of its language (cf. Mu and Viswanath 2018,
"All-but-the-Top"; for languages, Libovický et al. 2020, "On the Language Neutrality of Pre-trained Multilingual
Representations").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.complaints import ComplaintSegment, KnownIssue
from nlp.discovery.words import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

#: How many segments of the product as a whole stand behind the mean of a language: few segments move it little.
_PRIOR = 10
#: The length of the words' part against the embedding's 1.
_WORDS = 0.8
#: How many texts of a language it takes to tell its usual words at all.
_WORD_PRIOR = 20
#: The length of the trigger types' part: a weak signal.
_TYPES = 0.2
#: How much of the other complaints of the same Feedback a segment takes on: one writer mostly means one thing.
_CONTEXT = 0.3
_WORD_DIMENSIONS = 100
#: How many segments stand against the distance of a language from the others.
_LANGUAGE_PRIOR = 2
_COMPARED = 4000


def unit(matrix: Matrix) -> Matrix:
    """The rows at length 1 (a row of zeros stays)."""
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


def language_offsets(segments: Sequence[ComplaintSegment]) -> dict[str, Matrix]:
    """How far the mean of each language lies from the mean of all, over all products; each of shape ``(width,)``."""
    offsets: dict[str, Matrix] = {}
    if not segments:
        return offsets
    middle = np.mean([segment.embedding for segment in segments], axis=0, dtype=np.float64)
    for lang in sorted({segment.lang for segment in segments}):
        mine = [segment.embedding for segment in segments if segment.lang == lang]
        away = np.mean(mine, axis=0, dtype=np.float64) - middle
        offsets[lang] = np.asarray(away * len(mine) / (len(mine) + _LANGUAGE_PRIOR), dtype=np.float32)
    return offsets


class Background:
    """What all complaints of a product have in common: a mean embedding, and one for each language.

    A segment weighs less the more there are like it. Otherwise the mean would lean to the great issues, and all that
    is in none of them would look alike for lying on the other side.
    """

    def __init__(
        self,
        segments: Sequence[ComplaintSegment],
        offsets: Mapping[str, Matrix],
        known: Sequence[KnownIssue] = (),
    ) -> None:
        width = len(segments[0].embedding) if segments else len(known[0].centre)
        segments = [segments[row] for row in _counted(segments)]
        rows = np.zeros((0, width), dtype=np.float32)
        if segments:
            rows = np.stack([segment.embedding for segment in segments]).astype(np.float32)
        langs = [segment.lang for segment in segments]
        self._offsets = offsets
        self._fit(rows, langs, np.ones(len(rows)), known)
        if len(rows) >= _PRIOR:
            self._fit(rows, langs, 1.0 / _density(self.centred(segments)), known)

    def _fit(
        self, rows: Matrix, langs: Sequence[str], weights: NDArray[np.float64], known: Sequence[KnownIssue]
    ) -> None:
        neutral = rows - self._offset_rows(langs, rows.shape[1])
        total = weights @ neutral.astype(np.float64)
        weight = float(weights.sum())
        for issue in known:
            total = total + np.asarray(issue.centre, dtype=np.float64)
            weight += 1.0
        self.mean = np.asarray(total / max(weight, 1e-9), dtype=np.float32)
        self.by_language: dict[str, Matrix] = {}
        prior = _PRIOR * (float(weights.mean()) if len(weights) else 1.0)
        for lang in sorted(set(langs)):
            mine = np.array([index for index, other in enumerate(langs) if other == lang])
            expected = (self.mean + self._offsets.get(lang, 0.0)).astype(np.float64)
            mean = (weights[mine] @ rows[mine].astype(np.float64) + prior * expected) / (weights[mine].sum() + prior)
            self.by_language[lang] = np.asarray(mean, dtype=np.float32)

    def _offset_rows(self, langs: Sequence[str], width: int) -> Matrix:
        none = np.zeros(width, dtype=np.float32)
        return np.array([self._offsets.get(lang, none) for lang in langs], dtype=np.float32).reshape(len(langs), width)

    def centred(self, segments: Sequence[ComplaintSegment]) -> Matrix:
        """Unit vectors of the segments, the mean of their language taken away; shape ``(n, width)``."""
        if not segments:
            return np.zeros((0, len(self.mean)), dtype=np.float32)
        rows = np.stack([segment.embedding for segment in segments]).astype(np.float32)
        return unit(rows - np.stack([self.by_language.get(segment.lang, self.mean) for segment in segments]))

    def centred_centre(self, issue: KnownIssue) -> Matrix:
        """The unit vector of an issue's centre, shape ``(width,)``."""
        return unit(np.asarray(issue.centre, dtype=np.float32) - self.mean)


def _density(rows: Matrix) -> NDArray[np.float64]:
    """How many others there are like each row: the sum of its positive cosines to the third, itself as 1."""
    others = rows[:: max(1, len(rows) // _COMPARED)]
    scale = len(rows) / len(others)
    sums = [
        (np.maximum(rows[start : start + _COMPARED] @ others.T, 0.0).astype(np.float64) ** 3).sum(axis=1)
        for start in range(0, len(rows), _COMPARED)
    ]
    return np.asarray(np.maximum(np.concatenate(sums) * scale, 1.0), dtype=np.float64)


def described(segments: Sequence[ComplaintSegment], centred: Matrix) -> Matrix:
    """Embedding, words and trigger types in one unit vector a segment; the first columns are the embedding's.

    The words' part says something within a language only: between languages it is 0.
    """
    parts = [centred, _TYPES * _types(segments)]
    for lang in sorted({segment.lang for segment in segments}):
        rows = [index for index, segment in enumerate(segments) if segment.lang == lang]
        words = _words([segments[index] for index in rows], lang)
        if words is not None:
            part = np.zeros((len(segments), words.shape[1]), dtype=np.float32)
            part[rows] = _WORDS * len(rows) / (len(rows) + _WORD_PRIOR) * words
            parts.append(part)
    return unit(np.hstack(parts))


def _types(segments: Sequence[ComplaintSegment]) -> Matrix:
    names = sorted({name for segment in segments for name in segment.trigger_types})
    table = np.zeros((len(segments), len(names)), dtype=np.float32)
    counted = _counted(segments)
    for row, segment in enumerate(segments):
        for name in segment.trigger_types:
            table[row, names.index(name)] = len(segment.trigger_types) ** -0.5
    return np.asarray(table - table[counted].mean(axis=0), dtype=np.float32) if len(table) else table


def _words(segments: Sequence[ComplaintSegment], lang: str) -> Matrix | None:
    """TF-IDF of content words with the mean taken away, at most 100 wide by SVD."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    # trigger phrases are said twice: they carry the symptom
    said = [content_words(" ".join((segment.text, *segment.phrases)), lang) for segment in segments]
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, min_df=2, dtype=np.float32)
    counted = _counted(segments)
    try:
        vectorizer.fit([said[row] for row in counted])
    except ValueError:  # no word occurs twice
        return None
    table = vectorizer.transform(said)
    if min(len(counted), table.shape[1]) > _WORD_DIMENSIONS:
        narrow = TruncatedSVD(_WORD_DIMENSIONS, random_state=0).fit(table[counted])
        dense = np.asarray(narrow.transform(table), dtype=np.float32)
    else:
        dense = np.asarray(table.toarray(), dtype=np.float32)
    return np.asarray(dense - dense[counted].mean(axis=0), dtype=np.float32)


def _counted(segments: Sequence[ComplaintSegment]) -> list[int]:
    """The rows that say what is usual: many copies of one text would make its words so. All where none counts."""
    counted = [row for row, segment in enumerate(segments) if segment.counted]
    return counted or list(range(len(segments)))


def in_context(segments: Sequence[ComplaintSegment], rows: Matrix) -> Matrix:
    """The rows, each with a part of the other complaints of the same Feedback."""
    together: dict[str, list[int]] = {}
    for index, segment in enumerate(segments):
        together.setdefault(segment.span.feedback, []).append(index)
    mixed = rows.copy()
    for indices in together.values():
        if len(indices) > 1:
            whole = rows[indices].sum(axis=0)
            mixed[indices] += _CONTEXT * (whole - rows[indices]) / (len(indices) - 1)
    return unit(mixed)
