from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score

from nlp.evaluation.metrics import (
    calibration_error,
    estimate,
    f1,
    macro_f1,
    ratio,
    recall_at_precision,
    share,
    value_of,
)

_RNG = np.random.default_rng(7)


def test_macro_f1_is_scikit_learn_s() -> None:
    truth, found = _RNG.integers(0, 4, 200), _RNG.integers(0, 4, 200)
    classes = np.arange(4)
    measure = macro_f1(truth[:, None] == classes, found[:, None] == classes)
    assert value_of(measure, 200) == pytest.approx(f1_score(truth, found, average="macro"))


def test_classes_that_the_truth_lacks_do_not_count() -> None:
    assert value_of(macro_f1([[1, 0], [1, 0]], [[1, 0], [1, 1]]), 2) == 1.0


def test_f1_counts_over_all_texts() -> None:
    assert value_of(f1(hits=[1, 0], found=[2, 1], wanted=[1, 2]), 2) == pytest.approx(2 * 1 / (3 + 3))


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    confidences = [0.95, 0.95, 0.95, 0.95, 0.50]
    right = [1, 1, 1, 0, 1]
    expected = 4 / 5 * abs(0.75 - 0.95) + 1 / 5 * abs(1 - 0.50)
    assert value_of(calibration_error(confidences, right), 5) == pytest.approx(expected)
    assert value_of(calibration_error([1.0, 0.0], [1, 0]), 2) == 0.0


def test_recall_at_precision_takes_the_best_threshold() -> None:
    scores, wanted = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 1, 0, 1, 0, 0]
    assert value_of(recall_at_precision(scores, wanted, 0.7), 6) == 1.0
    assert value_of(recall_at_precision(scores, wanted, 0.8), 6) == pytest.approx(2 / 3)
    assert value_of(recall_at_precision([0.9, 0.1], [0, 1], 0.7), 2) == 0.0


def test_texts_of_one_score_are_taken_together() -> None:
    assert value_of(recall_at_precision([0.9, 0.9, 0.1], [1, 0, 0], 0.7), 3) == 0.0


def test_measures_of_resamples_are_those_of_the_texts_drawn() -> None:
    scores, wanted = np.round(_RNG.random(40), 1), _RNG.random(40) < 0.4
    drawn = _RNG.integers(0, 40, 40)
    weights = np.bincount(drawn, minlength=40)[None].astype(float)
    right = _RNG.random(40) < 0.7
    for make in (
        lambda rows: recall_at_precision(scores[rows], wanted[rows], 0.5),
        lambda rows: calibration_error(scores[rows], right[rows]),
        lambda rows: ratio(wanted[rows] & right[rows], right[rows]),
    ):
        assert make(np.arange(40))(weights)[0] == pytest.approx(value_of(make(drawn), 40))


def test_the_interval_is_that_of_a_share() -> None:
    right = np.arange(400) < 320
    found = estimate(share(right), 400)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    half = 1.96 * math.sqrt(0.8 * 0.2 / 400)
    assert found.low == pytest.approx(0.8 - half, abs=0.01)
    assert found.high == pytest.approx(0.8 + half, abs=0.01)
    assert estimate(share(right), 400) == found
    assert estimate(share(right), 400, seed=1) != found


def test_nothing_to_measure_is_no_number() -> None:
    assert estimate(share([]), 0).value is None
    assert estimate(ratio([0, 0], [0, 0]), 2).value is None
