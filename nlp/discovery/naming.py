"""Names for issues from the customers' own words: the statement that says best what the members share.

A language in which nobody says it well gets a name from the glossary where that is sure of it, and says so.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from koe.issue import Label, NameFrom
from nlp.discovery.complaints import ComplaintSegment
from nlp.discovery.features import unit
from nlp.discovery.glossary import other_name
from nlp.discovery.sharing import Marks, Sharing
from nlp.discovery.statements import Statement, statements
from nlp.discovery.words import NEGATIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_LANGUAGES = ("ja", "en")
_CLUTTER = re.compile(r"[@#█]|https?:|[☀-➿\U0001F000-\U0001FAFF]|\d{3,}")
#: What a candidate needs: to read well, to say what others say too.
_READS, _TELLS = 0.5, 0.3
#: How near its segment must be to the centre, against the nearest; more where few say it in its language.
_NEAR, _NEAR_ALONE = 0.4, 0.8
#: What one word can add: a name is more than the component.
_MOST = 1.0
#: A fault is mostly something that does not happen.
_NEGATED = 0.15
_READING, _CENTRAL, _PHRASE, _COMPLAINING, _CLUTTERED = 0.6, 0.9, 0.5, 0.4, 0.3
#: Members looked at; more of them change no name.
_LOOKED_AT = 300
#: Below this many people of a language, nothing that they share can be told from chance.
_FEW = 3
_LONGEST = 40


def name_issues(
    groups: Sequence[Sequence[ComplaintSegment]], rows: Sequence[Matrix], weights: Sequence[Marks] = ()
) -> list[Label]:
    """A name for each group of members, no two alike.

    ``rows`` are the members' unit vectors, ``weights`` the words that they share (:meth:`Sharing.weights`).
    """
    taken: set[str] = set()
    labels = []
    for segments, vectors, shared in zip(groups, rows, weights or (None,) * len(groups), strict=True):
        label = name_issue(segments, vectors, shared, taken)
        taken |= {name for name in (label.ja, label.en) if name}
        labels.append(label)
    return labels


def name_issue(
    segments: Sequence[ComplaintSegment], rows: Matrix, weights: Marks | None = None, taken: Collection[str] = ()
) -> Label:
    """The name of an issue; a language in which no member says it well is left to the glossary, or stays None.

    A candidate is a full statement in a member's text. It scores by the weights of its words, by how near its
    segment is to the centre, by how well it reads, by whether it holds a trigger phrase, and by how surely its
    segment complains. ``weights`` are by default those of a product without other complaints.
    """
    if weights is None:
        weights = Sharing(segments).weights(range(len(segments)))
    counted = [index for index, segment in enumerate(segments) if segment.counted] or list(range(len(segments)))
    near = rows @ unit(rows[counted].mean(axis=0))
    ranked = {}
    for lang in _LANGUAGES:
        mine = [index for index in counted if segments[index].lang == lang][:_LOOKED_AT]
        shared = weights.get(lang, {})
        ranked[lang] = _ranked(
            [segments[index] for index in mine], near[mine], float(near[counted].max()), lang, shared
        )
    names = {lang: _first([one for one in ranked[lang] if one[0]], taken) for lang in _LANGUAGES}
    if not any(names.values()):
        # an issue without any name cannot be spoken of
        spoken_most = max(_LANGUAGES, key=lambda lang: (len(ranked[lang]), lang))
        names[spoken_most] = _first(ranked[spoken_most], taken) or _shortened(segments[int(near.argmax())].text)
    return _completed(names, [segments[index] for index in counted], taken)


def _completed(names: Mapping[str, str | None], segments: Sequence[ComplaintSegment], taken: Collection[str]) -> Label:
    """The label, a missing name filled from the glossary where the members' words surely say it."""
    if names["ja"] and names["en"]:
        return Label(ja=names["ja"], en=names["en"])
    known = "ja" if names["ja"] else "en"
    mine = [segment for segment in segments if segment.lang == known][:_LOOKED_AT]
    said = [(segment.span.feedback, _plain(segment.text)) for segment in mine]
    made = other_name(names[known] or "", said, known)
    if made is None or made in taken:
        return Label(ja=names["ja"], en=names["en"])
    if known == "ja":
        return Label(ja=names["ja"], en=made, en_from=NameFrom.GLOSSARY)
    return Label(ja=made, en=names["en"], ja_from=NameFrom.GLOSSARY)


#: Whether it may be a name, its score, its place among the members, the name.
_Ranked = tuple[bool, float, int, str]


def _ranked(
    segments: Sequence[ComplaintSegment], near: Matrix, nearest: float, lang: str, weights: Mapping[str, float]
) -> list[_Ranked]:
    people = len({segment.span.feedback for segment in segments})
    found: list[tuple[ComplaintSegment, float, int, Statement, float]] = []
    for place, segment in enumerate(segments):
        for one in statements(_plain(segment.text), lang, [_plain(said) for said in segment.phrases]):
            told = sum(min(weights.get(word, 0.0), _MOST) for word in sorted(one.words)) / math.sqrt(len(one.words) + 1)
            found.append((segment, float(near[place]) / max(nearest, 1e-9), place, one, told))
    most = max((told for *_, told in found), default=0.0)
    ranked = []
    for segment, central, place, one, told in found:
        share = told / most if most else 0.0
        phrase = any(said in one.text or one.text in said for said in map(_plain, segment.phrases))
        score = share + _CENTRAL * central + _READING * one.reads + _PHRASE * phrase + _COMPLAINING * segment.complaint
        score += _NEGATED * bool(one.words & NEGATIONS)
        score -= _CLUTTERED * bool(_CLUTTER.search(one.text))
        fits = one.reads >= _READS and central >= _NEAR
        fits = fits and (share >= _TELLS if people >= _FEW else central >= _NEAR_ALONE and phrase)
        ranked.append((fits, round(score, 6), place, one.text))
    return sorted(ranked, key=lambda entry: (-entry[1], entry[2], entry[3]))


def _first(ranked: Sequence[_Ranked], taken: Collection[str]) -> str | None:
    names = [name for *_, name in ranked]
    return next((name for name in names if name not in taken), names[0] if names else None)


def _shortened(text: str) -> str:
    name = _plain(text)
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
