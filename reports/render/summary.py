"""The report on one screen, for chats and mails: what changed, what alerts, what is dangerous, where the whole is.

Plain text that reads the same as Markdown. What customers wrote stays text: signs that call people or make links in a
chat become their full-width twins.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from reports.render import fix_words, story
from reports.report import IssueEntry, Report
from reports.wording import Wording

#: So many issues of one state, and so many feedback that tell of danger, are named; the rest is told as a number.
MOST_NAMED = 4

_HARMLESS = str.maketrans("@<>[]`*", "＠＜＞［］｀＊")


def message(report: Report, places: Mapping[str, str]) -> tuple[str, str]:
    """The title and the body of a message in some languages, one after the other.

    Args:
        report: the week.
        places: for each language (``ja``, ``en``) where the whole report is, a path or a link; empty: not told.

    Raises:
        UsageError: another language.
    """
    first = Wording.of(next(iter(places)), report.timezone)
    alerts = first("alerts", n=story.rising(report))
    title = first("summary_title", title=first("title"), week=report.week, alerts=alerts)
    return title, "\n\n".join(summary(report, lang, place) for lang, place in places.items())


def summary(report: Report, lang: str, place: str = "") -> str:
    """The screen in ``ja`` or ``en``; ends with ``place``, where the whole report is.

    Raises:
        UsageError: another language.
    """
    t = Wording.of(lang, report.timezone)
    blocks = [story.lede(report, t)]
    for state, issues in groupby(story.changed(report), key=lambda issue: issue.state):
        blocks.append(_block(f"{story.GLYPHS[state]} {t(f'state_{state}')}", [_issue(one, t) for one in issues], t))
    if len(blocks) == 1:
        blocks.append(t("summary_nothing") if report.issues else t("no_issues"))
    if report.safety:
        dangers = [
            f"{_harmless(t.name(item.product_name))} {_harmless(item.quotation.feedback_id)}"
            + ("" if item.quotation.rating is None else f" ★{t.number(item.quotation.rating)}")
            for item in report.safety
        ]
        blocks.append(_block(f"⚠ {t('safety')}", dangers, t))
    if place:
        blocks.append(t("whole_report", place=place))
    return "\n\n".join(blocks)


def _block(head: str, entries: list[str], t: Wording) -> str:
    lines = [f"{head} ({len(entries)})", *(f"- {entry}" for entry in entries[:MOST_NAMED])]
    if len(entries) > MOST_NAMED:
        lines.append(f"- {t('more', n=len(entries) - MOST_NAMED)}")
    return "\n".join(lines)


def _issue(issue: IssueEntry, t: Wording) -> str:
    numbers = t("was", previous=t.number(issue.previous_count), count=t.number(issue.count))
    why = story.why(issue, t, fix_words.brief)
    name, product = issue.label.best(t.lang), t.name(issue.product_name)
    told = t("summary_issue", name=name, id=issue.id, product=product, numbers=numbers, why=why)
    return _harmless(f"{t('alert_mark') if issue.alert else ''}{told}")


def _harmless(text: str) -> str:
    return " ".join(text.translate(_HARMLESS).split())
