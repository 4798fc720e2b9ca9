from __future__ import annotations

import math

import numpy as np
import pytest

from koe.week import Week
from reports.onset import LOSS_95, Onset, likely_onset

FIRST = Week(2026, 1)


def weeks(number: int) -> list[Week]:
    return [FIRST + index for index in range(number)]


def simulated(rng: np.random.Generator, factor: float, dispersion: float = 1.0) -> tuple[Onset | None, Week]:
    """Sixteen weeks at three a week, from some week on at a multiple of it, with an exposure that comes and goes."""
    exposures = rng.uniform(20, 80, 16)
    onset = int(rng.integers(4, 14))
    rates = 3 / 50 * exposures * np.where(np.arange(16) >= onset, factor, 1.0)
    varied = rates if dispersion == 1 else rng.gamma(rates / (dispersion - 1), dispersion - 1)
    return likely_onset(weeks(16), rng.poisson(varied), exposures), FIRST + onset


@pytest.mark.parametrize("dispersion", [1.0, 1.5])
def test_the_interval_covers_the_onset(dispersion: float) -> None:
    rng = np.random.default_rng(20260504)
    shown = [(found, true) for found, true in (simulated(rng, 3, dispersion) for _ in range(300)) if found]
    assert len(shown) >= 200
    assert np.mean([found.low <= true <= found.high for found, true in shown]) >= 0.9
    assert np.mean([found.week == true for found, true in shown]) >= 0.5


def test_a_sharp_rise_is_told_to_the_week() -> None:
    rng = np.random.default_rng(7)
    widths = [found.high.weeks_since(found.low) + 1 for found, _ in (simulated(rng, 8) for _ in range(300)) if found]
    assert len(widths) >= 295
    assert np.mean(widths) < 1.5


def test_without_a_change_no_onset_is_claimed() -> None:
    rng = np.random.default_rng(11)
    claimed = [simulated(rng, 1)[0] is not None for _ in range(300)]
    assert np.mean(claimed) <= 0.05


def test_more_exposure_is_no_rise_and_a_fall_has_no_onset() -> None:
    counts = np.array([2] * 8 + [8] * 4)
    assert likely_onset(weeks(12), counts, np.array([50] * 8 + [200] * 4)) is None
    found = likely_onset(weeks(12), counts, np.full(12, 50))
    assert found == Onset(FIRST + 8, FIRST + 7, FIRST + 8)
    assert likely_onset(weeks(12), counts[::-1], np.full(12, 50)) is None


def test_a_first_voice_begins_in_its_week_and_quiet_weeks_say_nothing() -> None:
    found = likely_onset(weeks(10), [0] * 9 + [6], [30] * 10)
    assert found == Onset(FIRST + 9, FIRST + 9, FIRST + 9)
    few = likely_onset(weeks(10), [0] * 9 + [4], [30] * 10)
    assert few == Onset(FIRST + 9, FIRST + 8, FIRST + 9)
    # A week without any feedback of the product cannot tell when it began.
    closed = likely_onset(weeks(10), [0] * 9 + [6], [30] * 8 + [0, 30])
    assert closed == Onset(FIRST + 9, FIRST + 9, FIRST + 9)


@pytest.mark.parametrize(("counts", "exposures"), [([], []), ([5], [10]), ([0, 0, 0], [9, 9, 9]), ([0, 9], [9, 0])])
def test_too_little_to_tell(counts: list[int], exposures: list[int]) -> None:
    assert likely_onset(weeks(len(counts)), counts, exposures) is None


def test_one_count_and_one_exposure_a_week() -> None:
    with pytest.raises(ValueError, match="each of the 3 weeks"):
        likely_onset(weeks(3), [1, 2], [1, 2, 3])


def test_the_loss_is_the_published_one() -> None:
    assert (1 - math.exp(-LOSS_95 / 2)) ** 2 == pytest.approx(0.95)
    assert round(LOSS_95, 2) == 7.35
