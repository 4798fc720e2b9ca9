"""The mood of documents by another model: a sequence classifier whose labels mean moods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from koe.taxonomy import Sentiment
from nlp.encoding import Encoded
from nlp.other_models.passes import Passes

Array = NDArray[np.float32]

_MOODS = tuple(Sentiment)


class SentimentHead:
    """Reads title and text together, long ones in windows; ``moods`` says what each label means."""

    def __init__(self, passes: Passes, moods: Sequence[Sentiment]) -> None:
        self._passes = passes
        self._of_label = torch.tensor([[float(mood is one) for one in _MOODS] for mood in moods])
        self._several = passes.config.problem_type == "multi_label_classification"

    def read(self, documents: Sequence[Encoded]) -> list[Array]:
        """The probabilities of the moods ``(4)`` of each document: the windows' mean, each by its own pieces."""
        texts = list(self._passes.pieces.read([document.joined for document in documents]))
        found = []
        for parts in self._passes.read(texts):
            if not parts:
                found.append(np.array([mood is Sentiment.NEUTRAL for mood in _MOODS], dtype=np.float32))
                continue
            logits = torch.stack([values for _, values in parts])
            probabilities = torch.sigmoid(logits) if self._several else torch.softmax(logits, -1)
            weights = torch.tensor([float(max(window.last - window.first, 1)) for window, _ in parts])
            moods = (weights @ probabilities) @ self._of_label
            found.append((moods / moods.sum().clamp(min=1e-9)).numpy())
        return found
