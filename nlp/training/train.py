"""Train the model that koe ships: ``python -m nlp.training.train --encoder DIR --data DIR --out DIR``.

Two processes share the work with ``torchrun --nproc-per-node 2 -m nlp.training.train …``. The same seed, arguments and
number of processes give the same batches; an interrupted run goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, distributed

from nlp.encoding import Encoded, Specials
from nlp.model import KoeModel, weight_files
from nlp.training.batches import Mix, collate, encode_examples, plan
from nlp.training.examples import Example, read_corpus, read_groups
from nlp.training.objectives import losses, pool
from nlp.training.public_data import read_public

log = logging.getLogger("koe.training")

CORPUS = Path(__file__).parent / "corpus"

#: How many texts of each public set are read; the written corpus is the main teacher.
PUBLIC = {
    "dmaste": 150,
    "minibar": 200,
    "maalej": 100,
    "pulse": 50,
    "pros_cons": 200,
    "questions": 100,
    "banking": 320,
    "clinc": 320,
    "chabsa": 60,
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a training run; it pauses after so many steps, to go on when it is started again.

    The word embeddings and the lowest ``frozen_layers`` stay as they are: they read letters, not moods.
    """

    mix: Mix = field(default_factory=lambda: Mix(mixed_rounds=3, last_rounds=2))
    encoder_rate: float = 8e-5
    heads_rate: float = 8e-4
    warmup: float = 0.06
    longest: int = 128
    seed: int = 20261123
    checkpoint_every: int = 100
    pause_after: int | None = None
    frozen_layers: int = 4


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="BERT folder with tokenizer.json")
    parser.add_argument("--data", type=Path, help="folder of the public data sets; without it the corpus alone")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the written corpus")
    parser.add_argument("--out", type=Path, required=True, help="where the model goes")
    parser.add_argument("--warm-start", type=Path, help="a koe model made from that encoder, to start from")
    parser.add_argument("--rounds", type=int, help="read the corpus alone so many times, without the public data")
    parser.add_argument("--small", action="store_true", help="a few steps, to try the script")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    examples = list(read_corpus(chosen.corpus, "train"))
    recipe = Recipe()
    if chosen.small:
        examples, recipe = examples[:48], Recipe(mix=Mix(1, 0), longest=32, checkpoint_every=2)
    elif chosen.rounds:
        recipe = Recipe(mix=Mix(mixed_rounds=0, last_rounds=chosen.rounds))
    elif chosen.data:
        examples += read_groups(chosen.corpus, "train")
        examples += read_public(chosen.data, PUBLIC, recipe.seed)
    train(chosen.encoder, examples, chosen.out, recipe, chosen.warm_start)


