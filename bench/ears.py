"""EARS C1, C2 and C3, as yardsticks for detection; koe itself does not use them.

Hutwagner, Thompson, Seeman & Treadwell 2003, Journal of Urban Health 80:i89; C3 as in Fricker, Hegler & Dunfee 2008,
Statistics in Medicine 27:3407. R's ``surveillance::earsC`` gives the same values (tests/reports/test_against_r.py).
"""

from __future__ import annotations

import numpy as np

from reports.lookback import FloatArray, earlier

BASELINE = 7


def c1(counts: FloatArray, least: float = 0.0) -> FloatArray:
    """How many standard deviations each count is above the mean of the 7 before it; NaN for the first 7.

    ``least`` is the smallest standard deviation that is divided by; with 0 a rise after seven equal counts is infinite.
    """
    return _standardised(counts, 0, least)


def c2(counts: FloatArray, least: float = 0.0) -> FloatArray:
    """As :func:`c1`, with the two latest of the earlier counts left out; NaN for the first 9."""
    return _standardised(counts, 2, least)


def c3(counts: FloatArray, least: float = 0.0) -> FloatArray:
    """What C2 has been above 1, over the last three counts; NaN for the first 11."""
    above = np.maximum(c2(counts, least) - 1, 0)
    total = above.copy()
    total[1:] += above[:-1]
    total[2:] += above[:-2]
    total[: BASELINE + 4] = np.nan
    return total


def against(counts: FloatArray, lag: int, least: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of the 7 counts before each, after leaving out the ``lag`` latest of them."""
    past = earlier(counts, BASELINE, lag + 1)
    return past.mean(axis=1), np.maximum(past.std(axis=1, ddof=1), least)


def _standardised(counts: FloatArray, lag: int, least: float) -> FloatArray:
    mean, deviation = against(counts, lag, least)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (counts - mean) / deviation
    found[: BASELINE + lag] = np.nan
    return found
