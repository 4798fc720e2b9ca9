"""Draft: a reply that a person reads, changes and sends, the longest that fits its outlet, with what the guard finds.

A draft that is too long is written again from a shorter template. It is never cut: when even the shortest is too
long, it stays whole and the guard says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.drafts.case import DraftCase, draft_case, outlet_of
from desk.drafts.guard import Finding, StoppedError, check
from desk.drafts.outlets import Outlet
from desk.drafts.template_files import SIZES, choose, fill_in
from koe.feedback import Channel, Feedback
from koe.settings import Settings
from koe.ticket import Ticket

if TYPE_CHECKING:
    from desk.ticket_page import TicketPage
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply for a person to read.

    ``template`` is the file it was made from; ``reasons`` say why it is as it is; ``length`` is counted as the outlet
    counts. ``findings`` are empty when it may go out as it stands.
    """

    text: str
    lang: str
    template: str
    outlet: Outlet
    length: int
    reasons: tuple[str, ...]
    findings: Sequence[Finding]


def draft_for(work: Work, settings: Settings, page: TicketPage) -> Draft:
    """Write a draft for a ticket.

    Raises:
        SettingsError: a template of one's own cannot be used; says which and why.
    """
    return write(draft_case(work, settings, page), settings)


def write(case: DraftCase, settings: Settings) -> Draft:
    """Write a draft for a case: the longest of its templates that fits.

    Raises:
        SettingsError: a template of one's own cannot be used; says which and why.
    """
    own = _own_folder(settings)
    own_types = frozenset(added.type for added in settings.taxonomy.add)
    values = _values(case, settings)
    text, template, shorter = "", "", []
    for size in SIZES:
        name = choose(case, size, own, own_types)
        if name is None:
            continue
        text, template = fill_in(name, values, own), name
        if case.outlet.fits(text):
            break
        shorter.append(f"{name} is too long for {case.outlet.value}: {case.outlet.length(text)} of {case.outlet.limit}")
    own_words = own_text(settings, case.ticket, case.queue, case.lang)
    findings = check(text, settings.drafts.actions, own_words, case.outlet)
    length = case.outlet.length(text)
    return Draft(text, case.lang, template, case.outlet, length, (*case.reasons, *shorter), findings)


def require_sendable(work: Work, settings: Settings, ticket: Ticket, text: str) -> None:
    """Let a text pass that a person typed as a reply to a ticket.

    Raises:
        StoppedError: when the guard finds something in it.
    """
    stored = work.feedback.get(ticket.feedback)
    findings = check_reply(settings, ticket, stored.feedback if stored else None, text)
    if findings:
        raise StoppedError(findings)


def check_reply(settings: Settings, ticket: Ticket, feedback: Feedback | None, text: str) -> list[Finding]:
    """What in a text that a person typed may not go out as a reply to a ticket."""
    own = [part for lang in ("ja", "en") for part in own_text(settings, ticket.id, ticket.queue, lang)]
    outlet = outlet_of(settings, feedback) if feedback else Outlet.ANY
    return check(text, settings.drafts.actions, own, outlet)


def own_text(settings: Settings, ticket: str, queue: str, lang: str) -> list[str]:
    """What a reply says that is the company's own and no personal data: case number, signature, contact, returns."""
    drafts = settings.drafts
    signature = drafts.signatures.get(queue, drafts.signature).of(lang)
    lines = [drafts.company.of(lang), drafts.contact.of(lang), drafts.returns.of(lang), *signature.splitlines()]
    return [ticket, *filter(None, lines)]


def _own_folder(settings: Settings) -> Path | None:
    return settings.folder / settings.drafts.templates if settings.drafts.templates else None


def _values(case: DraftCase, settings: Settings) -> dict[str, object]:
    """What a template can use: plain values only, texts on one line but for signature and workaround."""
    drafts, lang = settings.drafts, case.lang
    return {
        "case_number": case.ticket,
        "name": _line(case.name),
        "product": _line(case.product),
        "label": _line(case.label),
        "subject": case.subject,
        "kind": case.kind.value,
        "apology": case.apology,
        "action": case.step.action.value,
        "promised": case.step.promised,
        "workaround": case.workaround.strip(),
        "alternative": _line(case.alternative),
        "returning": case.returning,
        "channel": case.channel.value,
        "outlet": case.outlet.value,
        "public": case.channel is not Channel.SURVEY,
        "queue": case.queue,
        "company": _line(drafts.company.of(lang)),
        "signature": drafts.signatures.get(case.queue, drafts.signature).of(lang),
        "contact": _line(drafts.contact.of(lang)),
        "returns": _line(drafts.returns.of(lang)),
    }


def _line(text: str) -> str:
    """A customer's words on one line, without characters that steer a terminal or a page."""
    kept = (char if unicodedata.category(char) not in ("Cc", "Cf") or char == "\u200d" else " " for char in text)
    return " ".join("".join(kept).split())
