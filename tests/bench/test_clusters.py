"""How the difference to BERTopic is told, on small cases that can be counted by hand."""

from __future__ import annotations

import pytest

from bench.clusters import differences

PEOPLE = ["a"] * 6 + ["b"] * 6 + ["c"] * 6


def test_equal_groupings_do_not_differ() -> None:
    pairs = list(zip(PEOPLE, PEOPLE, strict=True))
    for row in differences(pairs, pairs):
        assert (row["koe"], row["BERTopic"]) == (pytest.approx(1.0), pytest.approx(1.0))
        assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)


def test_a_clear_difference_has_an_interval_without_zero(capsys: pytest.CaptureFixture[str]) -> None:
    right = list(zip(PEOPLE, PEOPLE, strict=True))
    wrong = [(truth, str(number % 3)) for number, truth in enumerate(PEOPLE)]
    rows = differences(right, wrong)
    assert [row["measure"] for row in rows] == ["rand", "information"]
    # Found and people cross evenly: 9 pairs agree, 13.8 would by chance, of 45 and 45 in 153.
    chance = 45 * 45 / 153
    assert rows[0]["BERTopic"] == pytest.approx((9 - chance) / (45 - chance))
    for row in rows:
        assert row["low"] > 0.5
        assert row["low"] <= row["difference"] <= row["high"]
    assert "both apps, 18 texts: adjusted rand: koe 1.000" in capsys.readouterr().out
