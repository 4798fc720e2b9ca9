"""The written corpus is what its card says: sound labels, no copies, whole batches kept apart for the test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.evaluation.leaks import leaks, learnt_products
from nlp.training.check_corpus import Row, balance, mistakes, near_duplicates
from nlp.training.examples import CORPUS, read_corpus, read_rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(read_rows(CORPUS))


def test_labels_are_sound_and_no_text_stands_twice(rows: list[Row]) -> None:
    assert list(mistakes(rows)) == []
    assert list(near_duplicates(rows)) == []


def test_there_is_enough_of_everything(rows: list[Row]) -> None:
    texts = balance(rows)["texts"]
    assert texts["ja train"] + texts["ja dev"] + texts["ja test"] >= 4000
    assert texts["en train"] + texts["en dev"] + texts["en test"] >= 2000
    assert texts["ja test"] >= 600
    assert texts["en test"] >= 400
    danger = balance(rows)["danger"]
    assert danger["danger"] >= 300
    assert danger["near"] >= 300
    assert sum(row["part"] == "test" and row["danger"] == "danger" for row in rows) >= 100
    assert balance(rows)["sentences"]["3 and more"] >= len(rows) / 3
    assert len({row["category"] for row in rows}) >= 25


def test_the_parts_share_nothing() -> None:
    parts = {part: {example.text for example in read_corpus(CORPUS, part)} for part in ("train", "dev", "test")}
    assert all(parts.values())
    assert not parts["train"] & parts["test"]
    assert not parts["train"] & parts["dev"]
    assert not parts["dev"] & parts["test"]


def test_no_text_of_the_suites_is_learnt() -> None:
    assert list(leaks()) == []


def test_texts_of_the_suites_that_are_learnt_are_told_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "groups").mkdir()
    files = {
        "negation.jsonl": [{"a": "The lid leaks all day.", "b": "It never leaks."}],
        "triples.jsonl": [{"anchor": "ふたが閉まらなくなった。", "same": "I like it.", "different": "Nothing alike."}],
        "issues.jsonl": [{"text": "Nothing but trouble."}, {"text": "三日。ふたが閉まらなくなった"}],
        "ja01.jsonl": [{"text": "買って三日。ふたが閉まらなくなったので返品。"}, {"text": "I like it."}],
        "test-ja1.jsonl": [{"text": "It never leaks."}],
        "groups/a.jsonl": [{"product": "city bus", "ja": [], "en": ["the lid leaks all day"]}],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("ja01.jsonl", "test-ja1.jsonl", "groups"):
        (tmp_path / name).rename(corpus / name)
    assert sorted(leaks(tmp_path, corpus)) == [
        "issues.jsonl:2: '三日。ふたが閉まらなくなった' stands in ja01.jsonl:1",
        "negation.jsonl:1: 'The lid leaks all day.' nearly stands in groups/a.jsonl:1",
        "triples.jsonl:1: 'I like it.' stands in ja01.jsonl:2",
        "triples.jsonl:1: 'ふたが閉まらなくなった。' stands in ja01.jsonl:1",
    ]
    assert learnt_products(corpus) == {"city bus"}


def test_mistakes_are_told_with_their_place() -> None:
    row = {
        "place": "x.jsonl:3",
        "lang": "ja",
        "channel": "review",
        "sentiment": "sad",
        "pattern": "plain",
        "danger": "no",
        "stars": 6,
        "intents": ["complaint"],
        "text": "音が出ない。",
        "triggers": [[0, 5, "defect", "negative"], [4, 9, "noise", "negative"]],
    }
    told = "\n".join(mistakes([row, row]))
    for part in ("x.jsonl:3: sentiment 'sad'", "stars 6", "overlaps", "'noise'", "the same text as x.jsonl:3"):
        assert part in told
