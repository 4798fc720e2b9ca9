"""The report as JSON values: the contract that others rely on."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from koe.issue import Label
from reports import proposed
from reports.concentration import sentence
from reports.fix_verdict import FixVerdict, Ratio, Side
from reports.onset import Onset
from reports.report import CHANGES, IssueEntry, Quotation, Report
from reports.severity import FORMULA


def as_json(report: Report) -> dict[str, Any]:
    """JSON values only; figures with the digits that mean something, so that they compare exactly."""
    return {
        "week": str(report.week),
        "generated_at": _time(report.generated_at),
        "model": report.model,
        "as_of": {"ingest": report.as_of.ingest, "ledger": report.as_of.ledger, "config": report.as_of.config},
        "timezone": report.timezone,
        "level": report.level,
        "baseline_weeks": report.baseline_weeks,
        "tested": report.tested,
        "significant": report.significant,
        "expected_false_alarms": _figure(report.expected_false_alarms),
        "changes": {str(state): [issue.id for issue in report.changed(state)] for state in CHANGES},
        "issues": [_issue(issue, ZoneInfo(report.timezone)) for issue in report.issues],
        "safety": [
            {
                "product_id": item.product_id,
                "issue": item.issue,
                "score": _figure(item.score),
                "quotation": _quotation(item.quotation),
            }
            for item in report.safety
        ],
        "alone": [
            {"product_id": item.product_id, "reason": item.reason, "quotation": _quotation(item.quotation)}
            for item in report.alone
        ],
        "proposals": [proposed.as_json(entry, report.timezone) for entry in report.proposals],
        "products": [
            {
                "product_id": product.product_id,
                "name": _label(product.name),
                "feedback": product.feedback,
                "previous_feedback": product.previous_feedback,
                "rating": _figure(product.rating),
                "previous_rating": _figure(product.previous_rating),
                "issues": product.issues,
                "alerts": product.alerts,
            }
            for product in report.products
        ],
        "totals": {
            "feedback": report.totals.feedback,
            "counted": report.totals.counted,
            "complaint_segments": report.totals.complaint_segments,
            "unassigned": report.totals.unassigned,
            "quarantined": report.totals.quarantined,
            "excluded": dict(report.totals.excluded),
        },
        "severity_formula": FORMULA,
    }


def _issue(issue: IssueEntry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": issue.id,
        "product_id": issue.product_id,
        "product_name": _label(issue.product_name),
        "owner": issue.owner,
        "label": _label(issue.label),
        "label_from": {lang: (found := issue.label.named(lang)) and str(found[1]) for lang in ("ja", "en")},
        "state": str(issue.state),
        "alert": issue.alert,
        "rising_since": None if issue.rising_since is None else str(issue.rising_since),
        "onset": _onset(issue.onset),
        "event": issue.event,
        "p_value": _figure(issue.p_value),
        "q_value": _figure(issue.q_value),
        "count": issue.count,
        "previous_count": issue.previous_count,
        "exposure": _figure(issue.exposure),
        "exposure_unit": issue.exposure_unit,
        "rate": _figure(issue.rate),
        "expected": _figure(issue.expected),
        "first_seen": _time(issue.first_seen),
        "fixed_from": None if issue.fixed_from is None else _time(issue.fixed_from),
        "fix": None if issue.fix is None else _fix(issue.fix, zone),
        "severity": issue.severity.score,
        "severity_parts": {
            "safety": issue.severity.safety,
            "harm": issue.severity.harm,
            "volume": issue.severity.volume,
            "growth": issue.severity.growth,
            "reach": issue.severity.reach,
            "churn": issue.severity.churn,
        },
        "safety_feedback": issue.safety_feedback,
        "churn_feedback": issue.churn_feedback,
        "reach": issue.reach,
        "rating": _figure(issue.rating),
        "languages": dict(issue.languages),
        "window": [str(week) for week in issue.window],
        "concentration_window": [str(week) for week in issue.concentration_window],
        "concentration": [
            {
                "attribute": found.attribute,
                "value": found.value,
                "measure": found.measure,
                "ratio": _figure(found.ratio),
                "low": _figure(found.low),
                "high": _figure(found.high),
                "ic": _figure(found.ic),
                "ic025": _figure(found.ic025),
                "cases": found.cases,
                "issue_total": found.issue_total,
                "others": found.others,
                "other_total": found.other_total,
                "untold": found.untold,
                "sentence": {lang: sentence(found, lang) for lang in ("ja", "en")},
            }
            for found in issue.concentration
        ],
        "quotations": [_quotation(quotation) for quotation in issue.quotations],
        "trend": [
            {
                "week": str(point.week),
                "count": point.count,
                "exposure": _figure(point.exposure),
                "expected": _figure(point.expected),
                "low": _figure(point.low),
                "high": _figure(point.high),
                "alert": point.alert,
            }
            for point in issue.trend
        ],
        "week_feedback_ids": list(issue.week_feedback_ids),
        "feedback_ids": list(issue.feedback_ids),
        "excluded": [{"feedback_id": item.feedback_id, "reason": item.reason} for item in issue.excluded],
    }


def _fix(fix: FixVerdict, zone: ZoneInfo) -> dict[str, Any]:
    judged = fix.judgement
    control = judged.control
    return {
        "from": fix.since.astimezone(zone).date().isoformat(),
        "for": fix.covers,
        **_ratio(judged.compared),
        "against": control
        and {
            "with": str(control.kind),
            **_ratio(judged.against),
            "before": control.before and _side(control.before),
            "after": _side(control.after),
        },
        "verdict": str(judged.verdict),
        "earlier_verdict": None if fix.earlier is None else str(fix.earlier),
        "weeks_needed": judged.weeks_needed,
        "weeks_needed_if_halved": judged.weeks_if_halved,
        "unit": "units" if fix.in_units else "feedback",
        "before": {**_side(fix.before), "weeks": fix.weeks_before, "covered": fix.before_covered},
        "after": {**_side(fix.after), "weeks": fix.weeks_after},
        "not_told": fix.not_told,
    }


def _ratio(found: Ratio | None) -> dict[str, Any]:
    """What is infinite (nothing before, or nothing elsewhere) has no figure."""
    figures = [None] * 3 if found is None else [found.ratio, found.low, found.high]
    return {
        name: None if figure is None or math.isinf(figure) else _figure(figure)
        for name, figure in zip(("ratio", "low", "high"), figures, strict=True)
    }


def _side(side: Side) -> dict[str, Any]:
    return {"count": _figure(side.count), "exposure": _figure(side.exposure)}


def _quotation(quotation: Quotation) -> dict[str, Any]:
    return {
        "feedback_id": quotation.feedback_id,
        "version": quotation.version,
        "field": quotation.field,
        "start": quotation.start,
        "end": quotation.end,
        "text": quotation.text,
        "marks": [{"start": mark.start, "end": mark.end, "type": mark.type} for mark in quotation.marks],
        "lang": quotation.lang,
        "channel": quotation.channel,
        "date": quotation.date,
        "rating": _figure(quotation.rating),
        "variant": dict(sorted((quotation.variant or {}).items())),
    }


def _onset(onset: Onset | None) -> dict[str, str] | None:
    return None if onset is None else {"week": str(onset.week), "low": str(onset.low), "high": str(onset.high)}


def _label(label: Label) -> dict[str, str | None]:
    return {"ja": label.ja, "en": label.en}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _figure(value: float | None) -> float | int | None:
    """Four significant digits after the point of small numbers; whole numbers stay whole."""
    if value is None or math.isnan(value):
        return None
    if value == int(value):
        return int(value)
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value, 1)
