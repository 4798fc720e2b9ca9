"""The report as one HTML file: no network, no script, for screens large and small and for paper."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from koe.week import Week
from reports import proposed
from reports.charts import MOST_WEEKS, trend_svg
from reports.render import fix_words, story
from reports.report import IssueEntry, Report
from reports.wording import Wording

#: Complaints that stand alone: as many as one page bears.
_SHOWN_ALONE = 12
#: So many cards stand open, and those of issues that changed; the others are a line each until they are opened.
_OPEN_CARDS = 20


def render(report: Report, lang: str) -> str:
    """The whole page in ``ja`` or ``en``; everything that customers wrote is escaped.

    Raises:
        UsageError: another language.
    """
    t = Wording.of(lang, report.timezone)
    first, last = t.week_span(report.week)
    other = "en" if lang == "ja" else "ja"

    def chart(issue: IssueEntry) -> Markup:
        fixed = None if issue.fix is None else Week.at(issue.fix.since, t.zone)
        return trend_svg(issue.trend, chart_label(issue, t), fixed)

    def other_label(issue: IssueEntry) -> str:
        name = issue.label.en if other == "en" else issue.label.ja
        return name if name and name != issue.label.best(lang) else ""

    changed, active = story.changed(report), story.active(report)
    page = _environment().get_template("report.html.j2")
    return page.render(
        report=report,
        t=t,
        first=first,
        last=last,
        other=other,
        other_label=other_label,
        lede=story.lede(report, t),
        changed=changed,
        open_cards={issue.id for issue in [*changed, *active[:_OPEN_CARDS]]},
        active=active,
        quiet=story.quiet(report),
        last_voiced=story.last_voiced,
        method=story.method(report, t),
        pieces=story.pieces,
        why=story.why,
        about_fix=fix_words.sentences,
        glyph=story.GLYPHS,
        chart=chart,
        shown_alone=_SHOWN_ALONE,
        proposal_title=proposed.title,
        proposal_reason=proposed.reason,
        style=_style(),
    )


def chart_label(issue: IssueEntry, t: Wording) -> str:
    """The chart in words."""
    points = issue.trend[-MOST_WEEKS:]
    peak = max(points, key=lambda point: (point.count, point.week))
    expected = "" if issue.expected is None else t("chart_expected", expected=t.number(issue.expected))
    return t(
        "chart_label",
        name=issue.label.best(t.lang),
        count=issue.count,
        week=points[-1].week,
        previous=issue.previous_count,
        expected=expected,
        peak=peak.count,
        peak_week=peak.week,
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports", "render/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style() -> Markup:
    source, _, _ = _environment().loader.get_source(_environment(), "style.css")  # type: ignore[union-attr]
    return Markup(source)
