"""The Analyser: documents in, one Analysis each out, from one encoder pass a text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from koe.analysis import Analysis, Document, Segment, SentimentReading
from koe.errors import ModelError
from koe.settings import ModelSettings, TaxonomySettings
from koe.taxonomy import Intent, Sentiment
from nlp.encoding import Encoded, encode
from nlp.model_files import DEFAULT_MODEL, model_folder, weights_hash
from nlp.other_models.choice import Choice, choices
from nlp.patterns import Patterns

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    from koe.analysis import Embedding, TriggerPhrase
    from nlp.model import Outlook
    from nlp.other_models.heads import OtherHeads
    from nlp.reading import Reader, Reading

__all__ = [
    "DEFAULT_MODEL",
    "Analyser",
    "load_analyser",
    "model_folder",
    "model_version",
    "number_format",
    "open_model",
    "results_hash",
    "weights_hash",
]

_SENTIMENTS = tuple(Sentiment)
_INTENTS = tuple(Intent)

#: Documents that are tokenised at a time: bounds the memory, long enough for even batches.
_CHUNK = 2048


class Analyser:
    """Reads documents; ``version`` (names, versions and hashes of all models) is stored with every result.

    ``others`` are heads of other models in the place of koe's own. ``width`` is the length of an embedding.
    """

    def __init__(
        self,
        reader: Reader,
        tokenizer: Tokenizer,
        outlook: Outlook,
        patterns: Patterns,
        version: str,
        others: OtherHeads | None = None,
    ) -> None:
        self.name = outlook.name
        self.version = version
        self.width = others.embedding.width if others and others.embedding else reader.model.width
        self._reader = reader
        self._tokenizer = tokenizer
        self._outlook = outlook
        self._patterns = patterns
        self._others = others

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        """Yield ``(index, Analysis)`` for every document, not in order: the shortest of each 2,048 first.

        Equal documents are read once. ``progress`` is told how many documents are done after each batch.
        """
        numbers: dict[Document, list[int]] = {}
        for index, document in enumerate(documents):
            numbers.setdefault(document, []).append(index)
        distinct = list(numbers)
        done = 0
        for at in range(0, len(distinct), _CHUNK):
            chunk = distinct[at : at + _CHUNK]
            for finished in self._analyse_distinct(chunk):
                for document, analysis in finished:
                    for index in numbers[document]:
                        yield index, analysis
                    done += len(numbers[document])
                if progress:
                    progress(done)

    def _analyse_distinct(self, documents: Sequence[Document]) -> Iterator[list[tuple[Document, Analysis]]]:
        encoded = encode(self._tokenizer, documents)
        silent = [number for number, one in enumerate(encoded) if not _speaks(one)]
        if silent:
            yield [(documents[number], self._nothing_said(encoded[number])) for number in silent]
        spoken = [number for number, one in enumerate(encoded) if _speaks(one)]
        for batch in self._reader.batches([encoded[number] for number in spoken]):
            chosen = [spoken[place] for place in batch]
            yield [
                (documents[number], self._analysis(encoded[number], *said))
                for number, said in zip(chosen, self._read([encoded[number] for number in chosen]), strict=True)
            ]

    def _read(self, encoded: Sequence[Encoded]) -> Iterator[tuple[Reading, Sequence[TriggerPhrase]]]:
        """What the heads say of each document of a batch, and the phrases they point at."""
        from nlp.spans import decode

        readings: Sequence[Reading] = self._reader.read(encoded)
        types, calibration = self._outlook.trigger_types, self._outlook.calibration
        triggers: Sequence[Sequence[TriggerPhrase]] = [
            decode(one, reading, types, calibration) for one, reading in zip(encoded, readings, strict=True)
        ]
        if self._others:
            triggers = self._others.find_triggers(encoded, triggers)
            readings = self._others.read_again(encoded, readings)
        yield from zip(readings, triggers, strict=True)

    def _analysis(self, encoded: Encoded, reading: Reading, triggers: Sequence[TriggerPhrase]) -> Analysis:
        calibration = self._outlook.calibration
        intents = {intent: float(reading.intents[index]) for index, intent in enumerate(_INTENTS)}
        signals = self._patterns.weigh(encoded, triggers, intents, reading.safety, calibration)
        return Analysis(
            model=self.version,
            lang=encoded.lang,
            sentiment=_mood(reading.sentiment if self._knows(encoded.lang) else _unsure(reading.sentiment)),
            intents=_held(signals.intents, calibration.intents),
            safety=signals.safety >= calibration.safety,
            safety_score=signals.safety,
            triggers=signals.triggers,
            segments=tuple(
                Segment(one.field, one.start, one.end, float(complaint), vector)
                for one, complaint, vector in zip(
                    encoded.statements, reading.complaint, reading.statements, strict=True
                )
            ),
            embedding=reading.embedding,
        )

    def _knows(self, lang: str) -> bool:
        """Whether the sentiment head learnt a language; what another model knows is not known here."""
        return lang in ("ja", "en") or bool(self._others and self._others.sentiment)

    def _nothing_said(self, encoded: Encoded) -> Analysis:
        """A text without a single piece: neutral, no segments, and a vector that is near to nothing."""
        probs = {mood: float(mood is Sentiment.NEUTRAL) for mood in _SENTIMENTS}
        return Analysis(
            model=self.version,
            lang=encoded.lang,
            sentiment=SentimentReading(Sentiment.NEUTRAL, 0.0, probs),
            intents={Intent.OTHER: 1.0},
            safety=False,
            safety_score=0.0,
            triggers=(),
            segments=(),
            embedding=np.zeros(self.width, dtype=np.float32),
        )


def load_analyser(
    settings: ModelSettings | None = None, taxonomy: TaxonomySettings | None = None, fetch: bool = True
) -> Analyser:
    """Load the models that the settings name: ``default`` or a folder in koe's format, and others for single heads.

    With ``fetch`` false nothing is asked of the hub.

    Raises:
        ModelError: when there is no such model, or it is broken or of another kind.
    """
    settings = settings or ModelSettings()
    folder = model_folder(settings.name)
    chosen = choices(settings, fetch=fetch)
    reader, tokenizer = open_model(folder, settings)
    others = None
    if chosen:
        from nlp.other_models.heads import open_heads
        from nlp.other_models.loading import Running

        others = open_heads(settings, chosen, Running(settings.batch_tokens, number_format(settings)))
    outlook, patterns = reader.model.outlook, Patterns(taxonomy or TaxonomySettings())
    return Analyser(reader, tokenizer, outlook, patterns, _version(outlook, folder, taxonomy, chosen), others)


def model_version(settings: ModelSettings | None = None, taxonomy: TaxonomySettings | None = None) -> str:
    """The version that the Analyser of these settings has, without loading it.

    Raises:
        ModelError: when there is no such model, or it is broken or of another kind.
    """
    from nlp.model import read_config

    settings = settings or ModelSettings()
    folder = model_folder(settings.name)
    _, outlook = read_config(folder)
    return _version(outlook, folder, taxonomy, choices(settings))


def _version(outlook: Outlook, folder: Path, taxonomy: TaxonomySettings | None, chosen: Sequence[Choice]) -> str:
    """koe's model, then each head that is another's: ``koe-small-0.4.0+1a2b3c4d sentiment=my-bert+5e6f7a8b``."""
    own = f"{outlook.name}-{outlook.version}+{results_hash(folder, taxonomy)}"
    return " ".join([own, *(f"{choice.head}={choice.version}" for choice in chosen)])


def results_hash(folder: Path, taxonomy: TaxonomySettings | None = None) -> str:
    """Eight hex digits over all that results depend on: weights, configuration, word patterns, koe.yaml's taxonomy."""
    from nlp.pattern_words import RULES

    parts = [weights_hash(folder), *(f"{rule.type} {rule.words.pattern} {rule.evidence}" for rule in RULES)]
    parts.append((taxonomy or TaxonomySettings()).model_dump_json())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def open_model(folder: Path, settings: ModelSettings) -> tuple[Reader, Tokenizer]:
    """The model of a folder, ready to read on all cores, in the number format that suits the processor.

    Raises:
        ModelError: when it is broken or of another kind.
    """
    import torch
    from tokenizers import Tokenizer

    from nlp.model import KoeModel
    from nlp.processor import cores
    from nlp.reading import Reader

    model = KoeModel.load(folder)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(
            f"{folder}: tokenizer.json cannot be read ({error}); install or train the model again"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    torch.set_num_threads(cores())
    return Reader(model, tokenizer, settings.batch_tokens, number_format(settings)), tokenizer


def number_format(settings: ModelSettings) -> torch.dtype:
    """The number format that the settings ask for; ``auto``: what is fast on this processor."""
    import torch

    from nlp.processor import fast_bfloat16

    half = settings.dtype == "bfloat16" or (settings.dtype == "auto" and fast_bfloat16())
    return torch.bfloat16 if half else torch.float32


def _speaks(encoded: Encoded) -> bool:
    return bool(encoded.ids) and not encoded.joined.isspace()


def _unsure(probabilities: Embedding) -> Embedding:
    """Half way to knowing nothing: the model learnt no language but Japanese and English."""
    return np.asarray(probabilities / 2 + 0.5 / len(_SENTIMENTS), dtype=np.float32)


def _mood(probabilities: Embedding) -> SentimentReading:
    probs = {mood: float(probabilities[index]) for index, mood in enumerate(_SENTIMENTS)}
    score = probs[Sentiment.POSITIVE] - probs[Sentiment.NEGATIVE]
    return SentimentReading(max(probs, key=lambda mood: probs[mood]), score, probs)


def _held(scores: Mapping[Intent, float], thresholds: dict[str, float]) -> dict[Intent, float]:
    """The intents above their threshold, strongest first; a document always wants something, at least ``other``."""
    held = {intent: score for intent, score in scores.items() if score >= thresholds.get(intent, 0.5)}
    if len(held) > 1:
        held.pop(Intent.OTHER, None)
    if not held:
        held = {Intent.OTHER: scores[Intent.OTHER]}
    return dict(sorted(held.items(), key=lambda item: (-item[1], item[0])))
