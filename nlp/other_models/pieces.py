"""A text as another model's tokenizer cuts it, and where each piece stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_SAMPLE = "a"


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a text: ``ids``, and the stretch ``starts[i]`` to ``ends[i]`` of the text that each covers.

    ``lead`` are the ids of the prefix before it. Without offsets (a slow tokenizer) the stretches are empty lists.
    """

    lead: Sequence[int]
    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The pieces that touch a stretch of the text, as a half-open range."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


class PieceReader:
    """A model's tokenizer. ``before`` and ``after`` are the special pieces around a text, ``pad`` fills a batch up."""

    def __init__(self, tokenizer: Any, prefix: str = "") -> None:
        self.limit = min(int(tokenizer.model_max_length), 1_000_000)
        # Texts are cut into windows afterwards: a warning about their length would mislead.
        tokenizer.model_max_length = 1_000_000_000
        self._tokenizer = tokenizer
        self._prefix = prefix
        bare = list(tokenizer(_SAMPLE, add_special_tokens=False)["input_ids"])
        full = list(tokenizer(_SAMPLE)["input_ids"])
        at = next((at for at in range(len(full)) if full[at : at + len(bare)] == bare), 0)
        self.before: list[int] = full[:at]
        self.after: list[int] = full[at + len(bare) :]
        pad = tokenizer.pad_token_id
        self.pad = int(pad if pad is not None else tokenizer.eos_token_id or 0)

    def read(self, texts: Sequence[str]) -> Iterator[Pieces]:
        """The pieces of each text, with offsets where the tokenizer is a fast one."""
        if not texts:
            return
        joined = [self._prefix + text for text in texts]
        fast = bool(self._tokenizer.is_fast)
        more = {"return_offsets_mapping": True} if fast else {}
        found = self._tokenizer(joined, add_special_tokens=False, return_attention_mask=False, **more)
        for number, text in enumerate(texts):
            ids = list(found["input_ids"][number])
            yield self._placed(ids, found["offset_mapping"][number], text) if fast else Pieces([], ids, [], [])

    def _placed(self, ids: list[int], offsets: Sequence[tuple[int, int]], text: str) -> Pieces:
        skip = len(self._prefix)
        lead = next((place for place, (_, end) in enumerate(offsets) if end > skip), len(ids)) if skip else 0
        starts: list[int] = []
        ends: list[int] = []
        for begin, finish in offsets[lead:]:
            start, end = max(begin - skip, 0), max(finish - skip, 0)
            # A piece that begins a word may claim the space before it.
            while start < end and text[start].isspace():
                start += 1
            starts.append(max(start, starts[-1] if starts else 0))
            ends.append(max(end, ends[-1] if ends else 0))
        return Pieces(ids[:lead], ids[lead:], starts, ends)
