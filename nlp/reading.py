"""Reading: encoded documents through the encoder and its heads, in windows and batches, as arrays of probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlp.encoding import Encoded, Specials, padded
from nlp.model import KoeModel
from nlp.windows import windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """The probabilities for one document of ``p`` pieces and ``s`` statements, ``T`` trigger types, width ``w``.

    ``sentiment (4)``, ``intents (11)``, ``safety``; per piece ``places (p,5)`` as in :data:`nlp.model.PLACES`,
    ``types (p,T)``, ``polarity (p,3)``; per statement ``complaint (s)``; unit vectors ``embedding (w)`` and
    ``statements (s,w)``.
    """

    sentiment: Array
    intents: Array
    safety: float
    places: Array
    types: Array
    polarity: Array
    complaint: Array
    embedding: Array
    statements: Array


class Reader:
    """A model on this machine's processor. ``batch_tokens`` bounds the padded pieces of one encoder call."""

    def __init__(self, model: KoeModel, tokenizer: Tokenizer, batch_tokens: int, dtype: torch.dtype) -> None:
        self.model = model
        self.batch_tokens = batch_tokens
        self.longest = int(model.config.max_position_embeddings) - 2
        self.specials = Specials.of(tokenizer)
        self._dtype = dtype
        if dtype is not torch.float32:
            model.bert.to(dtype)

    def batches(self, encoded: Sequence[Encoded]) -> Iterator[list[int]]:
        """Numbers of the documents to read together: of like length, the shortest first, within the budget."""
        order = sorted(range(len(encoded)), key=lambda number: len(encoded[number].ids))
        batch: list[int] = []
        for number in order:
            # Sorted, so the newest is the longest: it sets the width of all.
            width = min(len(encoded[number].ids), self.longest) + 2
            reads = sum(len(windows(len(encoded[n].ids), self.longest)) for n in [*batch, number])
            if batch and reads * width > self.batch_tokens:
                yield batch
                batch = []
            batch.append(number)
        if batch:
            yield batch

    @torch.inference_mode()
    def read(self, encoded: Sequence[Encoded]) -> list[Reading]:
        """Read documents, each of at least one piece, in one encoder pass."""
        first, hidden, middle = self._hidden(encoded)
        heads = self.model.heads
        lengths = [len(states) for states in hidden]
        pooled = torch.stack([states.mean(0) for states in hidden])
        sentiment, intents, safety = heads.read_document(first, pooled)
        places, types, polarity = heads.read_tokens(torch.cat(hidden), torch.cat(middle))
        statements = _pool_statements(encoded, hidden, self.model.width)
        between = torch.stack([states.mean(0) for states in middle])
        complaint = torch.sigmoid(heads.read_statements(statements))
        counts = [len(document.statements) for document in encoded]
        temperature = self.model.outlook.calibration.temperature
        parts = zip(
            torch.softmax(sentiment / temperature, -1),
            torch.sigmoid(intents),
            torch.sigmoid(safety),
            torch.softmax(places, -1).split_with_sizes(lengths),
            torch.softmax(types, -1).split_with_sizes(lengths),
            torch.softmax(polarity, -1).split_with_sizes(lengths),
            complaint.split_with_sizes(counts),
            heads.embed(pooled, between),
            heads.embed(statements, _pool_statements(encoded, middle, self.model.width)).split_with_sizes(counts),
            strict=True,
        )
        return [
            Reading(
                sentiment=mood.numpy(),
                intents=wants.numpy(),
                safety=float(danger),
                places=place.numpy(),
                types=kinds.numpy(),
                polarity=direction.numpy(),
                complaint=complains.numpy(),
                embedding=vector.numpy().copy(),
                statements=vectors.numpy().copy(),
            )
            for mood, wants, danger, place, kinds, direction, complains, vector, vectors in parts
        ]

    def _hidden(self, encoded: Sequence[Encoded]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Each document's first state ``(n,w)``, and the states ``(p,w)`` of its pieces, last and middle layer."""
        jobs = [
            (number, window)
            for number, document in enumerate(encoded)
            for window in windows(len(document.ids), self.longest)
        ]
        width = max(window.end - window.start for _, window in jobs) + 2
        together = max(1, self.batch_tokens // width)
        firsts: list[list[Tensor]] = [[] for _ in encoded]
        last: list[list[Tensor]] = [[] for _ in encoded]
        middle: list[list[Tensor]] = [[] for _ in encoded]
        for at in range(0, len(jobs), together):
            part = jobs[at : at + together]
            ids, mask = padded(
                [encoded[number].ids[window.start : window.end] for number, window in part], self.specials
            )
            states, between = self.model.encode(ids, mask)
            for (number, window), row, other in zip(part, states.float(), between.float(), strict=True):
                keep = slice(1 + window.first - window.start, 1 + window.last - window.start)
                firsts[number].append(row[0])
                last[number].append(row[keep])
                middle[number].append(other[keep])
        first = torch.stack([torch.stack(rows).mean(0) for rows in firsts])
        return first, [torch.cat(rows) for rows in last], [torch.cat(rows) for rows in middle]


def _pool_statements(encoded: Sequence[Encoded], hidden: Sequence[Tensor], width: int) -> Tensor:
    rows = [
        states[statement.first : statement.last].mean(0)
        for document, states in zip(encoded, hidden, strict=True)
        for statement in document.statements
    ]
    return torch.stack(rows) if rows else torch.zeros((0, width))
