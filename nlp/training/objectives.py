"""What each head is asked for: one loss a head, over what its examples know."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from koe.taxonomy import Sentiment
from nlp.model import SENTIMENTS, KoeModel
from nlp.training.batches import UNKNOWN, Batch

_SMOOTHING = 0.05
_NEIGHBOURS = 20.0


def pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean of the pieces under a mask: ``(n,l,w)`` and ``(n,l)`` to ``(n,w)``."""
    return (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


def losses(
    model: KoeModel, batch: Batch, weights: Mapping[str, float], aims: Tensor | None = None
) -> dict[str, Tensor]:
    """The weighted losses of a batch by head; a head without a label in it is absent.

    ``aims`` ``(s,w)`` are the unit vectors to which those of the statements are drawn, 0 where there is none.
    """
    hidden, middle = (states.float() for states in model.encode(batch.ids, batch.mask))
    pooled = pool(hidden, batch.content)
    sentiment, intents, safety = model.heads.read_document(hidden[:, 0], pooled)
    places, types, polarity = model.heads.read_tokens(hidden, middle)
    spoken = pool(hidden[batch.statement_row], batch.statement_mask)
    between = pool(middle[batch.statement_row], batch.statement_mask)
    vectors = model.heads.embed(spoken, between)
    found = {
        "sentiment": _moods(sentiment, batch.moods),
        "stars": _stars(sentiment, batch.stars),
        "intents": _known_binary(intents, batch.intents, 2.0),
        "safety": _known_binary(safety, batch.safety, 3.0),
        "places": _known_class(places, batch.places),
        "types": _types(types, batch.types),
        "polarity": _known_class(polarity, batch.polarity),
        "complaints": _known_binary(model.heads.read_statements(spoken), batch.complaint, 1.0),
        "groups": contrast(vectors, batch.group),
        "meaning": None if aims is None else distillation(vectors[aims.any(-1)], aims[aims.any(-1)]),
    }
    return {name: weights[name] * loss for name, loss in found.items() if loss is not None}


def _moods(logits: Tensor, allowed: Tensor) -> Tensor | None:
    """Cross entropy of the sentiments that may be, taken together, with label smoothing."""
    known = allowed.sum(-1) > 0
    if not known.any():
        return None
    log_shares = torch.log_softmax(logits[known], -1)
    fitting = log_shares.masked_fill(allowed[known] == 0, float("-inf")).logsumexp(-1)
    return -((1 - _SMOOTHING) * fitting + _SMOOTHING * log_shares.mean(-1)).mean()


def _stars(logits: Tensor, stars: Tensor) -> Tensor | None:
    """The score (how much likelier good than bad) against the stars, both from -1 to 1."""
    known = ~stars.isnan()
    if not known.any():
        return None
    probabilities = torch.softmax(logits[known], -1)
    scores = probabilities[:, SENTIMENTS.index(Sentiment.POSITIVE)]
    return functional.mse_loss(scores - probabilities[:, SENTIMENTS.index(Sentiment.NEGATIVE)], stars[known])


def _known_binary(logits: Tensor, labels: Tensor, positive: float) -> Tensor | None:
    known = labels != UNKNOWN
    if not known.any():
        return None
    weight = torch.tensor(positive)
    return functional.binary_cross_entropy_with_logits(logits[known], labels[known], pos_weight=weight)


def _known_class(logits: Tensor, labels: Tensor) -> Tensor | None:
    known = labels != UNKNOWN
    return functional.cross_entropy(logits[known], labels[known]) if known.any() else None


def _types(logits: Tensor, labels: Tensor) -> Tensor | None:
    """What a phrase is about; where phrases overlap, each type has its share."""
    known = labels.sum(-1) > 0
    if not known.any():
        return None
    shares = labels[known] / labels[known].sum(-1, keepdim=True)
    return functional.cross_entropy(logits[known], shares, label_smoothing=0.02)


def contrast(vectors: Tensor, group: Tensor) -> Tensor | None:
    """Supervised contrast (Khosla et al. 2020) of unit vectors ``(n, w)`` by group ``(n)``, temperature 0.05."""
    known = group != UNKNOWN
    if known.sum() < 4:
        return None
    vectors, labels = vectors[known], group[known]
    itself = torch.eye(len(labels), dtype=torch.bool)
    logits = (vectors @ vectors.T / 0.05).masked_fill(itself, float("-inf"))
    same = (labels.unsqueeze(0) == labels.unsqueeze(1)) & ~itself
    log_share = (logits - logits.logsumexp(dim=1, keepdim=True)).masked_fill(~same, 0.0)
    return -(log_share.sum(1) / same.sum(1).clamp(min=1)).mean()


def distillation(vectors: Tensor, aims: Tensor) -> Tensor | None:
    """How far unit vectors ``(n, w)`` are from those of a teacher: each from its own (distillation, Hinton et al.
    2015), and the cosines among them from the cosines among those (relational distillation, Park et al. 2019).
    """
    if len(vectors) < 2:
        return None
    far = (1 - (vectors * aims).sum(-1)).mean()
    return far + _NEIGHBOURS * functional.mse_loss(vectors @ vectors.T, aims @ aims.T)
