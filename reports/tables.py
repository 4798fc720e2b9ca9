"""The report as pandas tables, for workbooks and notebooks: issues, weeks, quotations, proposals, products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports import proposed
from reports.render import fix_words, story
from reports.report import IssueEntry, Quotation, Report
from reports.wording import Wording

if TYPE_CHECKING:
    import pandas as pd


def tables(report: Report, lang: str) -> dict[str, pd.DataFrame]:
    """A DataFrame for each part of the report, by its title; headings and names in ``ja`` or ``en``.

    Raises:
        UsageError: another language.
    """
    import pandas as pd

    t = Wording.of(lang, report.timezone)
    quoted = [(issue.id, quotation) for issue in report.issues for quotation in issue.quotations]
    quoted += [(t("safety"), item.quotation) for item in report.safety]
    quoted += [(t("alone"), item.quotation) for item in report.alone]
    rows: dict[str, tuple[list[str], Sequence[Sequence[object]]]] = {
        t("issue"): (_issue_heads(t), [_issue(issue, t) for issue in report.issues]),
        "weeks": (
            ["id", "week", "count", "exposure", "expected", "low", "high", "alert"],
            [
                [issue.id, str(at.week), at.count, at.exposure, at.expected, at.low, at.high, int(at.alert)]
                for issue in report.issues
                for at in issue.trend
            ],
        ),
        t("voices"): (
            [t("issue"), "feedback_id", "version", "field", "start", "end", "date", t("stars"), "text", "marks"],
            [_quotation(place, quotation) for place, quotation in quoted],
        ),
        t("proposals"): (
            [t("proposal"), "id", "into", "score", "why", "command"],
            [
                [
                    *(proposed.title(one.proposal, t), one.proposal.issue, one.proposal.into, one.proposal.score),
                    *(proposed.reason(one.proposal, t), one.proposal.command),
                ]
                for one in report.proposals
            ],
        ),
        t("products"): (
            [
                *(t("product"), t("feedback"), f"{t('feedback')}, {t('last_week')}"),
                *(t("stars"), f"{t('stars')}, {t('last_week')}", t("open_issues"), t("rising_issues")),
            ],
            [
                [
                    *(t.name(row.name), row.feedback, row.previous_feedback),
                    *(row.rating, row.previous_rating, row.issues, row.alerts),
                ]
                for row in report.products
            ],
        ),
    }
    return {title: pd.DataFrame(body, columns=heads) for title, (heads, body) in rows.items()}


def _issue_heads(t: Wording) -> list[str]:
    return [
        *("id", t("product"), t("issue"), t("state"), t("this_week"), t("last_week"), t("expected")),
        *("exposure", "rate", "p", "q", t("severity"), "first_seen", "onset", "concentration", t("fix")),
        t("in_all"),
    ]


def _issue(issue: IssueEntry, t: Wording) -> list[object]:
    return [
        *(issue.id, t.name(issue.product_name), issue.label.best(t.lang), t(f"state_{issue.state}")),
        *(issue.count, issue.previous_count, issue.expected, issue.exposure, issue.rate, issue.p_value),
        *(issue.q_value, issue.severity.score, t.date(issue.first_seen)),
        t.onset(issue.onset) if issue.onset else None,
        " ".join(t.concentration(found) for found in issue.concentration),
        fix_words.sentences(issue.fix, t) if issue.fix else None,
        len(issue.feedback_ids),
    ]


def _quotation(place: str, quotation: Quotation) -> list[object]:
    marks = " / ".join(text for text, kind in story.pieces(quotation) if kind)
    return [
        *(place, quotation.feedback_id, quotation.version, quotation.field, quotation.start, quotation.end),
        *(quotation.date, quotation.rating, quotation.text, marks),
    ]
