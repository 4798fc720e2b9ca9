from __future__ import annotations

import numpy as np
import pytest

from reports.detection import assess
from reports.season import Cycle, cycles_of, learn

YEAR = 365.25 / 7


def seasonal(mean: float, strength: float, weeks: int, seed: int) -> np.ndarray:
    rate = mean * (1 + strength * np.sin(2 * np.pi * np.arange(weeks) / YEAR))
    return np.random.default_rng(seed).poisson(rate).astype(np.float64)


def test_periods_tell_their_cycles() -> None:
    assert cycles_of(7) == (Cycle(YEAR, 2),)
    assert [cycle.length for cycle in cycles_of(1)] == [7.0, 365.25]
    assert cycles_of(0) == (Cycle(12.0, 2),)
    assert cycles_of(91) == ()


def test_nothing_is_said_of_a_season_before_it_was_seen_twice() -> None:
    assert learn(seasonal(10, 0.5, 100, 1), np.ones(100), cycles_of(7)) is None
    seasons = learn(seasonal(10, 0.5, 120, 1), np.ones(120), cycles_of(7))
    assert seasons is not None
    assert not seasons.effects[:104].any()
    assert seasons.effects[104:].any(axis=1).all()


def test_a_season_is_learned_and_chance_is_not() -> None:
    seasons = learn(seasonal(10, 0.5, 160, 2), np.ones(160), cycles_of(7))
    assert seasons is not None
    # log(1 + 0.5 sin) has a first wave of about 0.54 in the sine.
    assert seasons.effects[-1, 1] == pytest.approx(0.54, abs=0.1)
    quiet = learn(seasonal(10, 0.0, 160, 2), np.ones(160), cycles_of(7))
    assert quiet is not None
    assert np.abs(quiet.effects[-1]).max() < 0.08


def test_a_growing_rate_is_no_season() -> None:
    counts = np.random.default_rng(3).poisson(5 * np.exp(0.5 * np.arange(170) / 52)).astype(np.float64)
    seasons = learn(counts, np.ones(170), cycles_of(7))
    assert seasons is not None
    assert np.abs(seasons.effects[-1]).max() < 0.1


def test_the_week_that_rises_every_year_is_expected_to() -> None:
    counts = seasonal(20, 0.5, 52 * 3 + 13, 4)
    with_season = assess(counts, baseline=52, cycles=cycles_of(7))
    without = assess(counts, baseline=52)
    assert with_season.expected[-1] == pytest.approx(30, rel=0.15)
    assert without.expected[-1] == pytest.approx(20, rel=0.15)
    assert np.nanmin(with_season.p_value[-20:]) > np.nanmin(without.p_value[-20:])


def test_a_season_uses_earlier_periods_only() -> None:
    past = seasonal(10, 0.5, 130, 5)
    later = seasonal(40, 0.9, 30, 6)
    alone = assess(past, baseline=52, cycles=cycles_of(7))
    followed = assess(np.concatenate([past, later]), baseline=52, cycles=cycles_of(7))
    np.testing.assert_allclose(followed.p_value[:130], alone.p_value, rtol=1e-9)


def test_the_day_of_the_week_is_known_after_four_weeks() -> None:
    rate = np.where(np.arange(200) % 7 >= 5, 2.0, 12.0)
    counts = np.random.default_rng(7).poisson(rate).astype(np.float64)
    look = assess(counts, baseline=84, min_periods=28, cycles=cycles_of(1))
    workdays, weekends = look.expected[100:][rate[100:] == 12], look.expected[100:][rate[100:] == 2]
    assert workdays.mean() == pytest.approx(12, rel=0.1)
    assert weekends.mean() == pytest.approx(2, rel=0.25)
    assert np.isnan(look.p_value[:28]).all()


def test_a_series_of_zeros_has_no_season() -> None:
    look = assess(np.zeros(160), baseline=52, cycles=cycles_of(7))
    assert look.p_value[-1] == 1
    assert look.expected[-1] == 0


def test_exposure_is_not_taken_for_a_season() -> None:
    exposure = 100 * (1 + 0.6 * np.sin(2 * np.pi * np.arange(160) / YEAR))
    counts = np.random.default_rng(8).poisson(0.1 * exposure).astype(np.float64)
    seasons = learn(counts, exposure, cycles_of(7))
    assert seasons is not None
    assert np.abs(seasons.effects[-1]).max() < 0.08
