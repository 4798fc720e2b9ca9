"""A model learns from a company's own stars, and keeps what else it knows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from koe.analysis import Document
from koe.errors import ModelError, UsageError
from koe.settings import ModelSettings
from koe.taxonomy import Sentiment
from nlp.analyser import load_analyser
from nlp.model import read_config
from nlp.training import adapt as adapting
from nlp.training.adapt import HEAD, WHOLE, Adaptation, Start, adapt
from nlp.training.examples import CORPUS, Example, Statement
from nlp.training.rated import MOODS_OF_STARS, HeldBack, RatedText, answers, part, share_of_gains
from nlp.training.rehearsal import DANGEROUS, Knowledge, knowledge, languages, rehearsal

GOOD = ("とても良い", "気に入った", "works great", "love it")
BAD = ("すぐ壊れた", "最悪です", "stopped working", "waste of money")
SHARD = "model-00002-of-00002.safetensors"


def rated(count: int) -> list[RatedText]:
    texts = []
    for number in range(count):
        words, stars = (GOOD, 5.0) if number % 2 else (BAD, 1.0)
        texts.append(RatedText(Document(f"{words[number // 2 % 4]} {number}", "title" if number % 3 else ""), stars))
    return texts


HEAD_FAST = replace(HEAD, rounds={"rated": 5}, heads_rate=0.3)
WHOLE_FAST = replace(
    WHOLE, rounds={"rated": 1, "corrections": 1}, longest=32, encoder_rate=5e-3, heads_rate=1e-2, checkpoint_every=5
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written corpus of 90 Japanese and 60 English texts, every tenth dangerous."""
    folder = tmp_path_factory.mktemp("corpus")
    for lang, count in (("ja", 90), ("en", 60)):
        rows = [
            {
                "lang": lang,
                "text": f"音が出ない {number}" if lang == "ja" else f"no sound {number}",
                "sentiment": "negative",
                "triggers": [[0, 5, "defect", "negative"]],
                "intents": ["complaint"],
                "danger": "danger" if number % 10 == 0 else "no",
            }
            for number in range(count)
        ]
        (folder / f"{lang}01.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return folder


def done(made: Adaptation | None) -> Adaptation:
    assert made is not None
    return made


def test_the_head_learns_and_all_else_stays(tiny_model: Path, tmp_path: Path) -> None:
    told: list[Start] = []
    made = done(adapt(tiny_model, rated(200), tmp_path / "own", whole=False, recipe=HEAD_FAST, begun=told.append))
    assert made.better, made.shortcomings
    assert made.after.good_or_bad > made.before.good_or_bad
    assert made.learnt_from + made.before.texts == 200
    (start,) = told
    assert (start.whole, start.rated, start.rehearsed, start.done) == (False, made.learnt_from, 0, 0)
    assert start.steps > 30
    before, after = load_file(tiny_model / SHARD), load_file(tmp_path / "own" / SHARD)
    assert {name for name in before if not torch.equal(before[name], after[name])} <= {
        "heads.sentiment.weight",
        "heads.sentiment.bias",
    }
    assert "-adapted+" in load_analyser(ModelSettings(name=str(made.folder))).version
    assert not (made.folder / "checkpoint.pt").exists()


def test_the_whole_model_learns_from_stars_and_corrections(tiny_model: Path, tmp_path: Path, corpus: Path) -> None:
    texts = rated(200)
    _, held = part(texts, 0.2)
    corrections = [
        Example("corrections", text, "ja", statements=(Statement(0, len(text), 1.0, group),), topic="p")
        for group in ("ISSUE-0001", "ISSUE-0002")
        for text in ("音が出ない", "鳴らない", "無音です")
    ]
    unseen = [replace(one.example, source="corrections", topic="p") for one in held[:4]]
    told: list[Start] = []
    made = done(
        adapt(
            tiny_model,
            texts,
            tmp_path / "own",
            whole=True,
            corrections=[*corrections, *unseen],
            recipe=WHOLE_FAST,
            corpus=corpus,
            begun=told.append,
        )
    )
    assert made.corrections == 6, "what is held back is not learnt from by way of corrections"
    assert told[0].rehearsed > 100
    assert made.after.log_loss < made.before.log_loss
    assert made.after == answers(made.folder, held).figures
    assert made.knew
    assert made.knows
    calibration = read_config(made.folder)[1].calibration
    assert calibration.intents, "the thresholds are fitted anew"
    assert made.knows == knowledge_of_dev(made.folder, corpus)


def knowledge_of_dev(model: Path, corpus: Path) -> Knowledge:
    dev = list(adapting.read_corpus(corpus, "dev"))
    return knowledge(model, adapting.drawn(dev, languages(dev), adapting.ASKED, WHOLE.seed))


def test_an_interrupted_training_goes_on(
    tiny_model: Path, tmp_path: Path, corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts, one, other = rated(180), tmp_path / "one", tmp_path / "other"
    unbroken = done(adapt(tiny_model, texts, one, whole=True, recipe=WHOLE_FAST, corpus=corpus))
    paused = replace(WHOLE_FAST, pause_after=12)
    assert adapt(tiny_model, texts, other, whole=True, recipe=paused, corpus=corpus) is None
    assert [path.name for path in other.iterdir()] == ["checkpoint.pt"]
    told: list[Start] = []
    gone_on = done(adapt(tiny_model, texts, other, whole=True, recipe=WHOLE_FAST, corpus=corpus, begun=told.append))
    assert told[0].done == 10
    assert gone_on.after.macro_f1 == unbroken.after.macro_f1
    first, second = load_file(one / SHARD), load_file(other / SHARD)
    assert all(torch.allclose(first[key], second[key], atol=1e-3) for key in first)
    assert not caplog.records


def test_a_checkpoint_of_other_texts_is_not_gone_on_from(
    tiny_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recipe = replace(HEAD_FAST, checkpoint_every=5)
    assert adapt(tiny_model, rated(200), tmp_path, whole=False, recipe=replace(recipe, pause_after=6)) is None
    told: list[Start] = []
    assert adapt(tiny_model, rated(220), tmp_path, whole=False, recipe=recipe, begun=told.append)
    assert told[0].done == 0
    assert "starting afresh" in caplog.text


def test_what_is_read_again_is_mixed_like_the_rated_texts() -> None:
    like = [RatedText(Document("音が出ない", lang=None), 1.0).example] * 3 + [Example("rated", "no sound", "en-GB")]
    assert languages(like) == {"ja": 0.75, "en": 0.25}
    drawn = rehearsal(CORPUS, like, 400, seed=1)
    assert Counter(one.lang for one in drawn) == {"ja": 300, "en": 100}
    for lang in ("ja", "en"):
        own = [one for one in drawn if one.lang == lang]
        assert sum(bool(one.safety) for one in own) == pytest.approx(DANGEROUS * len(own), abs=1)
    assert [one.text for one in drawn] == [one.text for one in rehearsal(CORPUS, like, 400, seed=1)]
    assert {one.text for one in drawn} != {one.text for one in rehearsal(CORPUS, like, 400, seed=2)}
    assert len({one.text for one in drawn}) > 390, "from the whole corpus, none twice"


def test_a_language_with_few_texts_keeps_its_share(corpus: Path) -> None:
    drawn = rehearsal(corpus, [Example("rated", "no sound", "en"), Example("rated", "無音", "ja")], 10_000, seed=1)
    told = Counter(one.lang for one in drawn)
    assert told["ja"] == told["en"]
    assert 45 < told["en"] <= 60


def test_better_needs_a_sure_gain_less_surprise_and_nothing_forgotten(tmp_path: Path) -> None:
    fine = Adaptation(tmp_path, 400, 0, True, HeldBack(90, 0.8, 0.6, 0.7), HeldBack(90, 0.9, 0.7, 0.5), gains=0.97)
    known = Knowledge(300, 0.95, 0.70)
    assert fine.better
    assert replace(fine, knew=known, knows=Knowledge(300, 0.94, 0.69)).better
    assert "89%" in replace(fine, gains=0.89).shortcomings[0]
    assert not replace(fine, after=replace(fine.after, log_loss=0.7)).better
    assert "dangers" in replace(fine, knew=known, knows=Knowledge(300, 0.92, 0.8)).shortcomings[0]
    assert "phrases" in replace(fine, knew=known, knows=Knowledge(300, 0.99, 0.67)).shortcomings[0]


def test_a_gain_by_chance_is_told_from_a_sure_one() -> None:
    texts = rated(100)
    truth = np.array([one.mood for one in texts])
    wrong = truth.copy()
    wrong[:20] *= -1
    other = truth.copy()
    other[20:40] *= -1
    assert share_of_gains(texts, wrong, truth, seed=1) == 1.0
    assert share_of_gains(texts, truth, truth, seed=1) == 0.0
    assert 0.3 < share_of_gains(texts, wrong, other, seed=1) < 0.7
    assert share_of_gains(texts, wrong, other, seed=1) == share_of_gains(texts, wrong, other, seed=1)


def test_the_same_texts_are_held_back_each_time() -> None:
    learning, held = part(rated(200), 0.3)
    again, same = part(list(reversed(rated(200))), 0.3)
    assert {one.document for one in held} == {one.document for one in same}
    assert not {one.document for one in held} & {one.document for one in again}
    assert 30 <= len(held) <= 90
    assert len(learning) + len(held) == 200


def test_too_little_says_how_much_is_needed(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 100 are needed"):
        adapt(tiny_model, rated(40), tmp_path)
    alike = [replace(one, stars=5.0) for one in rated(200)]
    with pytest.raises(UsageError, match=r"all ratings .* are alike"):
        adapt(tiny_model, alike, tmp_path)
    with pytest.raises(UsageError, match=r"at least 30 are needed .* --hold-back 0\.40"):
        adapt(tiny_model, rated(100), tmp_path, held_back=0.1)
    assert not list(tmp_path.iterdir())


def test_lone_surrogates_are_parted_too() -> None:
    odd = [*rated(200), RatedText(Document("\ud800 壊れた"), 1.0)]
    assert sum(map(len, part(odd, 0.3))) == 201


def test_every_star_has_a_mood() -> None:
    assert set(MOODS_OF_STARS) == {1, 2, 3, 4, 5}
    assert RatedText(Document("x"), 4.6).example.moods == frozenset({Sentiment.POSITIVE})


def test_a_config_of_another_koe_says_the_mend(tiny_model: Path, tmp_path: Path) -> None:
    config = json.loads((tiny_model / "config.json").read_text("utf-8"))
    for calibration in (config["koe"]["calibration"] | {"begin": 0.7}, None):
        broken = config | {"koe": config["koe"] | {"calibration": calibration}}
        (tmp_path / "config.json").write_text(json.dumps(broken), "utf-8")
        with pytest.raises(ModelError, match="koe train"):
            read_config(tmp_path)
