"""``koe train`` from the command line to an installed model that reads, with a model of random weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import BertConfig
from typer.testing import CliRunner

from flows import doctor
from flows.cli import app
from flows.wiring import Wiring
from koe.analysis import Document
from koe.settings_file import load_settings
from nlp.model import KoeModel
from nlp.model_files import weights_hash

GOOD = ("とても良い", "気に入った", "works great", "love it")
BAD = ("すぐ壊れた", "最悪です", "stopped working", "waste of money")


@pytest.fixture
def folder(tmp_path: Path, tiny_config: Callable[..., BertConfig], add_tokenizer: Callable[[Path], None]) -> Path:
    """A koe.yaml with a tiny model, and 800 reviews of two moods."""
    model = KoeModel(tiny_config(width=32, hidden_dropout_prob=0.0))
    # Random features that differ enough between words for the head to tell them apart.
    torch.nn.init.normal_(model.heads.document.weight, std=1.0)
    model.save(tmp_path / "tiny")
    add_tokenizer(tmp_path / "tiny")
    (tmp_path / "koe.yaml").write_text("model: tiny\n", "utf-8")
    lines = ["text,rating"]
    for number in range(800):
        words, stars = (GOOD, 5) if number % 2 else (BAD, 1)
        lines.append(f"{words[number // 2 % 4]} {words[number // 2 % 4]} {number},{stars}")
    (tmp_path / "stars.csv").write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_koe_train_installs_a_model_that_reads(folder: Path) -> None:
    config = folder / "koe.yaml"
    words = ["--config", str(config), "train", "--file", str(folder / "stars.csv"), "--head", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["installed"], told
    own = folder / "koe-models" / "adapted-1"
    assert told["adaptation"]["folder"] == str(own)
    assert "training the sentiment head on" in done.stderr
    wiring = Wiring(load_settings(config))
    assert wiring.model_folder == own
    readings = dict(wiring.analyser.analyse([Document("とても良い"), Document("すぐ壊れた")]))
    assert readings[0].sentiment.score > readings[1].sentiment.score
    assert wiring.analyser.version.startswith("koe-small-")
    assert "-adapted+" in readings[0].model

    # Another base: the adapted copy is not in use, koe doctor says so.
    before = weights_hash(folder / "tiny")
    outlook = json.loads((folder / "tiny" / "config.json").read_text("utf-8"))
    outlook["koe"]["version"] = "9.9.9"
    (folder / "tiny" / "config.json").write_text(json.dumps(outlook), "utf-8")
    assert weights_hash(folder / "tiny") != before
    assert Wiring(load_settings(config)).model_folder == folder / "tiny"
    findings = {one.what: one for one in doctor.examine(config)}
    assert not findings["adapted model"].ok
    assert findings["adapted model"].mend == "koe train"
