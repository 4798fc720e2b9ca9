"""Cursors: where the next page begins, in a form that callers give back and never look into."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from koe.errors import UsageError
from storage.ticket_walk import Order, Place

T = TypeVar("T", bound=BaseModel)

#: The largest number that a ticket may have here; far more than there will be.
MOST = 10**15


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def _as_told(value: object) -> object:
    # Numbers, bare dates and times without an offset would be taken for moments that nobody meant (RFC 3339, 5.6).
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("expected a moment with its offset, such as 2026-11-20T00:00:00Z")
    return value


def _in_our_time(moment: datetime) -> datetime:
    # The first and the last years cannot be brought into UTC.
    if not 1970 <= moment.year <= 9000:
        raise ValueError("expected a moment between the years 1970 and 9000")
    return moment


#: A moment with an offset from UTC.
Moment = Annotated[AwareDatetime, BeforeValidator(_as_told), AfterValidator(_in_our_time)]


class _Ticket(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["ticket"] = "ticket"
    order: Order
    number: int = Field(ge=0, le=MOST)
    rank: int = Field(ge=0, le=9)
    due_at: Moment | None


class _Issue(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["issue"] = "issue"
    number: int = Field(ge=0, le=MOST)


def ticket_cursor(order: Order, place: Place) -> str:
    """A cursor that leads on from a place."""
    return _packed(_Ticket(order=order, number=place.number, rank=place.rank, due_at=place.due_at))


def ticket_place(cursor: str, order: Order) -> Place:
    """The place that a cursor leads on from.

    Raises:
        UsageError: it is none of koe's, or of a list in another order.
    """
    found = _unpacked(cursor, _Ticket)
    if found.order is not order:
        raise UsageError(f"cursor: it is of a list in the order {found.order.value}, not {order.value}")
    return Place(found.number, found.rank, found.due_at)


def issue_cursor(number: int) -> str:
    """A cursor that leads on from an issue."""
    return _packed(_Issue(number=number))


def issue_place(cursor: str) -> int:
    """The number of the issue that a cursor leads on from.

    Raises:
        UsageError: it is none of koe's.
    """
    return _unpacked(cursor, _Issue).number


def _packed(place: BaseModel) -> str:
    return urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def _unpacked(cursor: str, kind: type[T]) -> T:
    try:
        return kind.model_validate_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise UsageError("cursor: expected the one that the page before gave, as it was") from error
