"""The verdict on a fix: is an issue rarer after it than before, beyond chance, and beyond what happened elsewhere?

Before the fix there were ``x0`` feedback on an exposure of ``e0``, after it ``x1`` on ``e1``. Given the sum, ``x1`` is
binomial whatever the rate was, with the chance ``r e1 / (e0 + r e1)`` for a rate ratio ``r`` (Przyborowski & Wilenski
1940, Biometrika 31:313); the exact interval of that chance (Clopper & Pearson 1934, Biometrika 26:404) gives the exact
interval of ``r``, with zeros too.

What was not fixed tells what would have happened anyway: the ratio is divided by the ratio of the control over the
same weeks, with a normal interval on the log scale (a difference in differences; Altman & Bland 2003, BMJ 326:219) and
half a feedback added to each count (Walter 1975, Biometrika 62:371). Where the control is the feedback of the same
weeks that the fix does not cover, and there was no covered kind before, the two are compared with each other directly.

A fix is ``fixed`` when both intervals lie below 1, ``worse`` when both lie above 1, else there is no evidence yet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scipy import stats
from scipy.special import betaincinv

#: A control that is expected to show fewer feedback than this, before or after, tells too little.
ENOUGH_IN_CONTROL = 10

#: How far ahead it is looked for the week that decides.
MOST_WEEKS = 104

_Z = float(stats.norm.ppf(0.975))


class Verdict(StrEnum):
    """Whether a fix worked."""

    FIXED = "fixed"
    NO_EVIDENCE = "no evidence yet"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a fix: ``count`` feedback on an ``exposure``, of which ``weekly`` comes in a week lately."""

    count: float
    exposure: float
    weekly: float = 0.0

    def plus(self, weeks: int, rate: float) -> Side:
        """The same after some more weeks with a rate; what is expected of them is rounded up to whole feedback."""
        more = weeks * self.weekly
        return replace(self, count=self.count + math.ceil(more * rate - 1e-9), exposure=self.exposure + more)

    @property
    def rate(self) -> float:
        """Count over exposure; 0 without exposure."""
        return self.count / self.exposure if self.exposure else 0.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of rates with its 95 % interval; infinite where only the first rate is zero."""

    ratio: float
    low: float
    high: float


class ControlKind(StrEnum):
    """What was not fixed: the product's feedback that the fix does not cover, or other products."""

    SAME_PRODUCT = "same product"
    OTHER_PRODUCTS = "other products"


