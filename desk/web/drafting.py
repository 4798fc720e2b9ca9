"""The reply that a ticket's page proposes, and what the guard says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk import queues
from desk.drafts.draft import draft_for
from desk.drafts.guard import Finding
from desk.drafts.outlets import Outlet
from desk.follow_ups import follow_up_draft
from desk.ticket_page import TicketPage
from desk.web.visits import Visit
from koe.errors import SettingsError

if TYPE_CHECKING:
    from storage.work import Work

_OUTLETS = {Outlet.GOOGLE_PLAY: "Google Play", Outlet.APP_STORE: "App Store", Outlet.X: "X"}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A text for the reply, and what in it may not go out.

    ``is_draft`` tells koe's text from a person's. ``limit`` is how many characters the ``outlet`` takes.
    """

    text: str = ""
    lang: str | None = None
    findings: Sequence[Finding] = ()
    is_draft: bool = False
    problem: str = ""
    outlet: str = ""
    limit: int | None = None


def drafted(work: Work, visit: Visit, found: TicketPage, follow_up: bool = False) -> Drafted:
    """A draft for a ticket that nobody answered yet, or that waits for a follow-up; an empty text otherwise.

    Only for somebody who may reply.
    """
    ticket = found.ticket
    unanswered = ticket.state in queues.ONGOING and not found.replies
    if not visit.may("reply") or not (unanswered or follow_up):
        return Drafted(lang=ticket.lang)
    try:
        draft = (follow_up_draft if follow_up else draft_for)(work, visit.site.settings, found)
    except SettingsError:
        said = visit.language.gettext("No draft: a template of koe.yaml cannot be used. Ask an admin to look at it.")
        return Drafted(lang=ticket.lang, problem=said)
    return Drafted(
        text=draft.text,
        lang=draft.lang,
        findings=draft.findings,
        is_draft=True,
        outlet=_OUTLETS.get(draft.outlet, ""),
        limit=draft.outlet.limit,
    )
