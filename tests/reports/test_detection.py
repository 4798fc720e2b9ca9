from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reports.detection import assess, events, expected_false_alarms, q_values


def test_a_sudden_rise_is_found_and_chance_is_not() -> None:
    look = assess([1, 0, 2, 1, 1, 0, 1, 2, 1, 9])
    assert look.p_value[-1] < 0.005
    assert np.nanmin(look.p_value[:-1]) > 0.05


def test_a_brand_new_issue_of_an_old_product_can_alert() -> None:
    assert assess([0] * 9 + [6], [20] * 10).p_value[-1] < 0.01


def test_a_fault_that_trickles_in_is_found_within_three_weeks() -> None:
    assert assess([0] * 9 + [2, 3, 3]).p_value[-1] < 0.01


def test_without_history_nothing_is_known() -> None:
    look = assess([1, 2, 30], min_periods=4)
    assert np.isnan(look.p_value).all()
    assert not look.known.any()


def test_a_period_without_exposure_says_nothing() -> None:
    look = assess([1] * 8, [10, 10, 10, 10, 10, 0, 10, 10])
    assert np.isnan(look.p_value[5])
    assert look.expected[6] == pytest.approx(1.0)


def test_more_exposure_explains_more_counts() -> None:
    counts = [2] * 9 + [8]
    assert assess(counts, [20] * 9 + [80]).p_value[-1] > 0.4 > assess(counts, [20] * 10).p_value[-1]


def test_only_earlier_periods_take_part() -> None:
    past = [1, 2, 0, 1, 3, 1, 2]
    assert assess([*past, 4, 50]).p_value[7] == assess([*past, 4, 0]).p_value[7] == assess([*past, 4]).p_value[7]


def test_a_fall_is_found_on_the_other_side() -> None:
    look = assess([6, 7, 5, 6, 8, 6, 7, 5, 0, 1, 0])
    assert look.p_lower[-1] < 0.01
    assert look.p_value[-1] > 0.5


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
def test_the_level_holds_when_nothing_happens(dispersion: float) -> None:
    chance = np.random.default_rng(7)
    mean, runs = 3.0, 400
    if dispersion == 1:
        counts = chance.poisson(mean, (runs, 15))
    else:
        counts = chance.negative_binomial(mean / (dispersion - 1), 1 / dispersion, (runs, 15))
    p_values = np.array([assess(row).p_value[-1] for row in counts])
    # 0.08: the level 0.05 and 2.7 standard errors of 400 runs.
    assert (p_values <= 0.05).mean() <= 0.08
    assert (p_values <= 0.01).mean() <= 0.025


def test_with_no_extra_variation_it_is_close_to_the_exact_poisson_test() -> None:
    counts = [4, 5, 4, 4, 5, 4, 5, 4, 4, 5, 4, 4, 12]
    exact = stats.binom.sf(11, sum(counts), 1 / 13)
    found = assess(counts).p_value[-1]
    assert exact < found < 0.05


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        assess([1, -1])
    with pytest.raises(ValueError, match="one length"):
        assess([1, 2], [1])


def test_unknown_p_values_are_not_in_the_family() -> None:
    q = q_values([0.01, np.nan, 0.04])
    assert q[0] == pytest.approx(0.02)
    assert np.isnan(q[1])
    assert q[2] == pytest.approx(0.04)
    assert np.isnan(q_values([np.nan])).all()


def test_one_rise_is_one_alert() -> None:
    standings = events([1, 9, 12, 11, 1, 1, 9], [1] * 7, [1.0] * 7, [False, True, True, False, False, False, True])
    assert [standing.event for standing in standings] == [None, 1, 1, 1, None, None, 2]
    assert [standing.alert for standing in standings] == [False, True, False, False, False, False, True]


def test_a_new_level_ends_an_event() -> None:
    standings = events([9] * 5, [1] * 5, [1.0] * 5, [True, False, False, False, True])
    assert [standing.event for standing in standings] == [1, 1, None, None, 2]


def test_expected_false_alarms() -> None:
    assert expected_false_alarms(0.05, 0) == expected_false_alarms(0.05, 1) == 0.05
    assert expected_false_alarms(0.05, 4) == pytest.approx(0.2)
