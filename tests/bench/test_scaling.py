from __future__ import annotations

from collections import Counter

from bench.scaling import ALONE, PRODUCTS, segments


def test_what_is_measured_is_the_same_each_time_and_shaped_as_said():
    made = segments(600)
    again = segments(600)
    assert [one.text for one in made] == [one.text for one in again]
    assert all((one.embedding == other.embedding).all() for one, other in zip(made, again, strict=True))
    assert Counter(one.lang for one in made).keys() == {"ja", "en"}
    assert len({one.product_id for one in made}) == PRODUCTS
    lone = sum(any(letter.isdigit() for letter in one.text) and "x" in one.text for one in made)
    assert abs(lone / len(made) - ALONE) < 0.08
