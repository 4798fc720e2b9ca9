"""A model learns from a company's own stars, and keeps what else it knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from koe.analysis import Document
from koe.errors import UsageError
from koe.settings import ModelSettings
from koe.taxonomy import Sentiment
from nlp.analyser import load_analyser
from nlp.training import adapt as adapting
from nlp.training.adapt import MOODS_OF_STARS, RatedText, adapt, held_back_numbers
from nlp.training.examples import Example, Statement

GOOD = ("とても良い", "気に入った", "works great", "love it")
BAD = ("すぐ壊れた", "最悪です", "stopped working", "waste of money")


def rated(count: int) -> list[RatedText]:
    texts = []
    for number in range(count):
        words, stars = (GOOD, 5.0) if number % 2 else (BAD, 1.0)
        texts.append(RatedText(Document(f"{words[number // 2 % 4]} {number}", "title" if number % 3 else ""), stars))
    return texts


HEAD = replace(adapting._HEAD, rounds={"rated": 10}, heads_rate=0.2)
WHOLE = replace(adapting._WHOLE, rounds={"rated": 4, "corrections": 1}, longest=32, encoder_rate=5e-3, heads_rate=1e-2)
SHARD = "model-00002-of-00002.safetensors"


def test_the_head_learns_and_all_else_stays(tiny_model: Path, tmp_path: Path) -> None:
    made = adapt(tiny_model, rated(160), tmp_path / "own", whole=False, recipe=HEAD)
    assert made.better
    assert made.after.good_or_bad > made.before.good_or_bad
    assert made.learnt_from + made.before.texts == 160
    before, after = load_file(tiny_model / SHARD), load_file(tmp_path / "own" / SHARD)
    assert {name for name in before if not torch.equal(before[name], after[name])} <= {
        "heads.sentiment.weight",
        "heads.sentiment.bias",
    }
    assert "-adapted+" in load_analyser(ModelSettings(name=str(made.folder))).version


def test_the_whole_model_learns_from_stars_and_corrections(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "read_corpus", lambda folder, part: iter([]))
    corrections = [
        Example("corrections", text, "ja", statements=(Statement(0, len(text), 1.0, group),), topic="p")
        for group in ("ISSUE-0001", "ISSUE-0002")
        for text in ("音が出ない", "鳴らない", "無音です")
    ]
    made = adapt(tiny_model, rated(160), tmp_path / "own", whole=True, corrections=corrections, recipe=WHOLE)
    assert made.whole
    assert made.corrections == 6
    assert made.after.log_loss < made.before.log_loss
    assert made.after == held_back_numbers(made.folder, adapting._parted(rated(160), 0.2)[1])


def test_the_same_texts_are_held_back_each_time() -> None:
    learning, held = adapting._parted(rated(200), 0.3)
    again, same = adapting._parted(list(reversed(rated(200))), 0.3)
    assert {one.document for one in held} == {one.document for one in same}
    assert not {one.document for one in held} & {one.document for one in again}
    assert 30 <= len(held) <= 90
    assert len(learning) + len(held) == 200


def test_too_little_says_how_much_is_needed(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 100 are needed"):
        adapt(tiny_model, rated(40), tmp_path)
    alike = [replace(one, stars=5.0) for one in rated(200)]
    with pytest.raises(UsageError, match="all ratings are alike"):
        adapt(tiny_model, alike, tmp_path)


def test_every_star_has_a_mood() -> None:
    assert set(MOODS_OF_STARS) == {1, 2, 3, 4, 5}
    assert RatedText(Document("x"), 4.6).example.moods == frozenset({Sentiment.POSITIVE})
