from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from koe.errors import UsageError
from koe.taxonomy import Sentiment
from nlp.analyser import Analyser
from nlp.evaluation.baselines import BASELINES
from nlp.evaluation.datasets import Pair
from nlp.evaluation.markdown import render
from nlp.evaluation.readings import Readings
from nlp.evaluation.run import BESIDE, evaluate
from nlp.evaluation.scorecard import Panel, Row, Scorecard, Target
from nlp.evaluation.suite_rows import PAIR_RULE, pair_rows

DOCS = Path(__file__).parents[3] / "docs"
TODAY = date(2026, 11, 23)
POSITIVE, NEGATIVE = Sentiment.POSITIVE, Sentiment.NEGATIVE
NEUTRAL, MIXED = Sentiment.NEUTRAL, Sentiment.MIXED


@pytest.fixture
def folders(corpus: Path, suites: Path) -> dict[str, Any]:
    return {"corpus": corpus, "suites": suites}


def _values(card: Scorecard) -> dict[tuple[str, str, str], Row]:
    return {(row.data, row.lang, row.measure): row for row in card.rows}


def test_everything_is_measured(keyword_analyser: Any, public_sets: Path, folders: dict[str, Any]) -> None:
    card = evaluate(keyword_analyser, TODAY, data=public_sets, **folders)
    rows = _values(card)
    assert rows["ja-marc", "ja", "1 against 5 stars, accuracy"].value == 1.0
    three = rows["ja-marc", "ja", "three classes, macro F1"]
    assert three.value == pytest.approx((1 + 0 + 2 / 3) / 3, abs=1e-4)
    assert three.baselines["always negative"] == pytest.approx(0.5 / 3, abs=1e-4)
    assert rows["ja-fkc-complaints", "ja", "negative or mixed"].value == 1.0
    assert rows["ja-jalan-polarity", "ja", "positive against negative, accuracy"].n == 2
    assert rows["en-lenovo-k8", "en", "positive against negative, accuracy"].target is None
    assert rows["corpus, test part", "ja", "sentiment, macro F1"].value == 1.0
    assert rows["corpus, test part", "ja", "safety, recall at precision 0.7"].value == 1.0
    assert rows["corpus, test part", "ja", "safety, recall as shipped"].value == 1.0
    assert rows["corpus, test part", "ja", "trigger phrases, exact F1"].value == 0.0
    assert rows["corpus, test part", "ja", "trigger phrases, overlapping F1"].value == 0.5
    # The analyser for tests cuts segments before the full stop, koe after it.
    assert rows["corpus, test part", "ja", "complaint segments, F1"].value == 0.0
    assert rows["negation suite", "ja", "pairs, both right"].value == 1.0
    assert rows["negation suite", "en", "pairs, both right"].value == 0.0
    assert rows["negation suite", "en", "texts, right"].value == 0.5
    assert rows["negation suite", "en", "texts, right"].n == 2
    assert rows["triples suite", "ja, en", "same complaint nearer"].value == 0.5
    assert rows["triples suite", "ja, en", "same complaint nearer, unseen products"].n == 2
    assert rows["corpus, test part", "ja", "safety, recall as shipped"].positives == 1
    assert {(row.channel, row.lang) for row in card.channels} == {
        (channel, lang) for channel in ("review", "social") for lang in ("ja", "en")
    }
    assert {row.measure for row in card.intents} == {"complaint, F1", "praise, F1"}
    assert card.model == "keyword-1"


def test_without_data_only_what_ships_is_measured(tiny: Analyser, folders: dict[str, Any]) -> None:
    card = evaluate(tiny, TODAY, **folders)
    assert {row.data for row in card.rows} == {"corpus, test part", "negation suite", "triples suite"}
    assert any("--data DIR" in line and "ja-marc" in line for line in card.left_out)
    assert any("--encoder DIR" in line for line in card.left_out)
    assert any("koe train --file marc.csv" in line for line in card.left_out)
    assert any("python -m bench pass" in line for line in card.left_out)


