"""Examples as tensors: padded pieces, labels and masks, in batches of one length."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from koe.analysis import Document
from nlp.encoding import Encoded, Specials, encode
from nlp.model import INTENTS
from nlp.training.examples import Example

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = -1


@dataclass(slots=True)
class Batch:
    """``n`` examples of at most ``l`` pieces (the first and last column are the special ones), ``s`` segments.

    ``ids, mask, content (n,l)``; ``sentiment (n)``; ``intents (n,11)``; ``safety (n)``; ``inside, begin (n,l)`` and
    ``types (n,l,T)`` where ``tagged (n,l)``; ``polarity (n,l)``; ``segment_mask (s,l)`` over row ``segment_row (s)``
    with ``segment (s)``; ``group (n)``; ``anchor`` the examples' numbers ``(n)``. -1 is unknown everywhere.
    """

    ids: Tensor
    mask: Tensor
    content: Tensor
    sentiment: Tensor
    intents: Tensor
    safety: Tensor
    inside: Tensor
    begin: Tensor
    types: Tensor
    tagged: Tensor
    polarity: Tensor
    segment_mask: Tensor
    segment_row: Tensor
    segment: Tensor
    group: Tensor
    anchor: Tensor


def encode_examples(tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Encoded]:
    """The pieces of each example's text."""
    return encode(tokenizer, [Document(text=example.text, lang=example.lang) for example in examples])


def collate(
    numbers: Sequence[int],
    examples: Sequence[Example],
    encoded: Sequence[Encoded],
    specials: Specials,
    longest: int,
    types: int,
) -> Batch:
    """The examples with these numbers as one batch; texts are cut to ``longest`` pieces."""
    lengths = [min(len(encoded[number].ids), longest) for number in numbers]
    count, width = len(numbers), max(lengths) + 2
    groups = {name: index for index, name in enumerate(sorted({examples[n].group or "" for n in numbers}))}
    batch = Batch(
        ids=torch.full((count, width), specials.pad),
        mask=torch.zeros((count, width), dtype=torch.long),
        content=torch.zeros((count, width)),
        sentiment=torch.full((count,), UNKNOWN),
        intents=torch.full((count, len(INTENTS)), float(UNKNOWN)),
        safety=torch.full((count,), float(UNKNOWN)),
        inside=torch.zeros((count, width)),
        begin=torch.zeros((count, width)),
        types=torch.zeros((count, width, types)),
        tagged=torch.zeros((count, width)),
        polarity=torch.full((count, width), UNKNOWN),
        segment_mask=torch.zeros((0, width)),
        segment_row=torch.zeros((0,), dtype=torch.long),
        segment=torch.zeros((0,)),
        group=torch.full((count,), UNKNOWN),
        anchor=torch.full((count,), UNKNOWN),
    )
    segments: list[tuple[Tensor, int, float]] = []
    for row, (number, length) in enumerate(zip(numbers, lengths, strict=True)):
        example, pieces = examples[number], encoded[number]
        batch.ids[row, : length + 2] = torch.tensor([specials.first, *pieces.ids[:length], specials.last])
        batch.mask[row, : length + 2] = 1
        batch.content[row, 1 : length + 1] = 1
        _label_document(batch, row, example, groups, number)
        _label_pieces(batch, row, example, pieces, length)
        segments += _segments(row, example, pieces, length, width)
    if segments:
        batch.segment_mask = torch.stack([mask for mask, _, _ in segments])
        batch.segment_row = torch.tensor([row for _, row, _ in segments])
        batch.segment = torch.tensor([label for _, _, label in segments])
    return batch


def _label_document(batch: Batch, row: int, example: Example, groups: dict[str, int], number: int) -> None:
    if example.sentiment is not None:
        batch.sentiment[row] = example.sentiment
    for intent, label in example.intents.items():
        batch.intents[row, intent] = label
    if example.safety is not None:
        batch.safety[row] = example.safety
    if example.group:
        batch.group[row] = groups[example.group]
    if example.anchored:
        batch.anchor[row] = number


def _label_pieces(batch: Batch, row: int, example: Example, encoded: Encoded, length: int) -> None:
    if example.complete:
        batch.tagged[row, 1 : length + 1] = 1
    for span in example.spans:
        first, last = _pieces(encoded, span.start, span.end, length)
        if first < last:
            stretch = slice(first + 1, last + 1)
            batch.inside[row, stretch] = 1
            batch.begin[row, first + 1] = 1
            batch.types[row, stretch, int(span.label)] = 1
            batch.tagged[row, stretch] = 1
    for span in example.polarities:
        first, last = _pieces(encoded, span.start, span.end, length)
        batch.polarity[row, first + 1 : last + 1] = int(span.label)


def _segments(row: int, example: Example, encoded: Encoded, length: int, width: int) -> list[tuple[Tensor, int, float]]:
    made = []
    for span in example.segments:
        first, last = _pieces(encoded, span.start, span.end, length)
        if first < last:
            mask = torch.zeros(width)
            mask[first + 1 : last + 1] = 1
            made.append((mask, row, span.label))
    return made


def _pieces(encoded: Encoded, start: int, end: int, length: int) -> tuple[int, int]:
    low, high = encoded.fields[0].normalised.normalised_span(start, end)
    first, last = encoded.pieces(low, high)
    return first, min(last, length)


@dataclass(frozen=True, slots=True)
class Mix:
    """How often the written corpus is read beside the public data, and how often alone at the end."""

    mixed_rounds: int
    last_rounds: int
    size: int = 16


def plan(examples: Sequence[Example], encoded: Sequence[Encoded], mix: Mix, seed: int) -> list[list[int]]:
    """The batches as example numbers, in training order: each of nearly one length; groups come in pairs."""
    random_source = random.Random(seed)
    corpus = [number for number, example in enumerate(examples) if example.source == "corpus"]
    grouped = [number for number, example in enumerate(examples) if example.group]
    rest = [n for n, example in enumerate(examples) if example.source != "corpus" and not example.group]
    mixed = _by_length(rest, encoded, mix.size, random_source) + _in_pairs(grouped, examples, random_source)
    for _ in range(mix.mixed_rounds):
        mixed += _by_length(corpus, encoded, mix.size, random_source)
    random_source.shuffle(mixed)
    for _ in range(mix.last_rounds):
        last = _by_length(corpus, encoded, mix.size, random_source)
        random_source.shuffle(last)
        mixed += last
    return mixed


def _by_length(numbers: Sequence[int], encoded: Sequence[Encoded], size: int, source: random.Random) -> list[list[int]]:
    noisy = sorted(numbers, key=lambda number: len(encoded[number].ids) * source.uniform(0.85, 1.15))
    return [list(noisy[at : at + size]) for at in range(0, len(noisy), size)]


def _in_pairs(numbers: Sequence[int], examples: Sequence[Example], source: random.Random) -> list[list[int]]:
    members: dict[str, list[int]] = {}
    for number in numbers:
        members.setdefault(examples[number].group or "", []).append(number)
    pairs = []
    for group in sorted(members):
        source.shuffle(members[group])
        pairs += [members[group][at : at + 2] for at in range(0, len(members[group]) - 1, 2)]
    source.shuffle(pairs)
    return [[n for pair in pairs[at : at + 20] for n in pair] for at in range(0, len(pairs), 20)]
