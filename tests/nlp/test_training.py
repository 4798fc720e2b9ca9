from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from koe.analysis import Document
from koe.settings import ModelSettings
from nlp.analyser import load_analyser
from nlp.evaluation.readings import read_with
from nlp.training.calibrate import calibrate
from nlp.training.examples import CORPUS, Example, Statement, from_row, read_corpus, read_groups
from nlp.training.recipe import Recipe
from nlp.training.train import changed, open_encoder, train
from nlp.training.vectors import fit_vectors

RECIPE = Recipe(
    rounds={"corpus": 1},
    vector_steps=10,
    size=4,
    longest=32,
    checkpoint_every=3,
    heads_rate=1e-2,
    averaged=0.3,
)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    grouped = [
        Example("clinc", text, "en", statements=(Statement(0, len(text), None, group),), topic="clinc")
        for group in ("a", "b", "c")
        for text in (f"ask {group} {n}" for n in range(4))
    ]
    return list(read_corpus(CORPUS, "dev"))[:16] + grouped


@pytest.fixture(scope="module")
def trained(encoder: Path, examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    train(encoder, examples, out, RECIPE)
    return out


def test_the_trained_model_reads(trained: Path, examples: list[Example]) -> None:
    fitted = calibrate(trained, examples[:16])
    assert 0.05 <= fitted.safety <= 0.9
    assert set(fitted.danger) == {"bias", "head", "phrase", "words"}
    analyser = load_analyser(ModelSettings(name=str(trained)))
    ((_, analysis),) = analyser.analyse([Document("音が出ない")])
    assert analysis.model == analyser.version
    read = read_with(analyser, [Document(example.text, lang=example.lang) for example in examples[:16]])
    assert len(read.moods) == 16


def test_word_embeddings_stay_and_have_a_file_of_their_own(trained: Path, encoder: Path) -> None:
    shard = load_file(trained / "model-00001-of-00002.safetensors")
    (name,) = shard
    before = load_file(encoder / "model.safetensors")["embeddings.word_embeddings.weight"]
    assert name == "bert.embeddings.word_embeddings.weight"
    assert torch.equal(shard[name], before.to(torch.float16))
    index = json.loads((trained / "model.safetensors.index.json").read_text())
    assert set(index["weight_map"].values()) == {path.name for path in trained.glob("*.safetensors")}


def test_a_paused_run_ends_where_an_unbroken_one_does(
    trained: Path, encoder: Path, examples: list[Example], tmp_path: Path
) -> None:
    train(encoder, examples, tmp_path, replace(RECIPE, pause_after=4))
    assert not (tmp_path / "config.json").exists()
    train(encoder, examples, tmp_path, RECIPE)
    name = "model-00002-of-00002.safetensors"
    one, other = load_file(trained / name), load_file(tmp_path / name)
    assert all(torch.allclose(one[key], other[key], atol=1e-3) for key in one)


def test_a_recipe_is_changed_by_name() -> None:
    recipe = changed(Recipe(), ["layers=9", "rounds.corpus=7", "weights.groups=0.25"])
    assert (recipe.layers, recipe.rounds["corpus"], recipe.weights["groups"]) == (9, 7, 0.25)
    assert recipe.rounds["groups"] == Recipe().rounds["groups"]


def test_complaint_segments_follow_the_phrases() -> None:
    row = {
        "lang": "ja",
        "text": "音は良いです。充電が切れる。",
        "sentiment": "mixed",
        "triggers": [[0, 6, "praise", "positive"], [7, 13, "performance", "negative"]],
        "intents": ["complaint", "praise"],
        "danger": "no",
    }
    assert [statement.complaint for statement in from_row(row).statements] == [0.0, 1.0]


def test_groups_say_what_belongs_together_and_what_does_not_complain() -> None:
    examples = [example for part in ("train", "dev") for example in read_groups(CORPUS, part)]
    members: dict[str, set[str]] = {}
    for example in examples:
        for statement in example.statements:
            assert example.text[statement.start : statement.end].strip()
            assert bool(statement.complaint) == bool(statement.group)
            if statement.group:
                members.setdefault(statement.group, set()).add(example.lang)
    assert len(members) >= 96
    assert all(langs == {"ja", "en"} for langs in members.values())
    assert any(len(example.statements) == 3 for example in examples)


def test_vectors_come_to_tell_faults_apart(
    encoder: Path, add_tokenizer: Callable[[Path], None], tmp_path: Path
) -> None:
    """Over a frozen encoder: only the vector layers change, and groups come nearer together than before."""
    said = {"a": ("音が出ない", "no sound", "無音だ"), "b": ("すぐ切れる", "drops out", "落ちる")}
    examples = [
        Example("groups", text, "ja", statements=(Statement(0, len(text), 1.0, group),), topic="p")
        for group, texts in said.items()
        for text in texts
    ]
    model, tokenizer = open_encoder(encoder)
    teacher, _ = open_encoder(encoder)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    fit_vectors(model.eval(), teacher.bert.eval(), tokenizer, examples, seed=1, steps=40)
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert {name.split(".")[1] for name in changed} <= {"vector_mean", "vector_scale", "vector_hidden", "vector"}
    model.save(tmp_path)
    add_tokenizer(tmp_path)
    analyser = load_analyser(ModelSettings(name=str(tmp_path)))
    read = dict(analyser.analyse([Document(text) for texts in said.values() for text in texts]))
    rows = np.stack([read[number].embedding for number in range(6)])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    cosines = rows @ rows.T
    assert cosines[:3, :3].mean() > cosines[:3, 3:].mean()
