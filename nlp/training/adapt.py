"""Adapt a model to a company's own customers: their stars are free labels, and so is what people corrected."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from koe.settings import ModelSettings
from nlp.analyser import open_model, weights_hash
from nlp.reading import Reader
from nlp.training.batches import encode_examples
from nlp.training.calibrate import calibrate, read_all, temperature_of
from nlp.training.examples import CORPUS, Example, read_corpus
from nlp.training.fit import Progress, fit
from nlp.training.rated import HeldBack, RatedText, answers, part, share_of_gains
from nlp.training.recipe import Recipe
from nlp.training.rehearsal import ASKED, Knowledge, drawn, knowledge, languages, rehearsal

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: From here on the whole model is trained by default; below, the sentiment head alone.
ENOUGH_FOR_THE_WHOLE = 500

#: In at least this share of the resamples the classes must fit better than before.
SURE = 0.9

#: How much of the dangers or of the phrases' F1 a model may lose.
FORGIVEN = 0.02

#: Whole model: encoder and all heads.
WHOLE = Recipe(
    frozen_layers=0,
    rounds={"rated": 3, "corrections": 2},
    encoder_rate=5e-5,
    heads_rate=1e-4,
    longest=256,
    checkpoint_every=50,
)

#: The last layer of the sentiment head alone.
HEAD = replace(WHOLE, only_sentiment=True, heads_rate=2e-3)

_SUFFIX = "-adapted"
_WITHOUT_EFFECT = ("pause_after", "checkpoint_every")


@dataclass(frozen=True, slots=True)
class Start:
    """What a training is about to do; ``done`` of its ``steps`` were done before it was interrupted."""

    whole: bool
    rated: int
    corrections: int
    rehearsed: int
    done: int
    steps: int


@dataclass(frozen=True, slots=True)
class Adaptation:
    """The adapted model in ``folder``, what it learnt from, and both models on the part held back.

    ``gains`` is the share of 1,000 resamples of that part with a higher macro F1. ``knew`` and ``knows`` are what both
    models find in the written corpus; ``None`` where only the sentiment head was trained.
    """

    folder: Path
    learnt_from: int
    corrections: int
    whole: bool
    before: HeldBack
    after: HeldBack
    gains: float
    knew: Knowledge | None = None
    knows: Knowledge | None = None

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """Why the model is not better, in words; none when it is."""
        found = []
        if self.gains < SURE:
            found.append(f"a gain in {self.gains:.0%} of the resamples, {SURE:.0%} are needed")
        if self.after.log_loss >= self.before.log_loss:
            found.append("the surprise is no smaller")
        if self.knew and self.knows:
            if self.knows.safety_recall < self.knew.safety_recall - FORGIVEN:
                found.append("it finds fewer dangers in the written corpus")
            if self.knows.phrases_f1 < self.knew.phrases_f1 - FORGIVEN:
                found.append("it finds trigger phrases worse in the written corpus")
        return tuple(found)

    @property
    def better(self) -> bool:
        """Whether classes and probabilities fit the stars better than before, and nothing else was forgotten."""
        return not self.shortcomings


def adapt(
    model: Path,
    rated: Sequence[RatedText],
    out: Path,
    *,
    corrections: Sequence[Example] = (),
    held_back: float = 0.2,
    whole: bool | None = None,
    recipe: Recipe | None = None,
    corpus: Path = CORPUS,
    begun: Callable[[Start], None] = lambda start: None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Adaptation | None:
    """Fine-tune a copy of the model in a folder on rated texts and save it into ``out``; ``None`` when it paused.

    A share ``held_back`` of the texts, chosen by their hash, is never learnt from. ``whole`` trains encoder and all
    heads, with twice as many texts of the written ``corpus`` beside the stars, so that the other heads keep what they
    know; otherwise the sentiment head alone is trained, which leaves every other answer as it is. ``None`` chooses by
    how many texts there are. An interrupted run goes on when model, texts and recipe are the same. ``begun`` is told
    once what is about to be done, ``tell`` how far it is.

    Raises:
        UsageError: when there are too few rated texts, or all of one mood, to learn from or to compare on.
        ModelError: when the model in the folder cannot be read.
    """
    learning, tried = part(rated, held_back)
    if whole is None:
        whole = len(learning) >= ENOUGH_FOR_THE_WHOLE
    recipe = recipe or (WHOLE if whole else HEAD)
    examples = [one.example for one in learning]
    tuning = examples[::10]
    examples = [one for number, one in enumerate(examples) if number % 10]
    corrected: list[Example] = []
    if whole:
        unseen = {(one.example.title, one.example.text) for one in tried}
        corrected = [one for one in corrections if (one.title, one.text) not in unseen]
    learnt = [*examples, *corrected]
    if whole:
        learnt += rehearsal(corpus, examples, 2 * len(learnt), recipe.seed)
    rehearsed = len(learnt) - len(examples) - len(corrected)

    def told(progress: Progress) -> None:
        if not progress.losses:
            begun(Start(whole, len(learning), len(corrected), rehearsed, progress.step, progress.steps))
        tell(progress)

    reader, tokenizer = open_model(model, ModelSettings(dtype="float32"))
    fingerprint = fingerprint_of(model, learnt, recipe)
    if not fit(reader.model, tokenizer, learnt, recipe, out / "checkpoint.pt", told, fingerprint):
        return None
    _save(reader, model, out)
    dev = list(read_corpus(corpus, "dev")) if whole else []
    if whole:
        reader.model.outlook.calibration = calibrate(out, dev)
    _fit_temperature(reader, tokenizer, tuning)
    reader.model.save_outlook(out)
    before, after = answers(model, tried), answers(out, tried)
    asked = drawn(dev, languages(dev), ASKED, recipe.seed)
    made = Adaptation(
        folder=out,
        learnt_from=len(learning),
        corrections=len(corrected),
        whole=whole,
        before=before.figures,
        after=after.figures,
        gains=share_of_gains(tried, before.classes, after.classes, recipe.seed),
        knew=knowledge(model, asked) if whole else None,
        knows=knowledge(out, asked) if whole else None,
    )
    (out / "checkpoint.pt").unlink(missing_ok=True)
    return made


def fingerprint_of(model: Path, examples: Sequence[Example], recipe: Recipe) -> str:
    """A hash (hex) over all that decides what a training ends with: the model's weights, the examples, the recipe."""
    digest = hashlib.sha256(weights_hash(model).encode())
    choices = [(one.name, getattr(recipe, one.name)) for one in fields(recipe) if one.name not in _WITHOUT_EFFECT]
    digest.update(repr(choices).encode())
    for example in examples:
        # The order of a set is another one in each process.
        known = [(one.name, getattr(example, one.name)) for one in fields(example) if one.name != "moods"]
        digest.update(repr([known, sorted(example.moods)]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _save(reader: Reader, model: Path, out: Path) -> None:
    outlook = reader.model.outlook
    outlook.version = outlook.version.removesuffix(_SUFFIX) + _SUFFIX
    reader.model.save(out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(model / name, out / name)


def _fit_temperature(reader: Reader, tokenizer: Tokenizer, tuning: Sequence[Example]) -> None:
    """The temperature that suits the company's own texts, kept from the training for this."""
    encoded = encode_examples(tokenizer, tuning)
    spoken = [number for number, one in enumerate(encoded) if one.ids]
    if not spoken:
        return
    reader.model.outlook.calibration.temperature = 1.0
    readings = read_all(reader, [encoded[number] for number in spoken])
    fitted = temperature_of(readings, [tuning[number] for number in spoken])
    reader.model.outlook.calibration.temperature = fitted