def train(encoder: Path, examples: Sequence[Example], out: Path, recipe: Recipe, start: Path | None = None) -> None:  # noqa: PLR0915
    """Fine-tune a copy of an encoder on examples and save it with its heads, uncalibrated, into ``out``.

    ``start`` names a model of koe to start from: every weight of it that has the same shape is taken over.
    """
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    rank, world = _join_processes()
    torch.manual_seed(recipe.seed)
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    specials = Specials.of(tokenizer)
    model = KoeModel(BertConfig.from_pretrained(encoder))
    model.bert = BertModel.from_pretrained(encoder, add_pooling_layer=False, dtype=torch.float32)
    model.bert.embeddings.requires_grad_(False)
    for layer in model.bert.encoder.layer[: recipe.frozen_layers]:
        layer.requires_grad_(False)
    types = len(model.outlook.trigger_types)
    encoded = encode_examples(tokenizer, examples)
    batches = plan(examples, encoded, recipe.mix, recipe.seed)
    batches = [batch for batch in batches if len(batch) > 1]
    steps = len(batches) // world
    optimiser, schedule = _optimiser(model, recipe, steps)
    checkpoint = out / "checkpoint.pt"
    anchors, begin = torch.zeros((len(examples), model.width)), 0
    if checkpoint.is_file():
        kept = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(kept["model"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        anchors, begin = kept["anchors"], kept["step"]
    else:
        _fit_centre(model, examples, encoded, specials, recipe, anchors)
        if start:
            _start_from(model, start)
    trained = [value for value in model.parameters() if value.requires_grad]
    log.info("%d examples, %d batches, %d steps, from step %d", len(examples), len(batches), steps, begin)
    model.train()
    started, sums = time.monotonic(), dict[str, list[float]]()
    for step in range(begin, steps):
        # The dropout of a step depends on nothing before it, so that a resumed run equals an unbroken one.
        torch.manual_seed(recipe.seed + step * world + rank)
        batch = collate(batches[step * world + rank], examples, encoded, specials, recipe.longest, types)
        rows = anchors[batch.anchor] if bool((batch.anchor >= 0).all()) else None
        with torch.autocast("cpu", torch.bfloat16, enabled=_fast_bfloat16()):
            found = losses(model, batch, rows)
        torch.stack(list(found.values())).sum().backward()  # type: ignore[no-untyped-call]
        _share_gradients(trained, world)
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        for name, loss in found.items():
            sums.setdefault(name, []).append(loss.item())
        if rank == 0 and (step + 1) % 20 == 0:
            means = " ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sorted(sums.items()))
            log.info("step %d/%d %.0fs %s", step + 1, steps, time.monotonic() - started, means)
            sums.clear()
        if rank == 0 and (step + 1) % recipe.checkpoint_every == 0:
            state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}
            torch.save(state | {"schedule": schedule.state_dict(), "anchors": anchors}, f"{checkpoint}.new")
            Path(f"{checkpoint}.new").replace(checkpoint)
        if step + 1 == recipe.pause_after:
            return
    if rank == 0:
        model.save(out)
        shutil.copyfile(encoder / "tokenizer.json", out / "tokenizer.json")
        shutil.copyfile(encoder / "tokenizer_config.json", out / "tokenizer_config.json")
        (out / "recipe.json").write_text(json.dumps({"steps": steps, "seed": recipe.seed}) + "\n", encoding="utf-8")
        checkpoint.unlink(missing_ok=True)
        log.info("saved %s", out)
    if world > 1:
        distributed.destroy_process_group()


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


def _optimiser(
    model: KoeModel, recipe: Recipe, steps: int
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    encoder = [value for value in model.bert.parameters() if value.requires_grad]
    groups = [
        {"params": encoder, "lr": recipe.encoder_rate},
        {"params": list(model.heads.parameters()), "lr": recipe.heads_rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    warm = max(1, int(steps * recipe.warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))
    )
    return optimiser, schedule


@torch.no_grad()
def _fit_centre(
    model: KoeModel,
    examples: Sequence[Example],
    encoded: Sequence[Encoded],
    specials: Specials,
    recipe: Recipe,
    anchors: Tensor,
) -> None:
    """Centre the embeddings on the anchored texts, and keep their vectors as anchors."""
    numbers = [number for number, example in enumerate(examples) if example.anchored]
    numbers.sort(key=lambda number: len(encoded[number].ids))
    model.eval()
    for at in range(0, len(numbers), 32):
        rows = numbers[at : at + 32]
        batch = collate(rows, examples, encoded, specials, recipe.longest, len(model.outlook.trigger_types))
        anchors[rows] = pool(model.encode(batch.ids, batch.mask)[0], batch.content)
    model.heads.centre.copy_(anchors[numbers].mean(0))
    anchors[numbers] = model.heads.embed(anchors[numbers])


def _start_from(model: KoeModel, folder: Path) -> None:
    from safetensors.torch import load_file

    own = model.state_dict()
    for path in weight_files(folder):
        same = {name: value.float() for name, value in load_file(path).items() if name in own}
        model.load_state_dict({k: v for k, v in same.items() if v.shape == own[k].shape}, strict=False)


def _fast_bfloat16() -> bool:
    from nlp.processor import fast_bfloat16

    return fast_bfloat16()


if __name__ == "__main__":
    main()
