"""The training loop: a model, examples and a recipe in, the fitted model out; it can be stopped and goes on."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, distributed

from nlp.encoding import Specials
from nlp.model import KoeModel
from nlp.training.aims import Aims
from nlp.training.batches import collate, encode_examples, plan
from nlp.training.examples import Example
from nlp.training.objectives import losses
from nlp.training.recipe import Recipe

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

_TOLD_EVERY = 20

log = logging.getLogger("koe.training")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: steps done and in all, seconds since it was started, the mean losses since the last time."""

    step: int
    steps: int
    seconds: float
    losses: dict[str, float]


def fit(
    model: KoeModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    recipe: Recipe,
    checkpoint: Path,
    tell: Callable[[Progress], None] = lambda progress: None,
    fingerprint: str | None = None,
    teacher: BertModel | None = None,
) -> bool:
    """Fit a model in place; ``False`` when it paused, or in every process but the first.

    The word embeddings are never changed. A file ``checkpoint`` of an earlier run is gone on from. Several processes
    (``torchrun``) take every n-th batch each and share their gradients. With a ``fingerprint`` of what the training is
    made of, a checkpoint of another one (or of another number of processes) is not gone on from. ``tell`` is called
    before the first step and then every 20 steps. The vectors of statements are drawn to those of the ``teacher``, an
    untouched encoder; without one, to those that the model gave before.
    """
    rank, world = _join_processes()
    trained = _thaw(model, recipe)
    encoded = encode_examples(tokenizer, examples)
    specials = Specials.of(tokenizer)
    batches = plan(examples, encoded, recipe, world)
    steps = len(batches)
    optimiser, schedule = _optimiser(model, recipe, steps)
    average, begin = dict[str, Tensor](), 0
    aims = Aims(examples, model.width)
    mark = fingerprint and f"{fingerprint}, {world} processes"
    kept = _kept(checkpoint, mark)
    if kept:
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        aims.vectors, begin, average = kept["aims"], kept["step"], kept["average"]
    else:
        aims.fill(model, teacher, examples, encoded, specials, recipe.longest, (rank, world))
    averaging = steps - int(steps * recipe.averaged)
    model.train()
    started, sums = time.monotonic(), dict[str, list[float]]()
    tell = tell if rank == 0 else lambda progress: None
    tell(Progress(begin, steps, 0.0, {}))
    for step in range(begin, steps):
        # The dropout of a step depends on nothing before it, so that a resumed run equals an unbroken one.
        torch.manual_seed(recipe.seed + step * world + rank)
        batch = collate(
            batches[step][rank], examples, encoded, specials, recipe.longest, len(model.outlook.trigger_types)
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=_fast_bfloat16()):
            found = losses(model, batch, recipe.weights, aims.of(batch))
        torch.stack(list(found.values())).sum().backward()  # type: ignore[no-untyped-call]
        _share_gradients(trained, world)
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        if step >= averaging:
            _average(average, model, step - averaging)
        for name, loss in found.items():
            sums.setdefault(name, []).append(loss.item())
        if (step + 1) % _TOLD_EVERY == 0:
            tell(Progress(step + 1, steps, time.monotonic() - started, _means(sums)))
            sums.clear()
        if rank == 0 and (step + 1) % recipe.checkpoint_every == 0:
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
            state |= {"schedule": schedule.state_dict(), "aims": aims.vectors, "average": average, "fingerprint": mark}
            _keep(checkpoint, state)
        if step + 1 == recipe.pause_after:
            return False
    if average:
        model.load_state_dict(average, strict=False)
    model.eval()
    if world > 1:
        distributed.destroy_process_group()
    return rank == 0


def _means(sums: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: sum(values) / len(values) for name, values in sums.items()}


def _kept(checkpoint: Path, fingerprint: str | None) -> dict[str, Any] | None:
    """The checkpoint to go on from, if there is one of the same training."""
    if not checkpoint.is_file():
        return None
    kept: dict[str, Any] = torch.load(checkpoint, weights_only=True)
    if fingerprint is None or kept.get("fingerprint") == fingerprint:
        return kept
    log.warning("%s is of another training (model, texts or recipe have changed); starting afresh", checkpoint)
    return None


def _keep(checkpoint: Path, state: Mapping[str, object]) -> None:
    """Write a checkpoint beside the last one and put it in its place, so that there is always a whole one."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, f"{checkpoint}.new")
    Path(f"{checkpoint}.new").replace(checkpoint)


def _join_processes() -> tuple[int, int]:
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1:
        torch.set_num_threads(1)
        distributed.init_process_group("gloo")
    return int(os.environ.get("RANK", "0")), world


def _share_gradients(parameters: Sequence[torch.nn.Parameter], world: int) -> None:
    """Average the gradients over the processes; a head without a label in a batch counts as zero."""
    if world == 1:
        return
    flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1) for p in parameters])
    distributed.all_reduce(flat)
    flat /= world
    at = 0
    for parameter in parameters:
        parameter.grad = flat[at : at + parameter.numel()].view_as(parameter)
        at += parameter.numel()


def _thaw(model: KoeModel, recipe: Recipe) -> list[torch.nn.Parameter]:
    """The parameters that are trained; the others are frozen."""
    model.requires_grad_(not recipe.only_sentiment)
    model.heads.sentiment.requires_grad_(True)
    model.bert.embeddings.requires_grad_(False)
    for layer in model.bert.encoder.layer[: recipe.frozen_layers]:
        layer.requires_grad_(False)
    return [value for value in model.parameters() if value.requires_grad]


def _optimiser(
    model: KoeModel, recipe: Recipe, steps: int
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    layers = model.bert.encoder.layer
    parts = [(layer, recipe.encoder_rate * recipe.layer_decay**depth) for depth, layer in enumerate(reversed(layers))]
    groups: list[dict[str, object]] = []
    for part, rate in [*parts, (model.heads, recipe.heads_rate)]:
        trained = [value for value in part.parameters() if value.requires_grad]
        if trained:
            groups.append({"params": trained, "lr": rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    warm = max(1, int(steps * recipe.warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))
    )
    return optimiser, schedule


@torch.no_grad()
def _average(average: dict[str, Tensor], model: KoeModel, seen: int) -> None:
    for name, value in model.named_parameters():
        if value.requires_grad:
            kept = average.get(name)
            average[name] = value.detach().clone() if kept is None else kept.lerp(value, 1 / (seen + 1))


def _fast_bfloat16() -> bool:
    from nlp.processor import fast_bfloat16

    return fast_bfloat16()
