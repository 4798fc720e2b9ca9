"""The last step of a training: the vectors, fitted over the finished encoder, which stays as it is.

Learning moods and phrases costs an encoder some of what it knew of meaning. Two layers over its middle and last states
bring some of that back: they are drawn to the vectors of the untouched encoder (distillation, Hinton et al. 2015) and
to telling the faults of one product apart (supervised contrast, Khosla et al. 2020).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from nlp.encoding import Encoded, Specials, padded
from nlp.model import Heads, KoeModel
from nlp.training.batches import encode_examples
from nlp.training.examples import Example
from nlp.training.objectives import contrast, distillation

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger("koe.training")

#: How many texts of the written corpus are read for it, beside all paraphrase groups.
TEXTS = 4000
_BATCH = 512
_TOPICS = 4
_RATE = 1e-3
_DROPOUT = 0.1
_CONTRAST = 0.1
_LONGEST = 256

#: A statement: its example's number, its first and last piece, its group and its topic (``None``: none).
Place = tuple[int, int, int, str | None, str | None]


def fit_vectors(
    model: KoeModel,
    teacher: Any,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    seed: int,
    steps: int,
    texts: int = TEXTS,
) -> None:
    """Fit the vector layers of a model in place.

    ``teacher`` is the untouched encoder, a ``BertModel``. Of the examples, ``texts`` of the written corpus and all with
    groups of the paraphrase corpus are read.
    """
    torch.manual_seed(seed)
    source = random.Random(seed)
    written = [one for one in examples if one.source == "corpus"]
    source.shuffle(written)
    chosen = written[:texts] + [one for one in examples if one.source == "groups"]
    encoded = encode_examples(tokenizer, chosen)
    places = _places(chosen, encoded)
    if len(places) < 2:
        return
    specials = Specials.of(tokenizer)
    own = _pooled(model.encode, encoded, places, specials)
    wanted = _pooled(lambda ids, mask: (teacher(ids, mask).last_hidden_state,), encoded, places, specials)
    log.info("vectors: %d statements", len(places))
    target = functional.normalize(wanted - wanted.mean(0), dim=-1)
    heads = model.heads
    _train(heads, (own - heads.vector_mean) / heads.vector_scale, target, places, steps, source)


def _train(
    heads: Heads, rows: Tensor, target: Tensor, places: Sequence[Place], steps: int, source: random.Random
) -> None:
    topics: dict[str, list[int]] = {}
    for number, place in enumerate(places):
        if place[4]:
            topics.setdefault(place[4].removesuffix(", joined"), []).append(number)
    names = sorted(topics)
    layers = torch.nn.ModuleList([heads.vector_hidden, heads.vector]).requires_grad_(True)
    optimiser = torch.optim.AdamW(layers.parameters(), lr=_RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)

    def vectors(some: Tensor) -> Tensor:
        hidden = functional.dropout(functional.gelu(heads.vector_hidden(some)), _DROPOUT)
        return functional.normalize(heads.vector(hidden), dim=-1)

    for step in range(steps):
        some = torch.randint(0, len(rows), (_BATCH,))
        loss = distillation(vectors(rows[some]), target[some])
        assert loss is not None
        for name in source.sample(names, min(_TOPICS, len(names))):
            members = topics[name]
            groups = {group: index for index, group in enumerate(sorted({places[n][3] or "" for n in members}))}
            labels = torch.tensor([groups[places[n][3] or ""] if places[n][3] else -1 for n in members])
            told = contrast(vectors(rows[members]), labels)
            loss = loss + _CONTRAST * told / _TOPICS if told is not None else loss
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if (step + 1) % 250 == 0:
            log.info("vectors: step %d/%d %.3f", step + 1, steps, loss.item())


def _places(examples: Sequence[Example], encoded: Sequence[Encoded]) -> list[Place]:
    places: list[Place] = []
    for number, (example, pieces) in enumerate(zip(examples, encoded, strict=True)):
        field = pieces.fields[-1]
        for statement in example.statements:
            low, high = field.normalised.normalised_span(statement.start, statement.end)
            first, last = pieces.pieces(field.begin + low, field.begin + high)
            if first < last <= _LONGEST:
                places.append((number, first, last, statement.group, example.topic))
    return places


@torch.no_grad()
def _pooled(passing: Any, encoded: Sequence[Encoded], places: Sequence[Place], specials: Specials) -> Tensor:
    """The statements' means over every layer that the pass gives, side by side ``(n, layers·w)``."""
    mine: dict[int, list[int]] = {}
    for row, place in enumerate(places):
        mine.setdefault(place[0], []).append(row)
    order = sorted(mine, key=lambda number: len(encoded[number].ids))
    found: dict[int, Tensor] = {}
    for at in range(0, len(order), 48):
        part = order[at : at + 48]
        ids, mask = padded([encoded[number].ids[:_LONGEST] for number in part], specials)
        states = passing(ids, mask)
        for line, number in enumerate(part):
            for row in mine[number]:
                stretch = slice(1 + places[row][1], 1 + places[row][2])
                found[row] = torch.cat([layer[line, stretch].float().mean(0) for layer in states])
    return torch.stack([found[row] for row in range(len(places))])
