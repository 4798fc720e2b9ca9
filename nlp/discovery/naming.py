"""Names for issues from the customers' own words: the most central short phrase, in each language there is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from koe.issue import Label
from nlp.discovery.complaints import ComplaintSegment
from nlp.discovery.features import spoken, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

#: The length of a name that reads at a glance: characters in Japanese, words in English.
_GOOD_LENGTH = {"ja": (7, 20), "en": (3, 8)}
_LONGEST = {"ja": 40, "en": 14}
_TRIM = " \t\r\n　。、.,!！?？…〜~・:：;；「」『』()（）[]【】\"'“”‘’-–—#@"
_CLUTTER = re.compile(r"[@#\d\n█]|https?:|[☀-➿\U0001F000-\U0001FAFF]")
#: Words that lean on what was said before: a name must stand by itself.
_LEANING = re.compile(
    r"(?:(?:it|this|that|they|he|she|and|but|so|then|which|also|because|or|i|my|we|you)\b"
    r"|それ|これ|あれ|そして|しかし|でも|また|ただ|しかも|なので|だから|けど|が、|さらに|そのうえ|私|うち)",
    re.IGNORECASE,
)
_SHARED_WORDS = 0.6


def name_issues(groups: Sequence[Sequence[ComplaintSegment]], rows: Sequence[Matrix]) -> list[Label]:
    """A name for each group of members, no two alike; ``rows`` are the members' centred unit vectors."""
    taken: set[str] = set()
    labels = []
    for segments, vectors in zip(groups, rows, strict=True):
        label = name_issue(segments, vectors, taken)
        taken |= {name for name in (label.ja, label.en) if name}
        labels.append(label)
    return labels


def name_issue(segments: Sequence[ComplaintSegment], rows: Matrix, taken: Sequence[str] | set[str] = ()) -> Label:
    """The name of an issue; a language without members stays None.

    A candidate is a trigger phrase of a member, or the member's text where it has none. It scores by how near its
    segment is to the centre, how many words (in Japanese: pairs of characters) it shares with the other members,
    and how well it reads by itself.
    """
    centre = unit(rows.mean(axis=0))
    near = rows @ centre
    names = {}
    for lang in ("ja", "en"):
        mine = [index for index, segment in enumerate(segments) if segment.lang == lang]
        names[lang] = _best([segments[index] for index in mine], near[mine], lang, taken)
    return Label(ja=names["ja"], en=names["en"])


def _best(segments: Sequence[ComplaintSegment], near: Matrix, lang: str, taken: Sequence[str] | set[str]) -> str | None:
    shares = _shares(segments, lang)
    ranked: list[tuple[float, int, str]] = []
    for order, segment in enumerate(segments):
        for said in segment.phrases or (segment.text,):
            name = _shown(said, lang)
            if name:
                pieces = _pieces(name, lang)
                common = sum(shares.get(piece, 0.0) for piece in pieces) / max(len(pieces), 1)
                score = float(near[order]) + _SHARED_WORDS * common - _unreadable(name, lang)
                ranked.append((round(score, 6), -order, name))
    ranked.sort(key=lambda entry: (-entry[0], -entry[1], entry[2]))
    names = [name for _, _, name in ranked]
    return next((name for name in names if name not in taken), names[0] if names else None)


def _shown(said: str, lang: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", said).split()).strip(_TRIM)
    words = name.split(" ")
    if lang == "en" and len(words) > _LONGEST["en"]:
        return " ".join(words[: _LONGEST["en"]]).rstrip(_TRIM) + "…"
    if lang != "en" and len(name) > _LONGEST["ja"]:
        return name[: _LONGEST["ja"] - 1].rstrip(_TRIM) + "…"
    return name


def _pieces(name: str, lang: str) -> list[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    text = spoken(name)
    if lang == "en":
        return sorted({word for word in re.findall(r"[a-z']{2,}", text) if word not in ENGLISH_STOP_WORDS})
    text = re.sub(r"\s", "", text)
    return sorted({text[start : start + 2] for start in range(len(text) - 1)})


def _shares(segments: Sequence[ComplaintSegment], lang: str) -> dict[str, float]:
    """The share of different feedback in which each piece is said, at most 1."""
    said: dict[str, set[str]] = {}
    for segment in segments:
        for piece in _pieces(segment.text, lang):
            said.setdefault(piece, set()).add(segment.span.feedback)
    people = max(len({segment.span.feedback for segment in segments}), 1)
    return {piece: len(who) / people for piece, who in said.items() if len(who) > 1}


def _unreadable(name: str, lang: str) -> float:
    length = len(name.split(" ")) if lang == "en" else len(name)
    least, most = _GOOD_LENGTH[lang]
    off = max(least - length, 0) / least + min(max(length - most, 0) / most, 1.0)
    return 0.5 * off + (0.3 if _CLUTTER.search(name) else 0.0) + (0.1 if _LEANING.match(name) else 0.0)
