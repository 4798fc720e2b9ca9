"""What a model must not forget while it learns from stars: the written corpus, read again beside them and asked after.

Rehearsal: Robins 1995.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from koe.analysis import Document
from koe.settings import ModelSettings
from koe.taxonomy import TRIGGER_TYPES
from nlp.analyser import load_analyser
from nlp.language import detect
from nlp.training.calibrate import f1, hits_of
from nlp.training.examples import Example, read_corpus

#: The share of dangerous texts among those that are read again: rare in the corpus, and the dearest to forget.
DANGEROUS = 0.15

#: How many texts are asked after.
ASKED = 300


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a model finds in texts of the written corpus: the share of the dangers, and phrases (overlapping F1)."""

    texts: int
    safety_recall: float
    phrases_f1: float


def rehearsal(corpus: Path, like: Sequence[Example], count: int, seed: int) -> list[Example]:
    """At most ``count`` texts of the corpus' train part, in the languages of ``like``; see :func:`drawn`."""
    return drawn(list(read_corpus(corpus, "train")), languages(like), count, seed)


def drawn(examples: Sequence[Example], shares: Mapping[str, float], count: int, seed: int) -> list[Example]:
    """At most ``count`` examples by chance, the languages with these shares, of each the share :data:`DANGEROUS`.

    Where a language has too few for its share, there are fewer of all.
    """
    source = random.Random(seed)
    by_lang = {lang: [one for one in examples if one.lang == lang] for lang, share in shares.items() if share > 0}
    count = min([count, *(int(len(own) / shares[lang]) for lang, own in by_lang.items())])
    chosen = []
    for lang, own in sorted(by_lang.items()):
        source.shuffle(own)
        wanted = round(count * shares[lang])
        dangerous = [one for one in own if one.safety]
        some = dangerous[: round(wanted * DANGEROUS)]
        others = [one for one in own if not one.safety] + dangerous[len(some) :]
        chosen += some + others[: wanted - len(some)]
    source.shuffle(chosen)
    return chosen


def languages(examples: Sequence[Example]) -> dict[str, float]:
    """The shares of Japanese and English among texts in one of the two; halves when there are none."""
    told = Counter((one.lang or detect(one.text)).split("-")[0] for one in examples)
    known = told["ja"] + told["en"]
    return {lang: told[lang] / known if known else 0.5 for lang in ("ja", "en")}


def knowledge(model: Path, examples: Sequence[Example]) -> Knowledge:
    """What the model in a folder finds in examples that know their dangers and phrases; 1 of what there is none of."""
    analyser = load_analyser(ModelSettings(name=str(model)))
    found = dict(analyser.analyse([Document(one.text, lang=one.lang) for one in examples]))
    dangers = [found[number].safety for number, one in enumerate(examples) if one.safety]
    hits = sum(hits_of(found[number].triggers, one, TRIGGER_TYPES)[1] for number, one in enumerate(examples))
    phrases = sum(len(found[number].triggers) for number in range(len(examples)))
    wanted = sum(len(one.spans) for one in examples)
    return Knowledge(
        texts=len(examples),
        safety_recall=sum(dangers) / len(dangers) if dangers else 1.0,
        phrases_f1=f1(hits, phrases, wanted) if wanted else 1.0,
    )
