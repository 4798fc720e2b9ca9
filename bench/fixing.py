"""How often the verdict on a fix is wrong, and how soon it is right, on simulated weeks.

An issue has 12 weeks before its fix at some feedback a week, of 100 for its product; the control is 400 feedback a
week on other products, of which 80 complain. Each week after the fix is looked at, as the weekly report does, until
26 have passed. Counts are Poisson, or have a variance of 1.5 times the mean (negative binomial). Seeded.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from reports.fix_verdict import Control, ControlKind, Side, Verdict, decide, judge_fix

BEFORE, AFTER, RUNS = 12, 26, 400
EXPOSURE, OTHERS, COMPLAINTS = 100, 400, 80
RATES = (1.0, 3.0, 10.0)


def main(_: argparse.Namespace) -> None:
    """Print the tables."""
    rng = np.random.default_rng(20_260_801)
    print("| remains | counts | a week before | fixed after 8 weeks | ever fixed | ever worse | median weeks | told |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for remains in (1.0, 0.5, 0.0):
        for phi in (1.0, 1.5):
            for rate in RATES:
                print(_row(rng, remains, phi, rate), flush=True)


def _row(rng: np.random.Generator, remains: float, phi: float, rate: float) -> str:
    eighth, fixed, worse, weeks = 0, 0, 0, []
    for _ in range(RUNS):
        told = _verdicts(rng, remains, phi, rate)
        eighth += told[7] is Verdict.FIXED
        worse += Verdict.WORSE in told
        if Verdict.FIXED in told:
            fixed += 1
            weeks.append(told.index(Verdict.FIXED) + 1)
    # Told at the fix, when nothing has come in since: how many weeks are needed on average.
    begun = judge_fix(
        Side(rate * BEFORE, EXPOSURE * BEFORE, EXPOSURE),
        Side(0, 0, EXPOSURE),
        Control(ControlKind.OTHER_PRODUCTS, Side(COMPLAINTS * BEFORE, OTHERS * BEFORE), Side(0, 0, OTHERS)),
    )
    needed = {0.0: begun.weeks_needed, 0.5: begun.weeks_if_halved, 1.0: None}[remains]
    median = f"{np.median(weeks):.0f}" if fixed > RUNS / 2 else "–"
    kind = "Poisson" if phi == 1 else f"variance {phi:g} × mean"
    shares = " | ".join(f"{share / RUNS:.1%}" for share in (eighth, fixed, worse))
    return f"| {remains:.0%} | {kind} | {rate:g} | {shares} | {median} | {needed or '–'} |"


def _verdicts(rng: np.random.Generator, remains: float, phi: float, rate: float) -> list[Verdict]:
    before = Side(_draw(rng, phi, rate, BEFORE).sum(), EXPOSURE * BEFORE)
    other_before = Side(_draw(rng, phi, COMPLAINTS, BEFORE).sum(), OTHERS * BEFORE)
    counts = _draw(rng, phi, rate * remains, AFTER).cumsum()
    others = _draw(rng, phi, COMPLAINTS, AFTER).cumsum()
    found = []
    for index in range(AFTER):
        weeks = index + 1
        control = Control(ControlKind.OTHER_PRODUCTS, other_before, Side(others[index], OTHERS * weeks))
        found.append(decide(before, Side(counts[index], EXPOSURE * weeks), control)[2])
    return found


def _draw(rng: np.random.Generator, phi: float, mean: float, size: int) -> NDArray[np.int64]:
    if phi == 1 or mean == 0:
        return rng.poisson(mean, size)
    return rng.negative_binomial(mean / (phi - 1), 1 / phi, size)
