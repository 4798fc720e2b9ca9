"""The measures on the issues suite, on a small case that can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.issues import markdown, score, scores, write
from nlp.evaluation.datasets import IssueText


def said(issue: str | None, langs: str, product: str = "lamp") -> list[IssueText]:
    """One text a letter: j is Japanese, e is English."""
    return [IssueText(product, issue, {"j": "ja", "e": "en"}[letter], f"{issue} {n}") for n, letter in enumerate(langs)]


ROWS = [*said("dim", "jjee"), *said("hot", "jjee"), *said(None, "je")]


def test_what_is_found_as_it_is_scores_full_marks() -> None:
    one = score(ROWS, ["A"] * 4 + ["B"] * 4 + [None, None])
    assert (one.rand, one.information) == (1.0, pytest.approx(1.0))
    assert (one.texts, one.placed, one.clusters) == (8, 8, 2)
    assert (one.held, one.issues) == (2, 2)
    assert (one.alone, one.strays) == (2, 2)


def test_texts_that_are_left_alone_are_groups_of_their_own() -> None:
    one = score(ROWS, [None] * 10)
    assert (one.rand, one.held, one.alone, one.placed, one.clusters) == (0.0, 0, 2, 0, 0)


def test_the_adjusted_rand_index_is_that_of_the_formula() -> None:
    # Pairs together in both 3 + 3, in the truth 6 + 6, found 3 + 3, of 28 in all.
    one = score(ROWS, ["A", "A", "A", None, "B", "B", "B", None, "A", None])
    expected = 12 * 6 / 28
    assert one.rand == pytest.approx((6 - expected) / ((12 + 6) / 2 - expected))
    assert (one.alone, one.strays) == (1, 2)
    # Both clusters hold two Japanese texts and one English one.
    assert one.held == 0


def test_an_issue_in_two_pieces_is_held_by_the_larger_one() -> None:
    rows = said("dim", "jjjeee")
    assert score(rows, ["B", "B", "A", "B", "B", "A"]).held == 1
    # One cluster for each language: neither holds both.
    assert score(rows, ["A", "A", "A", "B", "B", "B"]).held == 0


def test_two_issues_in_one_cluster_lower_the_agreement_only() -> None:
    one = score(ROWS, ["A"] * 8 + [None, None])
    assert one.held == 2
    assert one.rand == 0.0


def test_the_same_issue_of_two_products_is_two() -> None:
    rows = [*said("dim", "jjee"), *said("dim", "jjee", "torch")]
    table = scores(rows, ["A"] * 4 + ["B"] * 4)
    assert list(table) == ["lamp", "torch", "all"]
    assert table["all"].issues == 2
    assert table["all"].rand == 1.0


def test_the_table_shows_every_figure() -> None:
    page = markdown({"koe": scores(ROWS, ["A"] * 4 + ["B"] * 3 + [None] * 3)})
    assert "| all | 0.774 |" in page
    assert "| 1 of 2 | 2 of 2 | 7 of 8 | 2 |" in page


def test_tables_and_figures_are_written_beside_each_other(tmp_path: Path) -> None:
    tables = {"koe": scores(ROWS, ["A"] * 4 + ["B"] * 4 + [None, "A"])}
    write(tmp_path / "new", tables)
    assert (tmp_path / "new" / "issues.md").read_text("utf-8") == markdown(tables)
    figures = json.loads((tmp_path / "new" / "issues.json").read_text("utf-8"))
    assert list(figures["koe"]) == ["lamp", "all"]
    assert figures["koe"]["all"] == {
        **{"texts": 8, "placed": 8, "clusters": 2, "rand": 1.0, "information": pytest.approx(1.0)},
        **{"issues": 2, "held": 2, "strays": 2, "alone": 1},
    }
