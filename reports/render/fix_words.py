"""What is said of a fix, in sentences."""

from __future__ import annotations

import math

from reports.fix_verdict import ControlKind, FixVerdict, Judgement, Ratio, Verdict
from reports.wording import Wording

_KEYS = {Verdict.FIXED: "fix_fixed", Verdict.NO_EVIDENCE: "fix_no_evidence", Verdict.WORSE: "fix_worse"}


def brief(fix: FixVerdict, t: Wording) -> str:
    """The fix and its verdict in one short sentence."""
    date, verdict = t.date(fix.since), t(_KEYS[fix.judgement.verdict])
    if fix.covers is None:
        return t("fix_said", date=date, verdict=verdict)
    return t("fix_said_for", date=date, covers=fix.covers, verdict=verdict)


def sentences(fix: FixVerdict, t: Wording) -> str:
    """The verdict with the figures behind it, and how long it takes where they do not decide yet."""
    told = [brief(fix, t), _counts(fix, t)]
    judged = fix.judgement
    if judged.compared is None:
        told.append(t("fix_no_ratio"))
    else:
        told.append(_ratio("fix_ratio", judged.compared, t))
    if judged.control is not None and judged.against is not None:
        same = judged.control.kind is ControlKind.SAME_PRODUCT
        told.append(_ratio("fix_against_rest" if same else "fix_against_products", judged.against, t))
    if fix.not_told:
        told.append(t("fix_not_told", n=fix.not_told))
    if judged.verdict is Verdict.NO_EVIDENCE:
        told += _wait(judged, t)
    return t.gap.join(told)


def _counts(fix: FixVerdict, t: Wording) -> str:
    return t(
        "fix_counts_units" if fix.in_units else "fix_counts",
        after=t.number(fix.after.count),
        after_exposure=t.number(fix.after.exposure),
        before=t.number(fix.before.count),
        before_exposure=t.number(fix.before.exposure),
        n=fix.weeks_before,
    )


def _ratio(key: str, found: Ratio, t: Wording) -> str:
    if math.isinf(found.ratio):
        return t(f"{key}_infinite", low=figure(found.low))
    return t(key, ratio=figure(found.ratio), low=figure(found.low), high=figure(found.high))


def _wait(judged: Judgement, t: Wording) -> list[str]:
    if judged.weeks_needed is None:
        return [t("fix_wait_unknown")]
    halved = judged.weeks_if_halved
    half = t("fix_wait_halved_never") if halved is None else t("fix_wait_halved", n=halved)
    return [t("fix_wait", n=judged.weeks_needed), half]


def figure(number: float) -> str:
    """A ratio with as many digits as mean something; small ones keep two."""
    if math.isinf(number):
        return "∞"
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
