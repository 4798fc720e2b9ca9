"""What every surface of the report tells in the same order: the changes, the active issues, the method in words."""

from __future__ import annotations

from collections.abc import Callable

from koe.issue import IssueState
from reports.detection import FALSE_ALARM_FORMULA
from reports.fix_verdict import FixVerdict
from reports.render import fix_words
from reports.report import CHANGES, IssueEntry, Quotation, Report
from reports.severity import FORMULA
from reports.wording import Wording

#: A sign beside each state's word, for those who skim.
GLYPHS = {
    "new": "✚",
    "rising": "▲",
    "reopened": "↺",
    "falling": "▼",
    "fixed": "✓",
    "steady": "＝",
    "unknown": "？",
}


def why(issue: IssueEntry, t: Wording, say: Callable[[FixVerdict, Wording], str] = fix_words.sentences) -> str:
    """What there is to know of a change, in words: what came of the fix, else what the issue comes from, or nothing."""
    if issue.fix is not None:
        return say(issue.fix, t)
    return t.concentration(issue.concentration[0]) if issue.concentration else ""


def lede(report: Report, t: Wording) -> str:
    """The week in one or two sentences; of a week in which nothing came in, no more than that."""
    first, last = t.week_span(report.week)
    totals = report.totals
    figures = {"feedback": t.number(totals.feedback), "counted": t.number(totals.counted)}
    return t("lede", n=totals.feedback, first=first, last=last, alerts=t("alerts", n=rising(report)), **figures)


def changed(report: Report) -> list[IssueEntry]:
    """What is news, in the order it is told."""
    return [issue for state in CHANGES for issue in report.changed(state)]


def rising(report: Report) -> int:
    """How many issues rise beyond chance: those that alert this week and those whose rise goes on."""
    return sum(issue.state is IssueState.RISING or issue.alert for issue in report.issues)


def active(report: Report) -> list[IssueEntry]:
    """The issues that get a card, by severity: those that move or are voiced."""
    shown = {issue.id for issue in changed(report)}
    return [issue for issue in report.issues if issue.active or issue.id in shown]


def quiet(report: Report) -> list[IssueEntry]:
    """The issues that nobody voiced lately."""
    shown = {issue.id for issue in active(report)}
    return [issue for issue in report.issues if issue.id not in shown]


def last_voiced(issue: IssueEntry) -> str:
    """The last week with a count, or nothing."""
    return next((str(point.week) for point in reversed(issue.trend) if point.count), "")


def method(report: Report, t: Wording) -> list[str]:
    """How the figures came about, a paragraph each."""
    fixes = [t("method_fix", baseline=report.baseline_weeks)] if any(issue.fix for issue in report.issues) else []
    return [
        t("method_counts"),
        t("method_detection", baseline=report.baseline_weeks, tested=report.tested, level=f"{report.level:g}"),
        t("method_false", formula=FALSE_ALARM_FORMULA, value=f"{report.expected_false_alarms:g}"),
        t("method_onset"),
        *fixes,
        t("method_concentration"),
        t("method_severity", formula=FORMULA),
        t("method_quotes"),
        t(
            "made",
            time=report.generated_at.astimezone(t.zone).strftime("%Y-%m-%d %H:%M"),
            model=report.model,
            ingest=report.as_of.ingest,
            ledger=report.as_of.ledger,
            config=report.as_of.config[:12],
        ),
    ]


def pieces(quotation: Quotation) -> list[tuple[str, str]]:
    """The text of a quotation cut at its marks: pairs of text and the mark's type (empty outside marks)."""
    parts: list[tuple[str, str]] = []
    place = 0
    for mark in quotation.marks:
        start, end = mark.start - quotation.start, mark.end - quotation.start
        parts += [(quotation.text[place:start], ""), (quotation.text[start:end], mark.type)]
        place = end
    parts.append((quotation.text[place:], ""))
    return [(text, kind) for text, kind in parts if text]
