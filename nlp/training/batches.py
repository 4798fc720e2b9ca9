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
from nlp.model import INTENTS, PLACES, SENTIMENTS
from nlp.training.examples import Example, Statement
from nlp.training.recipe import Recipe

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = -1


@dataclass(slots=True)
class Batch:
    """``n`` examples of at most ``l`` pieces (the first and last column are the special ones), ``s`` segments.

    ``ids, mask, content (n,l)``; ``moods (n,4)``, 1 for each sentiment that may be, 0
    everywhere when unknown; ``stars (n)`` from -1 to 1, NaN unknown; ``intents (n,11)``;
    ``safety (n)``; ``places (n,l)`` as in :data:`nlp.model.PLACES`; ``types (n,l,T)`` where a phrase stands;
    ``polarity (n,l)``; ``statement_mask (s,l)`` over row ``statement_row (s)`` with ``complaint (s)`` and ``group
    (s)`` and ``statement (s,2)``, its example's number and its own place in it. -1 is unknown everywhere else.
    """

    ids: Tensor
    mask: Tensor
    content: Tensor
    moods: Tensor
    stars: Tensor
    intents: Tensor
    safety: Tensor
    places: Tensor
    types: Tensor
    polarity: Tensor
    statement_mask: Tensor
    statement_row: Tensor
    complaint: Tensor
    group: Tensor
    statement: Tensor


def encode_examples(tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Encoded]:
    """The pieces of each example's text."""
    return encode(tokenizer, [Document(example.text, example.title, example.lang) for example in examples])


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
    batch = Batch(
        ids=torch.full((count, width), specials.pad),
        mask=torch.zeros((count, width), dtype=torch.long),
        content=torch.zeros((count, width)),
        moods=torch.zeros((count, len(SENTIMENTS))),
        stars=torch.full((count,), float("nan")),
        intents=torch.full((count, len(INTENTS)), float(UNKNOWN)),
        safety=torch.full((count,), float(UNKNOWN)),
        places=torch.full((count, width), UNKNOWN),
        types=torch.zeros((count, width, types)),
        polarity=torch.full((count, width), UNKNOWN),
        statement_mask=torch.zeros((0, width)),
        statement_row=torch.zeros((0,), dtype=torch.long),
        complaint=torch.zeros((0,)),
        group=torch.zeros((0,), dtype=torch.long),
        statement=torch.zeros((0, 2), dtype=torch.long),
    )
    statements: list[tuple[int, Tensor, Statement]] = []
    told: list[tuple[int, int]] = []
    for row, (number, length) in enumerate(zip(numbers, lengths, strict=True)):
        example, pieces = examples[number], encoded[number]
        batch.ids[row, : length + 2] = torch.tensor([specials.first, *pieces.ids[:length], specials.last])
        batch.mask[row, : length + 2] = 1
        batch.content[row, 1 : length + 1] = 1
        _label_document(batch, row, example)
        _label_pieces(batch, row, example, pieces, length)
        for place, statement in enumerate(example.statements):
            first, last = _pieces(pieces, statement.start, statement.end, length)
            if first < last:
                mask = torch.zeros(width)
                mask[first + 1 : last + 1] = 1
                statements.append((row, mask, statement))
                told.append((number, place))
    if statements:
        groups = {name: index for index, name in enumerate(sorted({one.group or "" for _, _, one in statements}))}
        batch.statement_mask = torch.stack([mask for _, mask, _ in statements])
        batch.statement_row = torch.tensor([row for row, _, _ in statements])
        batch.statement = torch.tensor(told)
        batch.complaint = torch.tensor(
            [float(UNKNOWN) if one.complaint is None else one.complaint for _, _, one in statements]
        )
        batch.group = torch.tensor([groups[one.group] if one.group else UNKNOWN for _, _, one in statements])
    return batch


def _label_document(batch: Batch, row: int, example: Example) -> None:
    for mood in example.moods:
        batch.moods[row, SENTIMENTS.index(mood)] = 1
    if example.stars is not None:
        batch.stars[row] = (example.stars - 3) / 2
    for intent, label in example.intents.items():
        batch.intents[row, intent] = label
    if example.safety is not None:
        batch.safety[row] = example.safety


