"""The Analyser: documents in, one Analysis each out, from one encoder pass a text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from koe.analysis import Analysis, Document, Segment, SentimentReading
from koe.errors import ModelError
from koe.settings import ModelSettings, TaxonomySettings
from koe.taxonomy import Intent, Sentiment
from nlp.encoding import Encoded, encode
from nlp.patterns import Patterns

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from koe.analysis import Embedding
    from nlp.model import Outlook
    from nlp.reading import Reader, Reading

#: The folder of the model that koe ships.
DEFAULT_MODEL = Path(__file__).parent / "models" / "koe-small"

_SENTIMENTS = tuple(Sentiment)
_INTENTS = tuple(Intent)

#: Documents that are tokenised at a time: bounds the memory, long enough for even batches.
_CHUNK = 2048


class Analyser:
    """Reads documents; ``version`` (name, version and hash of the weights) is stored with every result."""

    def __init__(
        self, reader: Reader, tokenizer: Tokenizer, outlook: Outlook, patterns: Patterns, weights_hash: str
    ) -> None:
        self.name = outlook.name
        self.version = f"{outlook.name}-{outlook.version}+{weights_hash}"
        self.width = reader.model.width
        self._reader = reader
        self._tokenizer = tokenizer
        self._outlook = outlook
        self._patterns = patterns

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
            readings = self._reader.read([encoded[number] for number in chosen])
            yield [
                (documents[number], self._analysis(encoded[number], reading))
                for number, reading in zip(chosen, readings, strict=True)
            ]

    def _analysis(self, encoded: Encoded, reading: Reading) -> Analysis:
        from nlp.spans import decode

        calibration = self._outlook.calibration
        triggers = decode(encoded, reading, self._outlook.trigger_types, calibration)
        intents = {intent: float(reading.intents[index]) for index, intent in enumerate(_INTENTS)}
        signals = self._patterns.weigh(encoded, triggers, intents, reading.safety, calibration)
        return Analysis(
            model=self.version,
            lang=encoded.lang,
            sentiment=_mood(reading.sentiment),
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


def load_analyser(settings: ModelSettings | None = None, taxonomy: TaxonomySettings | None = None) -> Analyser:
    """Load the model that the settings name: ``default``, or a folder in koe's format.

    Raises:
        ModelError: when there is no such model, or it is broken or of another kind.
    """
    settings = settings or ModelSettings()
    folder = model_folder(settings.name)
    reader, tokenizer = open_model(folder, settings)
    patterns = Patterns(taxonomy or TaxonomySettings())
    return Analyser(reader, tokenizer, reader.model.outlook, patterns, results_hash(folder, taxonomy))


def model_version(settings: ModelSettings | None = None, taxonomy: TaxonomySettings | None = None) -> str:
    """The version that the Analyser of these settings has, without loading it.

    Raises:
        ModelError: when there is no such model, or it is broken or of another kind.
    """
    from nlp.model import read_config

    folder = model_folder((settings or ModelSettings()).name)
    _, outlook = read_config(folder)
    return f"{outlook.name}-{outlook.version}+{results_hash(folder, taxonomy)}"


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
    from nlp.processor import cores, fast_bfloat16
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
    half = settings.dtype == "bfloat16" or (settings.dtype == "auto" and fast_bfloat16())
    return Reader(model, tokenizer, settings.batch_tokens, torch.bfloat16 if half else torch.float32), tokenizer


def model_folder(name: str) -> Path:
    """The folder of a model by the name that koe.yaml gives it.

    Raises:
        ModelError: when it is no folder.
    """
    if name == "default":
        return DEFAULT_MODEL
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise ModelError(
            f"model {name!r}: no such folder; expected `default` or a folder with a model in koe's format "
            "(this version cannot take models from the Hugging Face hub)"
        )
    return folder


def weights_hash(folder: Path) -> str:
    """Eight hex digits over the weight files and the configuration of a model folder."""
    from nlp.model import weight_files

    paths = [folder / "config.json", *weight_files(folder)]
    states = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
    return _hash_of(states)


@lru_cache(maxsize=8)
def _hash_of(states: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in states:
        with Path(path).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:8]


def _speaks(encoded: Encoded) -> bool:
    return bool(encoded.ids) and not encoded.joined.isspace()


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
