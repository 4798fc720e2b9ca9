from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reports.dispersion import MIDDLE, PRIOR_DISPERSION, PRIOR_WEIGHT, dispersion_posterior, point_dispersion


def posterior(counts: np.ndarray, mean: float) -> tuple[np.ndarray, np.ndarray]:
    rows = np.atleast_2d(counts).astype(np.float64)
    return dispersion_posterior(rows, np.full(rows.shape, mean), np.full(len(rows), float(rows.shape[1])))


def test_without_data_the_prior_speaks() -> None:
    weights, phi = dispersion_posterior(np.zeros((1, 5)), np.zeros((1, 5)), np.zeros(1))
    assert weights.sum() == pytest.approx(1)
    assert (np.diff(phi[0]) >= 0).all()
    median = PRIOR_WEIGHT * PRIOR_DISPERSION / stats.chi2.ppf(0.5, PRIOR_WEIGHT)
    assert phi[0, MIDDLE] == pytest.approx(median, rel=0.1)


def test_quantiles_from_the_table_are_right() -> None:
    counts = np.random.default_rng(1).negative_binomial(5, 1 / 3, (1, 60))
    weights, phi = posterior(counts, 10.0)
    # A Poisson mean of the posterior's chi-squared: E[1 / chi2_k] = 1 / (k - 2), so the mean is scale / (k - 2).
    estimate = ((counts - 10.0) ** 2 / 10).sum() / 59
    beyond = max(estimate, 1)
    worth = 59 * 20 / (20 + 6 * (beyond - 1) + 1 / beyond)
    scale = PRIOR_WEIGHT * PRIOR_DISPERSION + worth * estimate
    assert (phi[0] > 1).all()
    assert float(phi[0] @ weights) == pytest.approx(scale / (PRIOR_WEIGHT + worth - 2), rel=1e-3)


def test_it_finds_extra_variation_and_never_less_than_chance() -> None:
    chance = np.random.default_rng(2)
    _, of_poisson = posterior(chance.poisson(5, (1, 150)), 5.0)
    _, of_more = posterior(chance.negative_binomial(5 / 2, 1 / 3, (1, 150)), 5.0)
    _, of_equal = posterior(np.full((1, 150), 5), 5.0)
    assert of_poisson[0, MIDDLE] < 1.5 < of_more[0, MIDDLE]
    assert (of_equal == 1).all()


def test_one_number_agrees_with_the_posterior() -> None:
    counts = np.random.default_rng(3).negative_binomial(5, 1 / 3, 100).astype(np.float64)
    _, phi = posterior(counts, 10.0)
    assert point_dispersion(counts, np.full(100, 10.0), 99.0) == pytest.approx(phi[0, MIDDLE], rel=0.1)
