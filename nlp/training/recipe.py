"""The choices of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: How many texts of each public set are read, once each; the written corpus is the main teacher.
PUBLIC = {
    "dmaste": 1200,
    "minibar": 600,
    "maalej": 300,
    "pulse": 100,
    "pros_cons": 1200,
    "questions": 200,
    "banking": 1200,
    "clinc": 1200,
    "chabsa": 100,
}

#: How much each objective counts.
WEIGHTS = {
    "sentiment": 1.0,
    "stars": 0.5,
    "intents": 3.0,
    "safety": 1.0,
    "places": 2.5,
    "types": 1.0,
    "polarity": 0.3,
    "complaints": 0.7,
    "groups": 0.5,
    "meaning": 2.0,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. A run pauses after ``pause_after`` steps, to go on when it is started again.

    ``layers``: how many of the encoder's layers are kept. The word embeddings and the lowest ``frozen_layers`` stay
    as they are. The rate of each layer is that of the layer above it times ``layer_decay`` (Howard and Ruder 2018).
    Examples are read ``rounds`` times by source (once where it is not named). ``averaged``: the share of the steps at
    the end whose weights are averaged (Izmailov et al. 2018). ``vector_steps``: those of :mod:`nlp.training.vectors` at
    the end. ``only_sentiment`` trains the last layer of the sentiment head and nothing else. Texts are cut to
    ``longest`` pieces; a batch of a process has ``size`` texts.
    """

    layers: int = 12
    frozen_layers: int = 2
    rounds: Mapping[str, int] = field(default_factory=lambda: {"corpus": 5, "groups": 3})
    size: int = 16
    longest: int = 128
    encoder_rate: float = 3e-4
    layer_decay: float = 0.95
    heads_rate: float = 1e-3
    warmup: float = 0.06
    averaged: float = 0.0
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    seed: int = 20261123
    checkpoint_every: int = 100
    vector_steps: int = 1500
    pause_after: int | None = None
    only_sentiment: bool = False
