"""Aims: the vectors to which those of the statements are drawn while the encoder learns other tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import torch
from torch import Tensor, distributed
from torch.nn import functional

from nlp.encoding import Encoded, Specials
from nlp.model import KoeModel
from nlp.training.batches import Batch, collate
from nlp.training.examples import Example
from nlp.training.objectives import pool

if TYPE_CHECKING:
    from transformers import BertModel

_BATCH = 32
#: The texts whose statements tell mean and deviation of the states.
_MEASURED = 500


class Aims:
    """``vectors`` ``(s, w)``: a unit vector for each statement of the anchored examples, 0 for those of the others."""

    def __init__(self, examples: Sequence[Example], width: int) -> None:
        self._first = [0, *accumulate(len(example.statements) for example in examples)]
        self.vectors = torch.zeros((self._first[-1], width))

    def of(self, batch: Batch) -> Tensor:
        """The aims of a batch's statements."""
        return self.vectors[self._numbers(batch)]

    @torch.no_grad()
    def fill(
        self,
        model: KoeModel,
        teacher: BertModel | None,
        examples: Sequence[Example],
        encoded: Sequence[Encoded],
        specials: Specials,
        longest: int,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        """Read the aims from a teacher, an untouched encoder, or else from the model as it is.

        Each process reads its ``share`` (its rank, their number). A model that learns from a teacher has new vector
        layers: their input is brought to mean 0 and deviation 1 by the statements of some texts.
        """
        rank, world = share
        numbers = [number for number, example in enumerate(examples) if example.anchored]
        numbers.sort(key=lambda number: len(encoded[number].ids))
        model.eval()

        def batches(some: Sequence[int]) -> Iterator[Batch]:
            for at in range(0, len(some), _BATCH):
                part = some[at : at + _BATCH]
                yield collate(part, examples, encoded, specials, longest, len(model.outlook.trigger_types))

        def states(batch: Batch) -> tuple[Tensor, Tensor]:
            last, middle = model.encode(batch.ids, batch.mask)
            rows, mask = batch.statement_row, batch.statement_mask
            return pool(last[rows], mask), pool(middle[rows], mask)

        for batch in batches(numbers[rank::world]):
            if teacher is None:
                self.vectors[self._numbers(batch)] = model.heads.embed(*states(batch))
            else:
                hidden = teacher(batch.ids, batch.mask).last_hidden_state[batch.statement_row]
                self.vectors[self._numbers(batch)] = pool(hidden, batch.statement_mask)
        if world > 1:
            distributed.all_reduce(self.vectors)
        if teacher is not None and numbers:
            known = self.vectors.any(-1)
            centred = self.vectors[known] - self.vectors[known].mean(0)
            self.vectors[known] = functional.normalize(centred, dim=-1)
            some = numbers[:: -(-len(numbers) // _MEASURED)]
            measured = torch.cat([torch.cat(states(batch), dim=-1) for batch in batches(some)])
            model.heads.vector_mean.copy_(measured.mean(0))
            model.heads.vector_scale.copy_(measured.std(0).clamp(min=1e-4))

    def _numbers(self, batch: Batch) -> Tensor:
        return torch.tensor([self._first[example] + place for example, place in batch.statement.tolist()]).long()
