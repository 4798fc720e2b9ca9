"""koe's yardsticks and expectations beside those of R's package surveillance (values made by data/surveillance.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from bench.ears import against, c1, c2, c3
from reports.detection import assess
from reports.season import cycles_of

R: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "surveillance.json").read_text("utf-8"))

EARS = [(series, method) for series in R["ears"] for method in series["methods"]]


@pytest.mark.parametrize(("series", "method"), [pair for pair in EARS if pair[1]["method"] != "C3"])
def test_ears_c1_and_c2_agree_exactly(series: dict[str, Any], method: dict[str, Any]) -> None:
    counts, begin = np.array(series["counts"], dtype=float), series["from"]
    z = stats.norm.ppf(1 - method["alpha"])
    statistic, lag = (c1, 0) if method["method"] == "C1" else (c2, 2)
    mean, deviation = against(counts, lag, method["least"])
    np.testing.assert_allclose((mean + z * deviation)[begin:], method["upper"], rtol=1e-9)
    assert (statistic(counts, method["least"])[begin:] > z).tolist() == method["alarm"]


@pytest.mark.parametrize(("series", "method"), [pair for pair in EARS if pair[1]["method"] == "C3"])
def test_ears_c3_is_made_of_the_same_parts(series: dict[str, Any], method: dict[str, Any]) -> None:
    """surveillance 1.20.3 puts the two earlier parts of C3 into its bound, and leaves out the latest one."""
    counts, begin = np.array(series["counts"], dtype=float), series["from"]
    above = np.maximum(c2(counts, method["least"]) - 1, 0)
    total = c3(counts, method["least"])[begin:]
    earlier_parts = total - above[begin:]
    deviation = against(counts, 2, method["least"])[1][begin:]
    z = stats.norm.ppf(1 - method["alpha"])
    bound = np.maximum(counts[begin:] + deviation * (z - earlier_parts), 0)
    np.testing.assert_allclose(bound, method["upper"], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("series", R["level"])
def test_with_one_level_it_expects_what_farrington_flexible_expects(series: dict[str, Any]) -> None:
    first, last = series["reference"]
    for index, (expected, upper, dispersion) in enumerate(
        zip(series["expected"], series["upper"], series["dispersion"], strict=True)
    ):
        week = series["from"] + index
        weeks = [*range(week - first, week - last + 1), week]
        counts, population = (np.array(series[name], dtype=float)[weeks] for name in ("counts", "population"))
        look = assess(counts, population, baseline=first - last + 1)
        assert look.expected[-1] == pytest.approx(expected, rel=1e-6)
        # R plugs its estimate in; koe draws it to its prior, and adds how unsure level and dispersion are.
        assert look.high[-1] == pytest.approx(upper, abs=1, rel=0.05)
        assert look.dispersion[-1] == pytest.approx(dispersion, rel=0.15)


def test_with_a_season_it_expects_what_farrington_flexible_expects() -> None:
    errors = []
    for series in R["season"]:
        begin = series["from"]
        look = assess(series["counts"], baseline=52, cycles=cycles_of(7))
        ours, theirs, rate = look.expected[begin:], np.array(series["expected"]), np.array(series["rate"])
        assert np.median(np.abs(ours / theirs - 1)) < 0.05
        assert np.median(look.high[begin:] / np.array(series["upper"])) == pytest.approx(1, abs=0.06)
        errors.append([np.mean((expected / rate - 1) ** 2) for expected in (ours, theirs)])
    # Two waves and the last year's level are no further from the truth than ten seasons over three years.
    ours, theirs = np.mean(errors, axis=0)
    assert ours <= theirs
