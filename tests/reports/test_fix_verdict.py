from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from reports.fix_verdict import (
    Control,
    ControlKind,
    Ratio,
    Side,
    Verdict,
    judge_fix,
    rate_ratio,
    ratio_of_ratios,
)

counts = st.integers(0, 400)
exposures = st.floats(1, 5000)
sides = st.builds(Side, counts, exposures)


def inverse(number: float) -> float:
    return math.inf if number == 0 else 1 / number


@pytest.mark.parametrize(
    ("before", "after"),
    [((20, 100.0), (5, 150.0)), ((7, 70.0), (0, 90.0)), ((0, 40.0), (6, 30.0)), ((300, 2000.0), (290, 2100.0))],
)
def test_the_interval_is_the_exact_one_of_the_binomial_test(
    before: tuple[int, float], after: tuple[int, float]
) -> None:
    (x0, e0), (x1, e1) = before, after
    found = rate_ratio(Side(x0, e0), Side(x1, e1))
    assert found is not None
    chance = stats.binomtest(x1, x0 + x1).proportion_ci(0.95, method="exact")
    for limit, expected in ((found.low, chance.low), (found.high, chance.high)):
        wanted = math.inf if expected == 1 else expected / (1 - expected) * e0 / e1
        assert limit == pytest.approx(wanted, rel=1e-9)
    assert found.ratio == (math.inf if x0 == 0 else pytest.approx(x1 / e1 / (x0 / e0)))


@given(sides, sides)
def test_the_interval_leaves_out_one_when_the_exact_test_does(before: Side, after: Side) -> None:
    found = rate_ratio(before, after)
    if found is None:
        assert before.count + after.count == 0
        return
    share = after.exposure / (before.exposure + after.exposure)
    total = int(before.count + after.count)
    fewer, more = (stats.binomtest(int(after.count), total, share, side).pvalue for side in ("less", "greater"))
    assume(abs(fewer - 0.025) > 1e-9 and abs(more - 0.025) > 1e-9)
    assert (found.high < 1) == (fewer < 0.025)
    assert (found.low > 1) == (more < 0.025)


@given(sides, sides)
def test_swapping_before_and_after_inverts_the_ratio(before: Side, after: Side) -> None:
    there, back = rate_ratio(before, after), rate_ratio(after, before)
    if there is None or back is None:
        assert there is back
        return
    for one, other in ((there.ratio, back.ratio), (there.low, back.high), (there.high, back.low)):
        assert one == pytest.approx(inverse(other), rel=1e-6)


@given(sides, sides, sides, sides)
def test_swapping_inverts_the_ratio_of_ratios_too(before: Side, after: Side, then: Side, now: Side) -> None:
    there = ratio_of_ratios(before, after, then, now)
    assert there is not None
    for back in (ratio_of_ratios(after, before, now, then), ratio_of_ratios(then, now, before, after)):
        assert back is not None
        assert (there.ratio, there.low, there.high) == (
            pytest.approx(1 / back.ratio),
            pytest.approx(1 / back.high),
            pytest.approx(1 / back.low),
        )


def test_a_ratio_of_ratios_has_the_figures_of_a_difference_of_logs() -> None:
    found = ratio_of_ratios(Side(40, 400), Side(10, 200), Side(100, 1000), Side(90, 1000))
    middle = math.log((10.5 / 200) / (40.5 / 400)) - math.log((90.5 / 1000) / (100.5 / 1000))
    spread = 1.959964 * math.sqrt(1 / 40.5 + 1 / 10.5 + 1 / 100.5 + 1 / 90.5)
    assert found is not None
    assert math.log(found.ratio) == pytest.approx(middle)
    assert (math.log(found.low), math.log(found.high)) == (
        pytest.approx(middle - spread, abs=1e-6),
        pytest.approx(middle + spread, abs=1e-6),
    )


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((30, 150), (0, 100), Verdict.FIXED),
        ((30, 150), (3, 100), Verdict.FIXED),
        ((30, 150), (15, 100), Verdict.NO_EVIDENCE),
        ((3, 150), (0, 100), Verdict.NO_EVIDENCE),
        ((30, 150), (50, 100), Verdict.WORSE),
        ((0, 150), (12, 100), Verdict.WORSE),
        ((0, 150), (0, 100), Verdict.NO_EVIDENCE),
        ((30, 150), (0, 0), Verdict.NO_EVIDENCE),
    ],
)
def test_the_verdict_follows_the_interval(before: tuple[int, int], after: tuple[int, int], verdict: Verdict) -> None:
    assert judge_fix(Side(*before), Side(*after)).verdict is verdict


