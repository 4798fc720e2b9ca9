from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from koe.errors import UsageError
from nlp.analyser import Analyser
from nlp.evaluation.markdown import render
from nlp.evaluation.run import evaluate
from nlp.evaluation.scorecard import Row, Scorecard, Target

DOCS = Path(__file__).parents[3] / "docs"
TODAY = date(2026, 11, 23)


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
    assert rows["triples suite", "ja, en", "same complaint nearer"].value == 0.5
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
    assert "| ja-marc | ja | stars | 2,000 | 0.913 [0.900, 0.926] | ≥ 0.90, aim 0.92 ✓ | 0.700 |" in page
    assert "## Intents" not in page
    assert page.endswith("## Left out\n\n- One thing.\n")


@pytest.mark.skipif(not (DOCS / "scorecard.md").exists(), reason="no scorecard in the documentation yet")
def test_the_scorecard_in_the_documentation_is_what_the_command_wrote() -> None:
    card = Scorecard.from_json(json.loads((DOCS / "scorecard.json").read_text("utf-8")))
    assert render(card) == (DOCS / "scorecard.md").read_text("utf-8")
