"""The report as Markdown: for chats, tickets and terminals."""

from __future__ import annotations

import re

from reports import proposed
from reports.render import fix_words, story
from reports.report import IssueEntry, Quotation, Report
from reports.wording import Wording

_SHOWN_ALONE = 12


def render(report: Report, lang: str) -> str:
    """The whole report in ``ja`` or ``en``; what customers wrote cannot become markup.

    Raises:
        UsageError: another language.
    """
    t = Wording.of(lang, report.timezone)
    totals = report.totals
    lines = [f"# {t('title')} {report.week}", "", story.lede(report, t), "", f"## {t('changed')}", ""]
    changed = story.changed(report)
    lines += [_change(issue, t) for issue in changed]
    if not changed:
        lines.append(t("nothing_changed") if report.issues else t("no_issues"))
    if report.safety:
        lines += ["", f"## ⚠ {t('safety')} ({len(report.safety)})", "", t("safety_note"), ""]
        for item in report.safety:
            lines += _quotation(item.quotation, t, t.name(item.product_name))
    if report.products:
        lines += ["", f"## {t('products')}", "", *_products(report, t)]
    active, quiet = story.active(report), story.quiet(report)
    if active:
        lines += ["", f"## {t('issues')}"]
        for issue in active:
            lines += _card(issue, t)
    if quiet:
        lines += ["", f"## {t('quiet')}", ""]
        lines += [
            f"- {_plain(issue.label.best(lang))} ({issue.id}, {_plain(t.name(issue.product_name))}): "
            f"{t(f'state_{issue.state}')}, {t('last_voiced')} {story.last_voiced(issue) or '–'}"
            + (f". {_plain(fix_words.sentences(issue.fix, t))}" if issue.fix else "")
            for issue in quiet
        ]
    lines += _proposals(report, t)
    if report.alone:
        lines += ["", f"## {t('alone')}", "", t("alone_note", n=totals.unassigned), ""]
        for alone in report.alone[:_SHOWN_ALONE]:
            lines += _quotation(alone.quotation, t, alone.product_id or "")
    beside = [t("beside_note")]
    if totals.excluded:
        beside.append(t("excluded", what=t.reason_counts(totals.excluded)))
    beside.append(t("quarantined", n=totals.quarantined))
    lines += ["", f"## {t('beside')}", "", t.gap.join(beside), "", f"## {t('method')}", ""]
    for paragraph in story.method(report, t):
        lines += [paragraph, ""]
    return "\n".join(lines).rstrip() + "\n"


def _change(issue: IssueEntry, t: Wording) -> str:
    numbers = t("was", previous=t.number(issue.previous_count), count=t.number(issue.count))
    name, product = _plain(issue.label.best(t.lang)), _plain(t.name(issue.product_name))
    state = f"{story.GLYPHS[issue.state]} **{t(f'state_{issue.state}')}**"
    return f"- {state}: {name} ({issue.id}, {product}) {numbers}. {_plain(story.why(issue, t))}".rstrip()


def _card(issue: IssueEntry, t: Wording) -> list[str]:
    facts = [
        f"{t('count')}: {t.number(issue.count)}",
        f"{t('previous')}: {t.number(issue.previous_count)}",
        f"{t.percent(issue.rate)} {t('rate', exposure=t.number(issue.exposure))}"
        if issue.exposure_unit == "feedback"
        else f"{t('rate_units', exposure=t.number(issue.exposure))} {t.number(issue.count)}",
        t("expected")
        + " "
        + (
            t("expected_unknown")
            if issue.expected is None
            else t("expected_range", expected=t.number(issue.expected), high=t.number(issue.trend[-1].high))
        ),
        t("severity_of", score=t.number(issue.severity.score, 0)),
    ]
    lines = [
        "",
        f"### {story.GLYPHS[issue.state]} {_plain(issue.label.best(t.lang))}",
        "",
        f"{issue.id} · {_plain(t.name(issue.product_name))} · {t(f'state_{issue.state}')}",
        "",
        " · ".join(facts),
        "",
    ]
    if issue.onset:
        lines += [t.onset(issue.onset), ""]
    if issue.fix:
        lines.append(f"**{_plain(fix_words.sentences(issue.fix, t))}**\n")
    lines += [f"**{_plain(t.concentration(found))}**\n" for found in issue.concentration[:3]]
    for quotation in issue.quotations:
        lines += _quotation(quotation, t)
    if issue.excluded:
        lines += [t("beside_here", what=t.reasons(issue.excluded)), ""]
    return lines


def _quotation(quotation: Quotation, t: Wording, extra: str = "") -> list[str]:
    text = "".join(
        f"**{_plain(piece)}**" if kind and piece.strip() == piece else _plain(piece)
        for piece, kind in story.pieces(quotation)
    )
    rating = "" if quotation.rating is None else f"★{t.number(quotation.rating)}"
    variant = ", ".join(f"{t.attribute(name)} {value}" for name, value in list((quotation.variant or {}).items())[:3])
    source = " · ".join(
        part for part in (rating, quotation.date, _plain(variant), _code(quotation.feedback_id), _plain(extra)) if part
    )
    return [f"> {text}  ", f"> {source}", ""]


def _products(report: Report, t: Wording) -> list[str]:
    heads = (t("product"), t("feedback"), t("stars"), t("open_issues"), t("rising_issues"))
    rows = [f"| {' | '.join(heads)} |", "|---|---:|---:|---:|---:|"]
    for row in report.products:
        cells = (
            _plain(t.name(row.name)),
            t("was", previous=t.number(row.previous_feedback), count=t.number(row.feedback)),
            t("was", previous=t.stars(row.previous_rating), count=t.stars(row.rating)),
            str(row.issues),
            str(row.alerts),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _proposals(report: Report, t: Wording) -> list[str]:
    lines = ["", f"## {t('proposals')}", "", t("proposals_note"), ""] if report.proposals else []
    for entry in report.proposals:
        proposal = entry.proposal
        names = " → ".join(_plain(label.best(t.lang)) for label in (entry.label, entry.into_label) if label)
        lines += [
            f"- **{_plain(proposed.title(proposal, t))}** ({names}, {_plain(t.name(entry.product_name))})  ",
            f"  {_plain(proposed.reason(proposal, t))} {t('proposal_score', score=f'{proposal.score:.3g}')}  ",
            f"  `{proposal.command.replace('`', '')}`",
        ]
    return lines


def _code(text: str) -> str:
    return f"`{text}`" if re.fullmatch(r"[\w:./#-]+", text) else _plain(text)


def _plain(text: str) -> str:
    """Text that Markdown (and HTML inside it) shows as it is, on one line."""
    escaped = re.sub(r"([\\`*_{}\[\]<>|#~&])", r"\\\1", text)
    return re.sub(r"\s*[\r\n\u2028\u2029]+\s*", " ", escaped)