def test_what_fell_everywhere_is_no_merit_of_the_fix() -> None:
    before, after = Side(60, 400, 40), Side(15, 400, 40)
    assert judge_fix(before, after).verdict is Verdict.FIXED
    fell = Control(ControlKind.OTHER_PRODUCTS, Side(600, 4000, 400), Side(150, 4000, 400))
    found = judge_fix(before, after, fell)
    assert (found.verdict, found.control) == (Verdict.NO_EVIDENCE, fell)
    assert found.against is not None
    assert found.against.low < 1 < found.against.high
    stayed = Control(ControlKind.OTHER_PRODUCTS, Side(600, 4000, 400), Side(600, 4000, 400))
    assert judge_fix(before, after, stayed).verdict is Verdict.FIXED


def test_what_the_fix_does_not_cover_is_compared_directly_where_its_kind_is_new() -> None:
    before, after, rest = Side(60, 400), Side(4, 300), Side(45, 300)
    found = judge_fix(before, after, Control(ControlKind.SAME_PRODUCT, None, rest))
    assert found.against == rate_ratio(rest, after)
    assert found.verdict is Verdict.FIXED
    also_fell = Control(ControlKind.SAME_PRODUCT, None, Side(5, 300))
    assert judge_fix(before, after, also_fell).verdict is Verdict.NO_EVIDENCE


def test_a_control_that_tells_too_little_is_left_out() -> None:
    before, after = Side(60, 400), Side(4, 300)
    for control in (
        Control(ControlKind.OTHER_PRODUCTS, Side(9, 4000), Side(30, 4000)),
        Control(ControlKind.OTHER_PRODUCTS, Side(90, 4000), Side(0, 100)),
        Control(ControlKind.SAME_PRODUCT, None, Side(6, 60)),
    ):
        found = judge_fix(before, after, control)
        assert (found.control, found.against, found.verdict) == (None, None, Verdict.FIXED)


@pytest.mark.parametrize("control", [None, Control(ControlKind.OTHER_PRODUCTS, Side(200, 900, 90), Side(66, 300, 100))])
def test_so_many_more_weeks_decide_and_one_less_does_not(control: Control | None) -> None:
    before, after = Side(30, 150, 15), Side(1, 20, 10)
    found = judge_fix(before, after, control)
    assert found.verdict is Verdict.NO_EVIDENCE
    assert found.weeks_needed is not None
    assert found.weeks_if_halved is not None
    assert 1 < found.weeks_needed < found.weeks_if_halved
    for weeks, rate in ((found.weeks_needed, 0.0), (found.weeks_if_halved, before.rate / 2)):
        for more, verdict in ((weeks - 1, Verdict.NO_EVIDENCE), (weeks, Verdict.FIXED)):
            later = after.plus(more, rate)
            then = None if control is None else control.plus(more)
            assert judge_fix(before, later, then).verdict is verdict


def test_a_control_that_will_tell_by_then_counts_in_how_long_it_takes() -> None:
    before, after = Side(12, 1200, 100), Side(0, 0, 100)
    control = Control(ControlKind.OTHER_PRODUCTS, Side(960, 4800, 400), Side(0, 0, 400))
    alone, beside = judge_fix(before, after), judge_fix(before, after, control)
    assert beside.control is None
    assert alone.weeks_needed is not None
    assert beside.weeks_needed is not None
    assert alone.weeks_needed < beside.weeks_needed
    assert (
        judge_fix(before, after.plus(beside.weeks_needed, 0), control.plus(beside.weeks_needed)).verdict
        is Verdict.FIXED
    )


def test_weeks_are_unknown_where_nothing_comes_in_or_nothing_was_said() -> None:
    assert judge_fix(Side(30, 150, 15), Side(0, 0, 0)).weeks_needed is None
    assert judge_fix(Side(0, 150, 15), Side(1, 20, 10)).weeks_needed is None
    decided = judge_fix(Side(30, 150, 15), Side(0, 100, 10))
    assert (decided.weeks_needed, decided.weeks_if_halved) == (0, 0)


def test_never_said_before_is_an_infinite_ratio() -> None:
    found = rate_ratio(Side(0, 100), Side(5, 100))
    assert found == Ratio(math.inf, pytest.approx(0.9162, abs=1e-3), math.inf)
