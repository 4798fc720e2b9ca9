"""A name in the other language, for an issue that nobody speaks of in it: from a glossary of components and symptoms.

A statement of a fault is a component and its symptom: 充電ケーブルが切れる, the charging cable breaks. Where both are
recognised, and the one is said of the other, the glossary says the same in the other language; otherwise there is no
name, which is better than a wrong one. ``glossary.tsv`` has a row for each: the Japanese forms, the English forms
(the first of each is what a name is made of) and the kind. A component has kinds (``component:cord,plug``), a symptom
the kinds that it befalls; a ~ in its form stands for the component, and without one it follows (with が in Japanese).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

#: The share of the people that must say the same, where the name itself says nothing that the glossary knows.
_SHARED = 0.25


@dataclass(frozen=True, slots=True)
class Entry:
    """A component or a symptom: its forms in both languages and its kinds."""

    ja: tuple[str, ...]
    en: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A component and the symptom that is said of it."""

    component: Entry
    symptom: Entry

    def name(self, lang: str) -> str:
        """What the pair is called in a language."""
        component, symptom = (
            (self.component.ja, self.symptom.ja) if lang == "ja" else (self.component.en, self.symptom.en)
        )
        return filled(symptom[0], component[0], lang)


class Recogniser(Protocol):
    """Finds pairs in the texts of a language."""

    def find(self, text: str) -> list[Pair]:
        """The pairs in the order of the text; what is denied, doubted or only imagined is none."""
        ...


def filled(form: str, component: str, lang: str) -> str:
    """A symptom's form with the component in it."""
    if "~" in form:
        return form.replace("~", component)
    return f"{component}が{form}" if lang == "ja" else f"{component} {form}"


def other_name(name: str, texts: Iterable[tuple[str, str]], lang: str) -> str | None:
    """What an issue is called in the other language; ``None`` where its words do not surely say it.

    Args:
        name: its name in ``lang``. Where it holds one pair, that is the name.
        texts: members in ``lang``, each with the feedback it is of. They decide between several pairs, and tell the
            pair where the name holds none: one that a quarter of the people say.
        lang: ``ja`` or ``en``.
    """
    recogniser, other = _recogniser(lang), "en" if lang == "ja" else "ja"
    said = list(dict.fromkeys(recogniser.find(name)))
    if len(said) == 1:
        return said[0].name(other)
    people: dict[Pair, set[str]] = {}
    everyone = set()
    for feedback, text in texts:
        everyone.add(feedback)
        for pair in recogniser.find(text):
            people.setdefault(pair, set()).add(feedback)
    counts = Counter({pair: len(who) for pair, who in people.items() if not said or pair in said})
    if not counts:
        return None
    (best, count), *rest = counts.most_common(2)
    enough = count >= 1 if said else count >= max(2, _SHARED * len(everyone))
    return best.name(other) if enough and not (rest and rest[0][1] == count) else None


@cache
def entries(kind: str) -> Sequence[Entry]:
    """The ``component`` or the ``symptom`` entries of the glossary, in the order of the file."""
    rows = files("nlp.discovery").joinpath("glossary.tsv").read_text("utf-8").splitlines()[1:]
    found = []
    for row in rows:
        ja, en, told = row.split("\t")
        name, _, kinds = told.partition(":")
        if name == kind:
            found.append(Entry(tuple(ja.split("|")), tuple(en.split("|")), frozenset(kinds.split(","))))
    return found


@cache
def _recogniser(lang: str) -> Recogniser:
    if lang == "ja":
        from nlp.discovery.glossary_japanese import JapanesePairs

        return JapanesePairs(entries("component"), entries("symptom"))
    from nlp.discovery.glossary_english import EnglishPairs

    return EnglishPairs(entries("component"), entries("symptom"))
