"""Embeddings by another model: an encoder whose pieces' states are pooled to unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from nlp.encoding import Encoded
from nlp.other_models.passes import Passes
from nlp.other_models.pieces import Pieces
from nlp.windows import Window

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of a document ``(w)`` and of its statements ``(s,w)``."""

    document: Array
    statements: Array


class EmbeddingHead:
    """``cls`` takes the state of the first piece, else the mean of all. ``width`` is the length of a vector.

    With the mean, a document is read once and a statement's vector is pooled from the pieces it covers. The first
    piece says something of its own text only, so that with ``cls`` every statement is read by itself.
    """

    def __init__(self, passes: Passes, cls: bool) -> None:
        self.width = int(passes.config.get_text_config().hidden_size)
        self._passes = passes
        self._cls = cls

    def read(self, documents: Sequence[Encoded]) -> list[Vectors]:
        """The vectors of each document and of its statements."""
        return self._read_apart(documents) if self._cls else self._read_once(documents)

    def _read_once(self, documents: Sequence[Encoded]) -> list[Vectors]:
        texts = list(self._passes.pieces.read([document.joined for document in documents]))
        found = []
        for document, text, parts in zip(documents, texts, self._passes.read(texts), strict=True):
            whole = self._mean(parts)
            lead = self._passes.lead(text)
            kept = [values[lead + one.first - one.start : lead + one.last - one.start] for one, values in parts]
            states = torch.cat(kept) if kept else torch.zeros((0, self.width))
            pooled = [_of_stretch(states, text, *stretch, whole) for stretch in stretches(document)]
            found.append(Vectors(_unit(whole).numpy(), _unit(self._stacked(pooled)).numpy()))
        return found

    def _read_apart(self, documents: Sequence[Encoded]) -> list[Vectors]:
        numbers: dict[str, int] = {}
        for document in documents:
            for said in (document.joined, *_statements(document)):
                numbers.setdefault(said, len(numbers))
        read = self._passes.read(list(self._passes.pieces.read(list(numbers))))
        firsts = _unit(self._stacked([self._first(parts) for parts in read]))
        return [
            Vectors(
                firsts[numbers[document.joined]].numpy().copy(),
                firsts[[numbers[said] for said in _statements(document)]].numpy(),
            )
            for document in documents
        ]

    def _mean(self, parts: Sequence[tuple[Window, Tensor]]) -> Tensor:
        """The mean state of all pieces, the special ones and the prefix too, as sentence encoders are trained."""
        if not parts:
            return torch.zeros(self.width)
        return torch.cat([values for _, values in parts]).mean(0)

    def _first(self, parts: Sequence[tuple[Window, Tensor]]) -> Tensor:
        """The state of the first piece: the windows' mean."""
        return torch.stack([values[0] for _, values in parts]).mean(0) if parts else torch.zeros(self.width)

    def _stacked(self, vectors: Sequence[Tensor]) -> Tensor:
        return torch.stack(list(vectors)) if vectors else torch.zeros((0, self.width))


def stretches(document: Encoded) -> list[tuple[int, int]]:
    """Where the statements stand in the joined text."""
    fields = {field.name: field for field in document.fields}
    found = []
    for statement in document.statements:
        field = fields[statement.field]
        start, end = field.normalised.normalised_span(statement.start, statement.end)
        found.append((field.begin + start, field.begin + end))
    return found


def _statements(document: Encoded) -> list[str]:
    return [document.joined[start:end] for start, end in stretches(document)]


def _of_stretch(states: Tensor, text: Pieces, start: int, end: int, whole: Tensor) -> Tensor:
    """The mean of a stretch's pieces; that of the whole text where the tokenizer leaves all of it out."""
    first, last = text.within(start, end)
    return states[first:last].mean(0) if first < last else whole


def _unit(vectors: Tensor) -> Tensor:
    return functional.normalize(vectors, dim=-1)
