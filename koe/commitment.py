"""Commitment: what a customer was told will be done, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise to a customer. ``words`` are those of the reply, or what a person noted.

    ``by`` promised it, ``reply`` is the id of the reply that says it (``None``: noted by hand). It is open until it is
    kept or dropped, which ``ended_by`` did.
    """

    id: int
    ticket: str
    words: str
    due_at: datetime
    made_at: datetime
    by: str
    reply: int | None = None
    kept_at: datetime | None = None
    dropped_at: datetime | None = None
    ended_by: str | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to keep it."""
        return self.kept_at is None and self.dropped_at is None
