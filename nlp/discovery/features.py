"""Vectors in which unrelated complaints of a product are near 0 to each other, whatever the encoder.

A small encoder crowds its cosines and keeps the languages apart. Taking the mean of each language away mends both:
what is left is what sets a complaint apart from the others of its language (cf. Mu and Viswanath 2018,
"All-but-the-Top"; for languages, Libovický et al. 2020, "On the Language Neutrality of Pre-trained Multilingual
Representations").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nlp.discovery.complaints import ComplaintSegment, KnownIssue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

#: How many segments of the product as a whole stand behind the mean of a language: few segments move it little.
_PRIOR = 10
#: The length of the words' part against the embedding's 1.
_WORDS = 0.5
#: How much of the other complaints of the same Feedback a segment takes on: one writer mostly means one thing.
_CONTEXT = 0.3
_WORD_DIMENSIONS = 100


def unit(matrix: Matrix) -> Matrix:
    """The rows at length 1 (a row of zeros stays)."""
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.maximum(lengths, 1e-9), dtype=np.float32)


class Background:
    """The mean embedding of a product's complaints, and of each language among them."""

    def __init__(self, segments: Sequence[ComplaintSegment], known: Sequence[KnownIssue] = ()) -> None:
        width = len(segments[0].embedding) if segments else len(known[0].centre)
        total = np.zeros(width, dtype=np.float64)
        sums: dict[str, NDArray[np.float64]] = {}
        counts: dict[str, int] = {}
        for segment in segments:
            sums[segment.lang] = sums.get(segment.lang, np.zeros(width)) + segment.embedding
            counts[segment.lang] = counts.get(segment.lang, 0) + 1
        for lang in sorted(sums):
            total += sums[lang]
        weight = len(segments) + sum(issue.size for issue in known)
        for issue in known:
            total += issue.size * np.asarray(issue.centre, dtype=np.float64)
        self.mean = np.asarray(total / max(weight, 1), dtype=np.float32)
        self.by_language = {
            lang: np.asarray((sums[lang] + _PRIOR * self.mean) / (counts[lang] + _PRIOR), dtype=np.float32)
            for lang in sorted(sums)
        }

    def centred(self, segments: Sequence[ComplaintSegment]) -> Matrix:
        """Unit vectors of the segments, the mean of their language taken away; shape ``(n, width)``."""
        if not segments:
            return np.zeros((0, len(self.mean)), dtype=np.float32)
        rows = np.stack([segment.embedding for segment in segments]).astype(np.float32)
        return unit(rows - np.stack([self.by_language.get(segment.lang, self.mean) for segment in segments]))

    def centred_centre(self, issue: KnownIssue) -> Matrix:
        """The unit vector of an issue's centre, shape ``(width,)``."""
        return unit(np.asarray(issue.centre, dtype=np.float32) - self.mean)


def blended(segments: Sequence[ComplaintSegment], centred: Matrix) -> Matrix:
    """Embedding, words and the neighbours in the same Feedback in one unit vector a segment.

    The words' part says something within a language only: between languages it is 0.
    """
    parts = [centred]
    for lang in sorted({segment.lang for segment in segments}):
        rows = [index for index, segment in enumerate(segments) if segment.lang == lang]
        words = _words([segments[index] for index in rows], lang)
        if words is not None:
            part = np.zeros((len(segments), words.shape[1]), dtype=np.float32)
            part[rows] = _WORDS * words
            parts.append(part)
    return _in_context(segments, unit(np.hstack(parts)))


def spoken(text: str) -> str:
    """The text as its words are compared: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def _words(segments: Sequence[ComplaintSegment], lang: str) -> Matrix | None:
    """TF-IDF of character n-grams (English: words) with the mean taken away, at most 100 wide by SVD."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    # trigger phrases are said twice: they carry the symptom
    texts = [spoken(" ".join((segment.text, *segment.phrases))) for segment in segments]
    if lang == "en":
        vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=2, dtype=np.float32)
    else:
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True, min_df=2, dtype=np.float32)
    try:
        table = vectorizer.fit_transform(texts)
    except ValueError:  # no word occurs twice
        return None
    if min(table.shape) <= _WORD_DIMENSIONS or len(segments) <= 2000:
        dense = np.asarray(table.toarray(), dtype=np.float32)
    else:
        dense = np.asarray(TruncatedSVD(_WORD_DIMENSIONS, random_state=0).fit_transform(table), dtype=np.float32)
    return np.asarray(dense - dense.mean(axis=0), dtype=np.float32)


def _in_context(segments: Sequence[ComplaintSegment], rows: Matrix) -> Matrix:
    together: dict[str, list[int]] = {}
    for index, segment in enumerate(segments):
        together.setdefault(segment.span.feedback, []).append(index)
    mixed = rows.copy()
    for indices in together.values():
        if len(indices) > 1:
            whole = rows[indices].sum(axis=0)
            mixed[indices] += _CONTEXT * (whole - rows[indices]) / (len(indices) - 1)
    return unit(mixed)
