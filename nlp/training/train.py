"""Train the model that koe ships: ``python -m nlp.training.train --encoder DIR --data DIR --out DIR``.

Two processes share the work with ``torchrun --nproc-per-node 2 -m nlp.training.train …``. The same seed, arguments and
number of processes give the same batches; an interrupted run goes on from its last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from koe.errors import UsageError
from nlp.model import KoeModel
from nlp.training.examples import CORPUS, Example, read_corpus, read_groups
from nlp.training.fit import Progress, fit
from nlp.training.public_data import read_public
from nlp.training.recipe import PUBLIC, Recipe
from nlp.training.vectors import fit_vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

log = logging.getLogger("koe.training")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="BERT folder with tokenizer.json")
    parser.add_argument("--data", type=Path, help="folder of the public data sets; without it the corpus alone")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the written corpus")
    parser.add_argument("--out", type=Path, required=True, help="where the model goes")
    parser.add_argument(
        "--share", type=float, default=1.0, help="learn from this share of corpus and public sets, to try a recipe"
    )
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="another choice of the recipe")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = changed(Recipe(), chosen.set)
    examples = list(read_corpus(chosen.corpus, "train")) + list(read_groups(chosen.corpus, "train", recipe.seed))
    if chosen.data:
        counts = {source: round(count * chosen.share) for source, count in PUBLIC.items()}
        examples += read_public(chosen.data, counts, recipe.seed)
    if chosen.share < 1:
        examples = [
            one for n, one in enumerate(examples) if one.source != "corpus" or n * chosen.share % 1 < chosen.share
        ]
    train(chosen.encoder, examples, chosen.out, recipe)


def changed(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """A recipe with settings like ``layers=9``, ``rounds.corpus=2`` or ``weights.groups=1`` changed.

    Raises:
        UsageError: when there is no such choice, or the value is no number.
    """
    for setting in settings:
        key, _, value = setting.partition("=")
        name, _, part = key.partition(".")
        before = getattr(recipe, name, None)
        if part and isinstance(before, Mapping) and (part in before or name == "rounds"):
            after: Any = {**before, part: _number(setting, value)}
        elif not part and isinstance(before, int | float) and not isinstance(before, bool):
            after = type(before)(_number(setting, value))
        else:
            names = ", ".join(one.name for one in fields(recipe))
            raise UsageError(f"{setting!r}: no such choice; expected KEY=NUMBER, of {names} (weights.KEY, rounds.KEY)")
        choice: dict[str, Any] = {name: after}
        recipe = replace(recipe, **choice)
    return recipe


def _number(setting: str, value: str) -> float | int:
    try:
        return float(value) if "." in value or "e" in value else int(value)
    except ValueError as error:
        raise UsageError(f"{setting!r}: {value!r} is no number") from error


def train(encoder: Path, examples: Sequence[Example], out: Path, recipe: Recipe) -> None:
    """Fine-tune a copy of an encoder on examples and save it with its heads, uncalibrated, into ``out``."""
    torch.manual_seed(recipe.seed)
    model, tokenizer = open_encoder(encoder, recipe.layers)
    teacher = open_encoder(encoder)[0].bert.eval()
    done = fit(model, tokenizer, examples, recipe, out / "checkpoint.pt", _log, teacher=teacher)
    if done:
        fit_vectors(model, teacher, tokenizer, examples, recipe.seed, recipe.vector_steps)
        model.save(out)
        shutil.copyfile(encoder / "tokenizer.json", out / "tokenizer.json")
        shutil.copyfile(encoder / "tokenizer_config.json", out / "tokenizer_config.json")
        choices = {one.name: getattr(recipe, one.name) for one in fields(recipe)}
        (out / "recipe.json").write_text(json.dumps(choices, indent=1) + "\n", encoding="utf-8")
        (out / "checkpoint.pt").unlink(missing_ok=True)
        log.info("saved %s", out)


def open_encoder(folder: Path, layers: int | None = None) -> tuple[KoeModel, Tokenizer]:
    """A Hugging Face BERT encoder, cut to its lowest ``layers`` (default: all), under new heads; and its tokenizer."""
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    config = BertConfig.from_pretrained(folder)
    config.num_hidden_layers = min(layers or config.num_hidden_layers, config.num_hidden_layers)
    model = KoeModel(config)
    model.bert = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False, dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return model, tokenizer


def _log(progress: Progress) -> None:
    means = " ".join(f"{name} {value:.3f}" for name, value in sorted(progress.losses.items()))
    log.info("step %d/%d %.0fs %s", progress.step, progress.steps, progress.seconds, means)


if __name__ == "__main__":
    main()
