"""Adapt a model to a company's own customers: their stars are free labels, and so is what people corrected."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from koe.analysis import Document
from koe.errors import UsageError
from koe.settings import ModelSettings
from koe.taxonomy import Sentiment
from nlp.analyser import load_analyser, open_model
from nlp.encoding import encode
from nlp.training.calibrate import f1, read_all, temperature_of
from nlp.training.examples import CORPUS, Example, read_corpus
from nlp.training.fit import Progress, fit
from nlp.training.recipe import Recipe

#: Fewer rated texts than this say nothing about a model.
FEWEST = 100

#: From here on the whole model is trained by default; below, the sentiment head alone.
ENOUGH_FOR_THE_WHOLE = 500

#: What stars say of the mood. Nobody knows whether three stars mean "neither" or "both".
MOODS_OF_STARS = {
    1: frozenset({Sentiment.NEGATIVE}),
    2: frozenset({Sentiment.NEGATIVE, Sentiment.MIXED}),
    3: frozenset({Sentiment.NEUTRAL, Sentiment.MIXED}),
    4: frozenset({Sentiment.POSITIVE, Sentiment.MIXED}),
    5: frozenset({Sentiment.POSITIVE}),
}

_WHOLE = Recipe(
    frozen_layers=0,
    rounds={"rated": 3, "corrections": 2},
    last_steps=0,
    encoder_rate=5e-5,
    heads_rate=1e-4,
    longest=256,
    checkpoint_every=50,
)
_HEAD = replace(_WHOLE, only_sentiment=True, heads_rate=2e-3)


@dataclass(frozen=True, slots=True)
class RatedText:
    """What a customer said, and the stars (1 to 5) given with it."""

    document: Document
    stars: float

    @property
    def example(self) -> Example:
        """As the training reads it."""
        return Example(
            "rated",
            self.document.text or self.document.title,
            self.document.lang or "",
            moods=MOODS_OF_STARS[min(5, max(1, round(self.stars)))],
            stars=self.stars,
            title=self.document.title if self.document.text else "",
        )


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How a model reads texts that it never learnt from, against their stars.

    ``good_or_bad`` is the accuracy of the score's sign where the stars are not three; ``macro_f1`` that of three
    classes (1 and 2 stars, 3, 4 and 5; mixed counts as neutral); ``log_loss`` the mean surprise in nats.
    """

    texts: int
    good_or_bad: float
    macro_f1: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class Adaptation:
    """The adapted model in ``folder``, what it learnt from, and both models on the part held back."""

    folder: Path
    learnt_from: int
    corrections: int
    whole: bool
    before: HeldBack
    after: HeldBack

    @property
    def better(self) -> bool:
        """Whether both the classes and the probabilities fit the stars better than before."""
        return self.after.macro_f1 > self.before.macro_f1 and self.after.log_loss < self.before.log_loss


def adapt(
    model: Path,
    rated: Sequence[RatedText],
    out: Path,
    *,
    corrections: Sequence[Example] = (),
    held_back: float = 0.2,
    whole: bool | None = None,
    recipe: Recipe | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Adaptation:
    """Fine-tune a copy of the model in a folder on rated texts and save it into ``out``.

    A share ``held_back`` of the texts, chosen by their hash, is never learnt from. ``whole`` trains encoder and all
    heads, with the written corpus read again beside the stars so that the other heads keep what they know (rehearsal,
    Robins 1995); otherwise the sentiment head alone is trained, which leaves every other answer as it is. ``None``
    chooses by how many texts there are. An interrupted run goes on.

    Raises:
        UsageError: when there are too few rated texts, or all of one mood.
        ModelError: when the model in the folder cannot be read.
    """
    learning, tried = _parted(rated, held_back)
    if whole is None:
        whole = len(learning) >= ENOUGH_FOR_THE_WHOLE
    reader, tokenizer = open_model(model, ModelSettings(dtype="float32"))
    examples = [one.example for one in learning]
    tuning = examples[::10]
    examples = [one for number, one in enumerate(examples) if number % 10]
    if whole:
        examples += corrections
        examples += list(read_corpus(CORPUS, "train"))[: 2 * len(examples)]
    fitted = reader.model
    fit(fitted, tokenizer, examples, recipe or (_WHOLE if whole else _HEAD), out / "checkpoint.pt", tell)
    fitted.outlook.calibration.temperature = 1.0
    encoded = encode(tokenizer, [Document(one.text, one.title, one.lang) for one in tuning])
    spoken = [number for number, one in enumerate(encoded) if one.ids]
    readings = read_all(reader, [encoded[number] for number in spoken])
    fitted.outlook.calibration.temperature = temperature_of(readings, [tuning[number] for number in spoken])
    fitted.outlook.version = fitted.outlook.version.removesuffix(_SUFFIX) + _SUFFIX
    fitted.save(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(model / name, out / name)
    (out / "checkpoint.pt").unlink(missing_ok=True)
    return Adaptation(
        folder=out,
        learnt_from=len(learning),
        corrections=len(corrections) if whole else 0,
        whole=whole,
        before=held_back_numbers(model, tried),
        after=held_back_numbers(out, tried),
    )


def held_back_numbers(model: Path, rated: Sequence[RatedText]) -> HeldBack:
    """How the model in a folder reads rated texts."""
    analyser = load_analyser(ModelSettings(name=str(model)))
    found = dict(analyser.analyse([one.document for one in rated]))
    readings = [found[number].sentiment for number in range(len(rated))]
    classes = np.array([_class_of_stars(one.stars) for one in rated])
    guesses = np.array([_class_of_label(one.label) for one in readings])
    scores = np.array([one.score for one in readings])
    surprise = [
        -np.log(max(1e-6, sum(reading.probs[mood] for mood in one.example.moods)))
        for one, reading in zip(rated, readings, strict=True)
    ]
    clear = classes != 0
    per_class = [
        f1(((guesses == one) & (classes == one)).sum(), (guesses == one).sum(), (classes == one).sum())
        for one in np.unique(classes)
    ]
    return HeldBack(
        texts=len(rated),
        good_or_bad=float(((scores > 0) == (classes > 0))[clear].mean()) if clear.any() else 0.0,
        macro_f1=float(np.mean(per_class)),
        log_loss=float(np.mean(surprise)),
    )


_SUFFIX = "-adapted"


def _parted(rated: Sequence[RatedText], share: float) -> tuple[list[RatedText], list[RatedText]]:
    distinct = list({one.document: one for one in rated}.values())
    if len(distinct) < FEWEST:
        raise UsageError(
            f"{len(distinct)} different rated texts; at least {FEWEST} are needed to adapt a model. "
            "Ingest more reviews with ratings, or give a file of them: koe train --file reviews.csv"
        )
    if len({_class_of_stars(one.stars) for one in distinct}) < 2:
        raise UsageError("all ratings are alike; a model learns from good and bad ones together")
    held = [one for one in distinct if _draw(one.document) < share]
    return [one for one in distinct if _draw(one.document) >= share], held


def _draw(document: Document) -> float:
    digest = hashlib.sha256(f"{document.title}\n{document.text}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _class_of_stars(stars: float) -> int:
    return -1 if stars < 2.5 else 1 if stars > 3.5 else 0


def _class_of_label(label: Sentiment) -> int:
    return {Sentiment.NEGATIVE: -1, Sentiment.POSITIVE: 1}.get(label, 0)
