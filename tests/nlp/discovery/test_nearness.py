from __future__ import annotations

import numpy as np
import pytest

from nlp.discovery.nearness import Group, Nearness, halves

WIDTH = 40


def crowd(rng, middle, count, noise=1.0, first=0):
    rows = middle + noise * rng.normal(size=(count, WIDTH)) / WIDTH**0.5
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return Group(rows.astype(np.float32), [f"shop:{first + number}" for number in range(count)])


def axis(number):
    return np.eye(WIDTH)[number]


def test_two_parts_of_one_crowd_lie_as_near_as_their_own():
    rng = np.random.default_rng(1)
    ratios = [Nearness(crowd(rng, axis(0), 12), crowd(rng, axis(0), 9, first=50)).ratio for _ in range(40)]
    assert np.mean(ratios) == pytest.approx(1, abs=0.03)


def test_two_crowds_about_different_things_are_not_near():
    rng = np.random.default_rng(2)
    nearness = Nearness(crowd(rng, axis(0), 12), crowd(rng, axis(1), 12, first=50))
    assert abs(nearness.ratio) < 0.2
    assert nearness.p_not_below(0.3) < 0.01
    assert nearness.p_not_above(0.3) > 0.99


def test_the_test_keeps_its_level_at_the_bar():
    rng = np.random.default_rng(3)
    bar = 0.5
    said = []
    for _ in range(400):
        # middles at this angle give a nearness of the bar, whatever the noise
        other = bar * axis(0) + (1 - bar**2) ** 0.5 * axis(1)
        nearness = Nearness(crowd(rng, axis(0), 15), crowd(rng, other, 15, first=50))
        said.append((nearness.ratio, nearness.p_not_above(bar)))
    ratios, p_values = np.array(said).T
    assert ratios.mean() == pytest.approx(bar, abs=0.03)
    assert (p_values <= 0.05).mean() < 0.09


def test_one_writer_who_says_it_ten_times_is_one_feedback():
    rng = np.random.default_rng(4)
    one, other = crowd(rng, axis(0), 6), crowd(rng, axis(0), 6, first=50)
    repeated = Group(np.concatenate([one.rows, *[one.rows[:1]] * 9]), [*one.feedback, *[one.feedback[0]] * 9])
    assert repeated.people == 6
    # the writer is compared with the others only, so that ten segments alike bring nothing
    assert Nearness(repeated, other).ratio < 1.3


def test_a_cosine_that_unrelated_complaints_show_too_counts_for_nothing():
    rng = np.random.default_rng(5)
    one, other = crowd(rng, axis(0) + axis(1), 12), crowd(rng, axis(0) - axis(1) / 2, 12, first=50)
    bare = Nearness(one, other)
    assert Nearness(one, other, unrelated=0.2).ratio < bare.ratio


def test_groups_without_any_spread_decide_at_once():
    same = Group(np.tile(axis(0), (4, 1)).astype(np.float32), ["a", "b", "c", "d"])
    assert Nearness(same, same).ratio == pytest.approx(1)
    assert Nearness(same, same).p_not_above(0.5) == 0
    assert Nearness(same, same).p_not_below(0.5) == 1


def test_halves_are_found_within_languages_and_not_between_them():
    rng = np.random.default_rng(6)
    about = [axis(1)] * 14 + [axis(2)] * 6
    langs = ["ja", "en"] * 10
    rows = np.array([middle + 3 * axis(3 if lang == "ja" else 4) for middle, lang in zip(about, langs, strict=True)])
    rows = rows + 0.3 * rng.normal(size=rows.shape) / WIDTH**0.5
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    assert halves(rows, langs).tolist() == [False] * 14 + [True] * 6