@dataclass(frozen=True, slots=True)
class Control:
    """What was not fixed, in the same weeks; without ``before`` it is compared with the other side directly."""

    kind: ControlKind
    before: Side | None
    after: Side

    def tells(self, rate: float) -> bool:
        """Whether it would show anything: enough feedback before the fix, and expected after it.

        ``rate`` is the issue's rate before the fix, for a control without a side before.
        """
        if self.before is not None:
            rate = self.before.rate
        enough_before = self.before is None or self.before.count >= ENOUGH_IN_CONTROL
        return enough_before and rate * self.after.exposure >= ENOUGH_IN_CONTROL

    def plus(self, weeks: int) -> Control:
        """The same after some more weeks like the ones after the fix, or before it where none have passed."""
        like = self.after if self.after.exposure or self.before is None else self.before
        return replace(self, after=self.after.plus(weeks, like.rate))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a fix: the ratio, the ratio against a control where one tells anything, the verdict.

    ``weeks_needed`` is how many more weeks like the latest decide, on average, if the fix works fully (nobody says it
    any more), ``weeks_if_halved`` if from now on the rate is half of what it was; 0 when it is decided, ``None`` when
    two years would not do or nothing is known of the exposure.
    """

    compared: Ratio | None
    against: Ratio | None
    control: Control | None
    verdict: Verdict
    weeks_needed: int | None
    weeks_if_halved: int | None


@dataclass(frozen=True, slots=True)
class FixVerdict:
    """A fix as a report tells it.

    ``covers`` is the condition as it is written, ``event`` the number of the fix in the ledger. ``before`` is of the
    feedback that the fix covers, or (``before_covered`` false: there was no such kind) of what it does not cover.
    ``earlier`` is the verdict of a week ago, ``None`` in the first week; ``not_told`` is how many feedback of both
    sides do not tell what the condition asks for, and so count on neither.
    """

    since: datetime
    covers: str | None
    event: int
    before: Side
    after: Side
    weeks_before: int
    weeks_after: int
    before_covered: bool
    in_units: bool
    not_told: int
    judgement: Judgement
    earlier: Verdict | None

    @property
    def turned(self) -> bool:
        """Whether another verdict is given than a week ago."""
        return self.judgement.verdict is not (self.earlier or Verdict.NO_EVIDENCE)


def judge_fix(before: Side, after: Side, control: Control | None = None) -> Judgement:
    """Say whether a fix worked.

    Args:
        before: the issue before the fix.
        after: the issue after it, in the feedback that it covers.
        control: what was not fixed; left out where it tells nothing.
    """
    telling = control if control is not None and control.tells(before.rate) else None
    compared, against, verdict = decide(before, after, telling)
    if verdict is not Verdict.NO_EVIDENCE:
        return Judgement(compared, against, telling, verdict, 0, 0)
    fully, halved = (_weeks_needed(before, after, control, share * before.rate) for share in (0.0, 0.5))
    return Judgement(compared, against, telling, verdict, fully, halved)


def decide(before: Side, after: Side, control: Control | None) -> tuple[Ratio | None, Ratio | None, Verdict]:
    """The ratio, the ratio against a control, and the verdict that follows from their intervals."""
    compared, against = _compare(before, after, control)
    if compared is None or (control is not None and against is None):
        return compared, against, Verdict.NO_EVIDENCE
    ratios = [compared] if against is None else [compared, against]
    if all(one.high < 1 for one in ratios):
        return compared, against, Verdict.FIXED
    worse = all(one.low > 1 for one in ratios)
    return compared, against, Verdict.WORSE if worse else Verdict.NO_EVIDENCE


def rate_ratio(before: Side, after: Side) -> Ratio | None:
    """The rate after over the rate before, with its exact 95 % interval; ``None`` where nothing can be said.

    Swapping the sides inverts all three.
    """
    if before.exposure <= 0 or after.exposure <= 0 or before.count + after.count <= 0:
        return None
    odds = before.exposure / after.exposure
    x, other = after.count, before.count
    low = 0.0 if x == 0 else _odds(float(betaincinv(x, other + 1, 0.025))) * odds
    high = math.inf if other == 0 else _odds(float(betaincinv(x + 1, other, 0.975))) * odds
    return Ratio(x / other * odds if other else math.inf, low, high)


def ratio_of_ratios(before: Side, after: Side, control_before: Side, control_after: Side) -> Ratio | None:
    """The ratio of an issue over the ratio of a control, with its 95 % interval on the log scale.

    Swapping the sides of both, or the issue with the control, inverts all three.
    """
    sides = (after, before, control_after, control_before)
    if any(side.exposure <= 0 for side in sides):
        return None
    logs = [math.log((side.count + 0.5) / side.exposure) for side in sides]
    middle = logs[0] - logs[1] - logs[2] + logs[3]
    spread = _Z * math.sqrt(sum(1 / (side.count + 0.5) for side in sides))
    return Ratio(math.exp(middle), math.exp(middle - spread), math.exp(middle + spread))


def _compare(before: Side, after: Side, control: Control | None) -> tuple[Ratio | None, Ratio | None]:
    compared = rate_ratio(before, after)
    if control is None or compared is None:
        return compared, None
    if control.before is None:
        return compared, rate_ratio(control.after, after)
    return compared, ratio_of_ratios(before, after, control.before, control.after)


def _weeks_needed(before: Side, after: Side, control: Control | None, rate: float) -> int | None:
    """The first number of further weeks with a rate after which the verdict would be ``fixed``."""
    if after.weekly <= 0:
        return None
    for weeks in range(1, MOST_WEEKS + 1):
        then = None if control is None else control.plus(weeks)
        # A control that tells too little now may tell enough by then.
        then = then if then is not None and then.tells(before.rate) else None
        if decide(before, after.plus(weeks, rate), then)[2] is Verdict.FIXED:
            return weeks
    return None


def _odds(chance: float) -> float:
    return chance / (1 - chance) if chance < 1 else math.inf