def test_what_it_says_of_ja_marc_makes_a_file_of_stars(public_sets: Path) -> None:
    (said,) = (line for line in BESIDE if line.startswith("ja-marc"))
    (code,) = re.findall(r'python -c "(.*?)" DIR', said)
    command = [sys.executable, "-c", code, str(public_sets / "ja-marc" / "valid.csv")]
    made = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONUTF8": "1"})
    assert made.stdout.splitlines()[:3] == ["text,rating", "すぐ壊れた。,1", "普通です。,3"]
    assert made.stdout.splitlines()[3] == "最高、買ってよかった。,5"


def test_every_baseline_answers_every_question_of_mood(
    tiny: Analyser, encoder: Path, public_sets: Path, folders: dict[str, Any]
) -> None:
    pytest.importorskip("vaderSentiment")
    card = evaluate(tiny, TODAY, data=public_sets, encoder=encoder, **folders)
    of_moods = [
        row for row in card.rows if not row.data.startswith(("corpus", "triples")) or "sentiment" in row.measure
    ]
    assert len(of_moods) == 6 + 2 * 2 + 2 * 2
    assert all(set(row.baselines) == set(BASELINES) for row in of_moods)
    assert "A lexicon gives no probabilities" in render(card)


def test_products_that_were_learnt_are_left_out_of_the_second_row_of_triples(
    keyword_analyser: Any, folders: dict[str, Any]
) -> None:
    groups = folders["corpus"] / "groups"
    groups.mkdir()
    row = {"product": "city bus", "issue": "late", "ja": [], "en": []}
    (groups / "a.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    triples = folders["suites"] / "triples.jsonl"
    first, second = map(json.loads, triples.read_text("utf-8").splitlines())
    lines = (json.dumps(first) + "\n", json.dumps(second | {"product": "city bus"}) + "\n")
    triples.write_text("".join(lines), "utf-8")
    rows = _values(evaluate(keyword_analyser, TODAY, **folders))
    every = rows["triples suite", "ja, en", "same complaint nearer"]
    unseen = rows["triples suite", "ja, en", "same complaint nearer, unseen products"]
    assert (every.value, every.n, unseen.value, unseen.n) == (0.5, 2, 1.0, 1)


@pytest.mark.parametrize(
    ("mood", "score", "right"),
    [
        (POSITIVE, 0.1, {POSITIVE}),
        (POSITIVE, -0.1, {NEGATIVE}),
        (MIXED, 0.1, {POSITIVE}),
        (MIXED, -0.6, {NEGATIVE}),
        (NEGATIVE, -0.1, {NEGATIVE}),
        (NEUTRAL, 0.3, {NEUTRAL}),
        (NEUTRAL, -0.3, {NEUTRAL}),
        (MIXED, 0.0, set()),
    ],
)
def test_no_reading_is_right_for_two_labels(mood: Sentiment, score: float, right: set[Sentiment]) -> None:
    readings = Readings([mood, mood], np.array([score, score]))
    for first, second in itertools.permutations((POSITIVE, NEUTRAL, NEGATIVE), 2):
        pair = Pair("ja", "negation", ("a", "b"), (first, second))
        both, each = pair_rows(Panel("negation suite", "ja", readings, {}), [pair])
        assert both.value == 0.0
        assert each.value == len(right & {first, second}) / 2


def test_the_interval_over_texts_of_pairs_draws_pairs() -> None:
    pairs = [Pair("ja", "negation", ("a", "b"), (NEGATIVE, POSITIVE))] * 40
    # Half of the pairs are right in both texts, half in none: forty draws, not eighty.
    scores = np.array([-1.0, 1.0] * 20 + [1.0, -1.0] * 20)
    readings = Readings([POSITIVE if score > 0 else NEGATIVE for score in scores], scores)
    both, each = pair_rows(Panel("negation suite", "ja", readings, {}), pairs)
    assert (each.value, each.n, both.n) == (0.5, 80, 40)
    assert (each.low, each.high) == (both.low, both.high)


def test_the_frozen_encoder_is_a_baseline(tiny: Analyser, encoder: Path, folders: dict[str, Any]) -> None:
    card = evaluate(tiny, TODAY, encoder=encoder, **folders)
    rows = _values(card)
    assert "frozen encoder" in rows["triples suite", "ja, en", "same complaint nearer"].baselines
    assert "frozen encoder" in rows["corpus, test part", "ja", "sentiment, macro F1"].baselines
    assert not any("--encoder" in line for line in card.left_out)


def test_each_data_set_is_read_in_one_pass(keyword_analyser: Any, public_sets: Path, folders: dict[str, Any]) -> None:
    passes: list[tuple[str, int]] = []

    @contextmanager
    def watch(name: str, texts: int) -> Iterator[Any]:
        passes.append((name, texts))
        yield lambda done: None

    evaluate(keyword_analyser, TODAY, data=public_sets, sample=2, watch=watch, **folders)
    assert dict(passes) == {
        **{"ja-marc": 2, "ja-jalan-polarity": 2, "ja-fkc-complaints": 1, "en-uci-amazon-cells": 2, "en-lenovo-k8": 2},
        **{"corpus, test part": 2, "negation suite": 4, "triples suite": 6},
    }
    assert len(passes) == 8


def test_what_is_missing_is_told(keyword_analyser: Any, tmp_path: Path, corpus: Path) -> None:
    (corpus / "test-one.jsonl").unlink()
    card = evaluate(keyword_analyser, TODAY, corpus=corpus, suites=tmp_path)
    assert card.rows == ()
    said = "\n".join(card.left_out)
    assert "no test part" in said
    assert "negation.jsonl" in said
    assert "triples.jsonl" in said
    with pytest.raises(UsageError, match=r"ja-marc/valid\.csv"):
        evaluate(keyword_analyser, TODAY, data=tmp_path)


def test_a_card_is_the_same_after_json(tiny: Analyser, folders: dict[str, Any]) -> None:
    card = evaluate(tiny, TODAY, **folders)
    plain = json.loads(json.dumps(card.to_json()))
    assert {"koe", "model", "seconds", "date", "rows", "channels", "left_out"} <= plain.keys()
    assert Scorecard.from_json(plain) == card
    assert render(Scorecard.from_json(plain)) == render(card)


def test_targets_are_floors_or_ceilings() -> None:
    row = Row("d", "ja", "m", 0.05, 0.0, 0.1, 10, target=Target(0.05, most=True))
    assert row.reached
    assert not Row("d", "ja", "m", 0.05, 0.0, 0.1, 10, target=Target(0.9)).reached
    assert Row("d", "ja", "m", None, None, None, 0, target=Target(0.9)).reached is None


def test_the_page_shows_values_targets_and_baselines() -> None:
    row = Row("ja-marc", "ja", "stars", 0.913, 0.9, 0.926, 2000, None, Target(0.9, aim=0.92), {"lexicon": 0.7})
    page = render(Scorecard("0.1.0", "m-1", "2026-11-23", 61.2, "test", None, (row,), (), (), ("One thing.",)))
    assert "| ja-marc | ja | stars | 2,000 | 0.913 [0.900, 0.926] | ≥ 0.90, aim 0.92 ✓ | – | 0.700 | – |" in page
    assert PAIR_RULE not in page
    assert "## Intents" not in page
    assert page.endswith("## Left out\n\n- One thing.\n")


def test_the_page_shows_how_many_count_and_the_rule_of_the_suite() -> None:
    danger = Row("corpus", "ja", "safety, recall as shipped", 0.9, 0.8, 1.0, 450, positives=58)
    pairs = Row("negation suite", "ja", "pairs, both right", 0.9, 0.8, 1.0, 200)
    page = render(Scorecard("0.1.0", "m-1", "2026-11-23", 1, "test", None, (danger, pairs), (), (), ()))
    assert "| safety, recall as shipped | 450 (58) | 0.900" in page
    assert f"\n\n{PAIR_RULE}\n" in page


@pytest.mark.skipif(not (DOCS / "scorecard.md").exists(), reason="no scorecard in the documentation yet")
def test_the_scorecard_in_the_documentation_is_what_the_command_wrote() -> None:
    card = Scorecard.from_json(json.loads((DOCS / "scorecard.json").read_text("utf-8")))
    assert render(card) == (DOCS / "scorecard.md").read_text("utf-8")
