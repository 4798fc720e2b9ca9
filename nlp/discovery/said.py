"""Words as people said them: discovery compares stems, and a reader wants whole words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from nlp.discovery.complaints import ComplaintSegment
from nlp.discovery.words import spoken, stem

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")


def as_said(segments: Sequence[ComplaintSegment], stems: Mapping[str, Sequence[str]], most: int) -> tuple[str, ...]:
    """The first words of each language in the form that the segments say most; Japanese ones are whole already.

    Numbers are left out: they tell nobody what it is about, and may be somebody's.
    """
    forms: dict[str, Counter[str]] = {}
    for segment in segments:
        if segment.lang != "ja":
            for word in _WORD.findall(spoken(segment.text).replace("’", "'")):
                forms.setdefault(stem(word.removesuffix("'s")), Counter())[word.removesuffix("'s")] += 1
    found: list[str] = []
    for lang in sorted(stems, reverse=True):
        for one in [word for word in stems[lang] if not any(map(str.isdigit, word))][:most]:
            said = forms.get(one) if lang != "ja" else None
            found.append(min(said, key=lambda word: (-said[word], word)) if said else one)
    return tuple(found)