def _label_pieces(batch: Batch, row: int, example: Example, encoded: Encoded, length: int) -> None:
    """Places are known everywhere when the source marked all phrases, else inside its phrases only."""
    if example.complete:
        batch.places[row, 1 : length + 1] = PLACES.index("outside")
    for span in example.spans:
        first, last = _pieces(encoded, span.start, span.end, length)
        for place in range(first, last):
            name = "single" if last - first == 1 else "begin" if place == first else "inside"
            batch.places[row, place + 1] = PLACES.index("end" if name == "inside" and place == last - 1 else name)
        batch.types[row, first + 1 : last + 1, int(span.label)] = 1
    for span in example.polarities:
        first, last = _pieces(encoded, span.start, span.end, length)
        batch.polarity[row, first + 1 : last + 1] = int(span.label)


def _pieces(encoded: Encoded, start: int, end: int, length: int) -> tuple[int, int]:
    field = encoded.fields[-1]
    low, high = field.normalised.normalised_span(start, end)
    first, last = encoded.pieces(field.begin + low, field.begin + high)
    return first, min(last, length)


def plan(examples: Sequence[Example], encoded: Sequence[Encoded], recipe: Recipe, world: int) -> list[list[list[int]]]:
    """The steps in training order, each of one batch of example numbers for each of ``world`` processes.

    Texts of nearly one length go together, so that no process waits for another. Statements of one topic go together
    too, so that a fault meets the other faults of the same product. Some sources are read several times.
    """
    source = random.Random(recipe.seed)
    topical: dict[str, list[int]] = {}
    plain: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        (topical if example.topic else plain).setdefault(example.source, []).append(number)
    once = [number for name, numbers in plain.items() if recipe.rounds.get(name, 1) == 1 for number in numbers]
    mixed = _steps(_by_length(once, encoded, recipe.size, source), world)
    for name, numbers in plain.items():
        for _ in range(recipe.rounds.get(name, 1) if recipe.rounds.get(name, 1) > 1 else 0):
            mixed += _steps(_by_length(numbers, encoded, recipe.size, source), world)
    for name, numbers in topical.items():
        for _ in range(recipe.rounds.get(name, 1)):
            mixed += _steps(_by_topic(numbers, examples, 3 * recipe.size, source), world)
    source.shuffle(mixed)
    return mixed


def _steps(batches: list[list[int]], world: int) -> list[list[list[int]]]:
    """Neighbours as one step; what does not fill a step is left out this time."""
    full = [batch for batch in batches if len(batch) > 1]
    return [full[at : at + world] for at in range(0, len(full) - world + 1, world)]


def _by_length(numbers: Sequence[int], encoded: Sequence[Encoded], size: int, source: random.Random) -> list[list[int]]:
    noisy = sorted(numbers, key=lambda number: len(encoded[number].ids) * source.uniform(0.85, 1.15))
    return [list(noisy[at : at + size]) for at in range(0, len(noisy), size)]


def _by_topic(numbers: Sequence[int], examples: Sequence[Example], size: int, source: random.Random) -> list[list[int]]:
    """Batches of about ``size`` examples: whole small topics together; a large topic in pairs of one group."""
    topics: dict[str, list[int]] = {}
    for number in numbers:
        topics.setdefault(examples[number].topic or "", []).append(number)
    batches: list[list[int]] = []
    for topic in sorted(topics):
        members = topics[topic]
        if len(members) > 4 * size:
            members = _in_pairs(members, examples, source)
        else:
            source.shuffle(members)
        parts = max(1, round(len(members) / size))
        step = -(-len(members) // parts)
        batches += [members[at : at + step] for at in range(0, len(members), step)]
    return batches


def _in_pairs(numbers: Sequence[int], examples: Sequence[Example], source: random.Random) -> list[int]:
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(examples[number].statements[0].group or "", []).append(number)
    pairs = []
    for group in sorted(groups):
        source.shuffle(groups[group])
        pairs += [groups[group][at : at + 2] for at in range(0, len(groups[group]) - 1, 2)]
    source.shuffle(pairs)
    return [number for pair in pairs for number in pair]
