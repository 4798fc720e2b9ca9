"""Doing: one act on a ticket as it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desk.web.visits import Form, Visit
from koe.ticket import Ticket

if TYPE_CHECKING:
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class Doing:
    """One act as it is done: by whom, on what, when, with which fields."""

    work: Work
    form: Form
    ticket: Ticket
    now: datetime

    @property
    def visit(self) -> Visit:
        """Who does it."""
        return self.form.visit

    @property
    def note(self) -> str:
        """What is kept in the history beside the act."""
        return self.form.get("note").strip()[:500]
