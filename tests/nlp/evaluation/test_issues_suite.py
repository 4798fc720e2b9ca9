"""The issues suite is what it is said to be: enough of everything, nothing twice, products that koe never learnt."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import yaml

import samples
from koe.errors import InputError
from nlp.evaluation.datasets import LANGUAGES, SUITES, IssueText, read_issues
from nlp.training.check_corpus import NEAR, grams_of
from nlp.training.examples import CORPUS

_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")


@pytest.fixture(scope="module")
def suite() -> list[IssueText]:
    return read_issues(SUITES / "issues.jsonl")


def test_there_is_enough_of_everything(suite: list[IssueText]) -> None:
    assert len({one.product for one in suite}) == 8
    issues = Counter((one.product, one.issue, one.lang) for one in suite if one.issue)
    assert len({(product, issue) for product, issue, _ in issues}) == 26
    assert set(issues.values()) == {6}
    assert len(issues) == 2 * 26
    assert set(Counter(product for product, _, lang in issues if lang == "ja").values()) == {3, 4}
    strays = Counter((one.product, one.lang) for one in suite if one.issue is None)
    assert len(strays) == 2 * 8
    assert set(strays.values()) == {6}


def test_texts_are_in_the_language_they_say(suite: list[IssueText]) -> None:
    assert [one.text for one in suite if bool(_JAPANESE.search(one.text)) is not (one.lang == "ja")] == []


def test_no_text_stands_twice_or_nearly(suite: list[IssueText]) -> None:
    grams = [(one.text, grams_of(one.text)) for one in suite]
    assert len({text for text, _ in grams}) == len(suite)
    near = [(a, b) for (a, one), (b, two) in combinations(grams, 2) if len(one & two) > NEAR * len(one | two)]
    assert near == []


def test_texts_have_no_blanks_at_their_ends_and_no_line_breaks(suite: list[IssueText]) -> None:
    assert [one.text for one in suite if one.text != " ".join(one.text.split())] == []


def test_koe_learns_from_no_group_of_these_products(suite: list[IssueText]) -> None:
    learnt = {
        json.loads(line)["product"].casefold()
        for path in (CORPUS / "groups").glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
    }
    assert learnt
    mine = {one.product for one in suite}
    assert {(one, other) for one in mine for other in learnt if one in other or other in one} == set()


def test_the_sample_shop_sells_none_of_these_products(suite: list[IssueText]) -> None:
    shop = yaml.safe_load((Path(samples.__file__).parent / "koe.yaml").read_text("utf-8"))["products"]
    sold = [product["name"]["en"].casefold() for product in shop.values()]
    assert len(sold) == 5
    assert [(one.product, name) for one in suite for name in sold if one.product in name] == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"product": "lamp", "issue": None, "lang": "fr", "text": "x"}, "'fr' is none of ja, en"),
        ({"product": "lamp", "issue": "", "lang": LANGUAGES[0], "text": "x"}, "issue words or null"),
        ({"product": "lamp", "lang": LANGUAGES[0], "text": "x"}, "KeyError: 'issue'"),
    ],
)
def test_a_strange_row_is_told_with_its_place(row: dict[str, object], said: str, tmp_path: Path) -> None:
    path = tmp_path / "issues.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(InputError) as told:
        read_issues(path)
    assert f"{path}:1" in str(told.value)
    assert said in str(told.value)
