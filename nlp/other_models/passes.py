"""Texts through another model, in windows and batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nlp.other_models.pieces import PieceReader, Pieces
from nlp.windows import Window, windows

#: More pieces at once cost more than they tell, whatever the model could take; koe's own windows are as long.
_LONGEST = 512


class Passes:
    """A model and its tokenizer. ``batch_tokens`` bounds the padded pieces of one call."""

    def __init__(self, model: Any, pieces: PieceReader, batch_tokens: int) -> None:
        self.pieces = pieces
        self.config = model.config
        self._model = model
        self._batch_tokens = batch_tokens
        self._room = min(_LONGEST, pieces.limit, _positions(model)) - len(pieces.before) - len(pieces.after)

    @torch.inference_mode()
    def read(self, texts: Sequence[Pieces]) -> list[list[tuple[Window, Tensor]]]:
        """What the model says of each text, window by window: ``(k,)`` of a window, or ``(l, k)`` of its pieces.

        In ``(l, k)`` the special pieces and the prefix stand first, :meth:`lead` of them, then the window's own.
        A text without any piece, special ones neither, has no windows.
        """
        jobs = [(number, window) for number, text in enumerate(texts) for window in self._windows(text)]
        found: list[dict[Window, Tensor]] = [{} for _ in texts]
        for batch in self._batches(texts, jobs):
            rows = [self._row(texts[number], window) for number, window in batch]
            width = max(map(len, rows))
            ids = torch.full((len(rows), width), self.pieces.pad)
            mask = torch.zeros((len(rows), width), dtype=torch.long)
            for index, row in enumerate(rows):
                ids[index, : len(row)] = torch.tensor(row)
                mask[index, : len(row)] = 1
            said = self._model(input_ids=ids, attention_mask=mask)
            output = (said.logits if "logits" in said else said.last_hidden_state).float()
            for (number, window), row, values in zip(batch, rows, output, strict=True):
                found[number][window] = values[: len(row)] if values.dim() > 1 else values
        return [[(window, said[window]) for window in sorted(said, key=lambda one: one.start)] for said in found]

    def lead(self, text: Pieces) -> int:
        """How many pieces stand before a window's own."""
        return len(self.pieces.before) + len(text.lead)

    def _row(self, text: Pieces, window: Window) -> list[int]:
        return [*self.pieces.before, *text.lead, *text.ids[window.start : window.end], *self.pieces.after]

    def _windows(self, text: Pieces) -> list[Window]:
        found = windows(len(text.ids), max(self._room - len(text.lead), 1))
        return [window for window in found if self._row(text, window)]

    def _batches(
        self, texts: Sequence[Pieces], jobs: Sequence[tuple[int, Window]]
    ) -> Iterator[list[tuple[int, Window]]]:
        batch: list[tuple[int, Window]] = []
        for job in sorted(jobs, key=lambda job: len(self._row(texts[job[0]], job[1]))):
            # Sorted, so the newest is the longest: it sets the width of all.
            if batch and (len(batch) + 1) * len(self._row(texts[job[0]], job[1])) > self._batch_tokens:
                yield batch
                batch = []
            batch.append(job)
        if batch:
            yield batch


def _positions(model: Any) -> int:
    """How many pieces the model has places for; RoBERTa and its kin begin to count after the padding's."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
            return module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1)
    return int(getattr(model.config, "max_position_embeddings", None) or _LONGEST)
