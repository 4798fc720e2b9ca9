from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from koe.errors import InputError, UsageError
from koe.taxonomy import Sentiment
from nlp.evaluation.datasets import (
    FILES,
    LANGUAGES,
    SUITES,
    check_folder,
    read_pairs,
    read_public,
    read_triples,
    read_written,
    sampled,
)

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("ja-marc", [("すぐ壊れた。", NEGATIVE), ("普通です。", NEUTRAL), ("最高、買ってよかった。", POSITIVE)]),
        ("ja-jalan-polarity", [("良かったです。", POSITIVE), ("壊れていました。", NEGATIVE)]),
        ("ja-fkc-complaints", [("音が出ないので困ります。", NEGATIVE)]),
        ("en-uci-amazon-cells", [("It broke.", NEGATIVE), ("Great phone.", POSITIVE)]),
        ("en-lenovo-k8", [("Good", POSITIVE), ("It drops calls", NEGATIVE)]),
    ],
)
def test_public_sets_are_read(name: str, texts: list[tuple[str, Sentiment]], public_sets: Path) -> None:
    check_folder(public_sets)
    assert [(one.document.text, one.mood) for one in read_public(public_sets, name)] == texts


def test_a_missing_file_is_named(public_sets: Path) -> None:
    (public_sets / "ja-marc" / "valid.csv").unlink()
    with pytest.raises(UsageError, match=r"missing ja-marc/valid\.csv; expected a folder with .*en-lenovo-k8"):
        check_folder(public_sets)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ja-marc", "text,label\n良い,fine\n", "valid.csv:2: unknown label 'fine'; expected negative, neutral"),
        ("ja-marc", "body,label\n良い,positive\n", "expected the columns text and label"),
        ("ja-jalan-polarity", "a1\n", "pn.dev.tsv:1: unknown label ''"),
        ("en-uci-amazon-cells", "fine\t1\nno label\n", "labelled.txt:2: unknown label 'no label'"),
        ("ja-fkc-complaints", '{"text": "x"}\n{"body": 1}\n', "complaints.jsonl:2: not a row"),
        ("ja-fkc-complaints", "[\n", "complaints.jsonl:1: not a row"),
    ],
)
def test_a_strange_row_is_told_with_its_place(name: str, content: str, said: str, public_sets: Path) -> None:
    (public_sets / name / FILES[name]).write_text(content, "utf-8")
    with pytest.raises(InputError) as told:
        read_public(public_sets, name)
    assert said in str(told.value)


def test_the_written_corpus_keeps_its_channels(corpus: Path) -> None:
    test = read_written(corpus, "test")
    assert [one.channel for one in test] == ["review", "review", "social"] * 2
    assert [one.mood for one in test] == [NEGATIVE, NEGATIVE, POSITIVE] * 2
    assert len(read_written(corpus, "train")) + len(read_written(corpus, "dev")) == 30
    (corpus / "test-two.jsonl").write_text('{"lang": "ja", "text": "x"}\n', "utf-8")
    with pytest.raises(InputError, match=r"test-two\.jsonl:1"):
        read_written(corpus, "test")
    (corpus / "test-two.jsonl").write_text("{\n", "utf-8")
    with pytest.raises(InputError, match=r"the line after test-one\.jsonl:6 is no row of the corpus"):
        read_written(corpus, "test")


def test_a_sample_is_always_the_same() -> None:
    assert sampled(range(100), 5) == sampled(range(100), 5)
    assert len(set(sampled(range(100), 5))) == 5
    assert sampled(range(3), 5) == sampled(range(3), None) == [0, 1, 2]


def test_the_suites_that_ship_are_sound() -> None:
    pairs = read_pairs(SUITES / "negation.jsonl")
    assert len(pairs) >= 300
    assert set(Counter(pair.lang for pair in pairs)) == set(LANGUAGES)
    assert all(pair.texts[0] != pair.texts[1] and pair.moods[0] is not pair.moods[1] for pair in pairs)
    triples = read_triples(SUITES / "triples.jsonl")
    assert len(triples) >= 300
    assert all(len({one.anchor, one.same, one.different}) == 3 for one in triples)
