"""What each head is asked for: one loss a head, over what its examples know."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nlp.model import KoeModel
from nlp.training.batches import UNKNOWN, Batch

_WEIGHTS = {
    "sentiment": 1.0,
    "intents": 3.0,
    "safety": 1.0,
    "places": 2.0,
    "types": 0.8,
    "polarity": 0.3,
    "segments": 0.7,
    "groups": 0.5,
    "anchors": 6.0,
}


def pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean of the pieces under a mask: ``(n,l,w)`` and ``(n,l)`` to ``(n,w)``."""
    return (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


def losses(model: KoeModel, batch: Batch, anchors: Tensor | None = None) -> dict[str, Tensor]:
    """The weighted losses of a batch by head; a head without a label in it is absent.

    ``anchors`` ``(n,w)`` are the unit vectors that the encoder gave before the training: the cosines between the
    batch's embeddings are drawn to the cosines between those (relational distillation, Park et al. 2019).
    """
    hidden, middle = (states.float() for states in model.encode(batch.ids, batch.mask))
    pooled = pool(hidden, batch.content)
    sentiment, intents, safety = model.heads.read_document(hidden[:, 0], pooled)
    places, types, polarity = model.heads.read_tokens(hidden, middle)
    found = {
        "sentiment": _sentiment(sentiment, batch.sentiment),
        "intents": _known_binary(intents, batch.intents, 2.0),
        "safety": _known_binary(safety, batch.safety, 3.0),
        "places": _places(places, batch),
        "types": _types(types, batch),
        "polarity": _polarity(polarity, batch),
        "segments": _segments(model, hidden, batch),
        "groups": _groups(model, pooled, batch.group),
        "anchors": _anchors(model, pooled, anchors),
    }
    return {name: _WEIGHTS[name] * loss for name, loss in found.items() if loss is not None}


def _sentiment(logits: Tensor, labels: Tensor) -> Tensor | None:
    known = labels != UNKNOWN
    return functional.cross_entropy(logits[known], labels[known], label_smoothing=0.05) if known.any() else None


def _known_binary(logits: Tensor, labels: Tensor, positive: float) -> Tensor | None:
    known = labels != UNKNOWN
    if not known.any():
        return None
    weight = torch.tensor(positive)
    return functional.binary_cross_entropy_with_logits(logits[known], labels[known], pos_weight=weight)


def _places(places: Tensor, batch: Batch) -> Tensor | None:
    """Where phrases stand and begin."""
    known = batch.tagged > 0
    if not known.any():
        return None
    total = torch.zeros(())
    for column, labels, positive in ((0, batch.inside, 1.3), (1, batch.begin, 2.0)):
        total = total + functional.binary_cross_entropy_with_logits(
            places[..., column][known], labels[known], pos_weight=torch.tensor(positive)
        )
    return total


def _types(types: Tensor, batch: Batch) -> Tensor | None:
    """What a phrase is about; where phrases overlap, each type has its share."""
    known = batch.inside > 0
    if not known.any():
        return None
    shares = batch.types[known] / batch.types[known].sum(-1, keepdim=True)
    return functional.cross_entropy(types[known], shares, label_smoothing=0.02)


def _polarity(polarity: Tensor, batch: Batch) -> Tensor | None:
    known = batch.polarity != UNKNOWN
    return functional.cross_entropy(polarity[known], batch.polarity[known]) if known.any() else None


def _segments(model: KoeModel, hidden: Tensor, batch: Batch) -> Tensor | None:
    if not len(batch.segment):
        return None
    logits = model.heads.read_segments(pool(hidden[batch.segment_row], batch.segment_mask))
    return functional.binary_cross_entropy_with_logits(logits, batch.segment)


def _groups(model: KoeModel, pooled: Tensor, group: Tensor) -> Tensor | None:
    """Supervised contrast (Khosla et al. 2020), temperature 0.07."""
    known = group != UNKNOWN
    if known.sum() < 4:
        return None
    vectors, labels = model.heads.embed(pooled[known]), group[known]
    itself = torch.eye(len(labels), dtype=torch.bool)
    logits = (vectors @ vectors.T / 0.07).masked_fill(itself, float("-inf"))
    same = (labels.unsqueeze(0) == labels.unsqueeze(1)) & ~itself
    log_share = (logits - logits.logsumexp(dim=1, keepdim=True)).masked_fill(~same, 0.0)
    return -(log_share.sum(1) / same.sum(1).clamp(min=1)).mean()


def _anchors(model: KoeModel, pooled: Tensor, anchors: Tensor | None) -> Tensor | None:
    if anchors is None or len(anchors) < 2:
        return None
    vectors = model.heads.embed(pooled)
    apart = ~torch.eye(len(vectors), dtype=torch.bool)
    return functional.mse_loss((vectors @ vectors.T)[apart], (anchors @ anchors.T)[apart])
