"""The reply that a ticket's page proposes, and what the guard says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.drafts.guard import Finding, StoppedError, check
from desk.ticket_page import TicketPage
from desk.web.visits import Visit
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Drafted:
    """A text for the reply, and what in it may not go out.

    ``is_draft`` tells koe's text from a person's. ``limit`` is how many characters the ``outlet`` takes.
    """

    text: str
    findings: Sequence[Finding] = ()
    is_draft: bool = False
    notes: Sequence[str] = ()
    outlet: str = ""
    limit: int | None = None


def drafted(work: Work, visit: Visit, found: TicketPage) -> Drafted:
    """A draft for a ticket."""
    return Drafted("")


def guarded(work: Work, visit: Visit, ticket: Ticket, text: str) -> None:
    """Make sure that a text may go out.

    Raises:
        StoppedError: when the guard finds something in it.
    """
    findings = check(text, own=[ticket.id])
    if findings:
        raise StoppedError(findings)
