"""Shapes: what the API tells of tickets, issues and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from koe.feedback import Channel, Scale
from koe.issue import IssueState, Label
from koe.outbox import DeliveryState
from koe.ticket import Priority, TicketState


class Name(BaseModel):
    """A name in both languages; null where there is none."""

    ja: str | None
    en: str | None

    @classmethod
    def of(cls, label: Label) -> Name:
        """The names of an issue."""
        return cls(ja=label.ja, en=label.en)


class TicketLine(BaseModel):
    """A ticket as it stands in a list."""

    case: str = Field(description="The case number.", examples=["CASE-000001"])
    state: TicketState = Field(description="Where it stands.")
    queue: str = Field(description="The queue it waits in.")
    priority: Priority = Field(description="How soon somebody must look.")
    reasons: Sequence[str] = Field(description="Why it was routed here, in words.")
    rule: str = Field(description="The routing rule that decided.")
    lang: str | None = Field(description="The language to answer in; null where nobody could tell it.")
    assignee: str | None = Field(description="Who has it.")
    claimed_until: datetime | None = Field(description="Until when nobody else may act on it.")
    created_at: datetime = Field(description="When it was made.")
    due_at: datetime | None = Field(description="When it is due.")
    late: bool = Field(description="Whether it is past that.")
    feedback: str = Field(description="The feedback it is about, as source:external_id.")
    channel: Channel | None = Field(description="Where the customer said it.")
    product_id: str | None = Field(description="What it is about.")


class Tickets(BaseModel):
    """A page of tickets."""

    items: Sequence[TicketLine] = Field(description="The tickets, in the order asked for.")
    next: str | None = Field(description="The address of the next page; null on the last one.")


class Said(BaseModel):
    """What the customer said, in its newest version."""

    version: int
    title: str | None
    text: str | None
    rating: float | None = Field(description="1 to 5 stars.")
    score: float | None = Field(description="An answer on `scale`.")
    scale: Scale | None
    author: str | None
    customer_id: str | None
    created_at: datetime
    attributes: Mapping[str, str] = Field(description="Variant, version, lot, region and the like.")


class ReplySent(BaseModel):
    """A reply, and how far it got."""

    text: str
    by: str = Field(description="Who wrote it; app:NAME is an application.")
    at: datetime
    delivery: DeliveryState | None = Field(description="Where it is on its way; null where it went by another way.")


class Event(BaseModel):
    """One thing that happened to a ticket; state, queue and priority are those it left it in."""

    at: datetime
    kind: str
    by: str
    state: TicketState
    queue: str
    priority: Priority
    note: str


class IssueName(BaseModel):
    """An issue that the feedback belongs to."""

    id: str
    label: Name


class TicketDetail(TicketLine):
    """A ticket with what the customer said, the replies and the history."""

    said: Said | None = Field(description="Null when it is not in the store any more.")
    copies: Sequence[str] = Field(description="Feedback that says the same, as source:external_id.")
    issues: Sequence[IssueName] = Field(description="The recurring complaints that it belongs to.")
    replies: Sequence[ReplySent] = Field(description="In the order they were written.")
    history: Sequence[Event] = Field(description="In the order things happened.")


class Standing(BaseModel):
    """How an issue stands in the last stored report."""

    week: str = Field(description="The week of the report.", examples=["2026-W47"])
    state: IssueState = Field(description="unknown is too little data.")
    alert: bool = Field(description="Whether it rises beyond chance.")
    severity: float = Field(description="0 to 100.")
    count: int = Field(description="Different feedback of that week.")
    previous_count: int = Field(description="The same of the week before.")
    exposure: float | None = Field(description="What the count is held against.")
    rate: float | None = Field(description="count / exposure.")


class IssueLine(BaseModel):
    """An issue as it stands in a list."""

    id: str = Field(description="The permanent id.", examples=["ISSUE-0001"])
    product_id: str | None = Field(description="The product it is about.")
    label: Name
    owner: str | None = Field(description="The team it belongs to.")
    first_seen: datetime
    dismissed: bool = Field(description="Whether people said that it is none.")
    fixed_from: datetime | None = Field(description="From when on it is fixed, where a fix holds.")
    standing: Standing | None = Field(description="Null when the last report does not have it.")


class Issues(BaseModel):
    """A page of issues."""

    items: Sequence[IssueLine] = Field(description="The issues by number.")
    next: str | None = Field(description="The address of the next page; null on the last one.")


class WeekCount(BaseModel):
    """How many feedback of an issue a week brought."""

    week: str
    count: int


class IssueDetail(IssueLine):
    """An issue with its last weeks and what helps meanwhile."""

    feedback: int = Field(description="How many different feedback are in it.")
    trend: Sequence[WeekCount] = Field(description="Its last twelve weeks, the newest last.")
    workarounds: Mapping[str, str] = Field(description="What helps meanwhile, by language.")


class ReportLink(BaseModel):
    """A report that is there."""

    week: str = Field(description="The week of the report.", examples=["2026-W47"])
    href: str = Field(description="Its address.")


class Reports(BaseModel):
    """The reports that are there."""

    items: Sequence[ReportLink] = Field(description="The newest first.")


class Report(BaseModel):
    """The weekly defect report as `koe report` wrote it; it has more keys than these."""

    model_config = ConfigDict(extra="allow")

    week: str
    generated_at: datetime
    model: str = Field(description="The model that read the feedback.")
    issues: Sequence[Mapping[str, Any]] = Field(description="Every issue of the week, with quotations.")
    totals: Mapping[str, Any] = Field(description="What was counted over all.")
