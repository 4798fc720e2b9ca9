"""Feedback: one thing a customer said, in one channel, about one product."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Where the customer said it."""

    REVIEW = "review"
    QA = "qa"
    SURVEY = "survey"
    SOCIAL = "social"


class Disclosure(StrEnum):
    """What is known about the interest of the author; anything but ``NONE`` stays out of the rates."""

    NONE = "none"
    STAFF = "staff"
    INCENTIVISED = "incentivised"
    SYNDICATED = "syndicated"


class Scale(StrEnum):
    """The question a survey score answers."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and highest score of the scale, both inclusive."""
        return {Scale.NPS: (0, 10), Scale.CSAT: (1, 5), Scale.CES: (1, 7)}[self]


RATING_BOUNDS = (1, 5)

#: The fields of a Feedback that are read and quoted, in reading order.
READ_FIELDS = ("title", "text")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One version of one thing a customer said.

    ``source`` and ``external_id`` are the natural key. Texts are kept as they came; times carry an offset
    (UTC once stored). ``rating`` is 1 to 5 stars; ``score`` is an answer on ``scale``.
    """

    source: str
    external_id: str
    channel: Channel
    created_at: datetime
    product_id: str | None = None
    author: str | None = None
    customer_id: str | None = None
    title: str | None = None
    text: str | None = None
    rating: float | None = None
    score: float | None = None
    scale: Scale | None = None
    updated_at: datetime | None = None
    lang: str | None = None
    reach: int | None = None
    disclosure: Disclosure = Disclosure.NONE
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent_id: str | None = None
    version: int = 1

    @property
    def key(self) -> str:
        """The natural key as people see it, ``source:external_id``."""
        return f"{self.source}:{self.external_id}"

    @property
    def counted(self) -> bool:
        """Whether it counts in rates: not staff, incentivised or syndicated, and not an answer."""
        return self.disclosure is Disclosure.NONE and self.parent_id is None

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) over everything the customer or the shop could have edited.

        Two versions with the same hash say the same thing, whenever they were exported: ``updated_at`` and
        ``version`` do not take part.
        """
        content = [
            self.channel.value,
            self.created_at.isoformat(),
            self.product_id or "",
            self.author or "",
            self.customer_id or "",
            self.title or "",
            self.text or "",
            "" if self.rating is None else repr(float(self.rating)),
            "" if self.score is None else repr(float(self.score)),
            self.scale or "",
            self.lang or "",
            "" if self.reach is None else str(self.reach),
            self.disclosure.value,
            self.parent_id or "",
        ]
        for name in sorted(self.attributes):
            content += (name, self.attributes[name])
        return _digest(content)

    @property
    def text_hash(self) -> str:
        """SHA-256 (hex) of what the model reads: title and text as stored."""
        return text_hash(self.title, self.text)


def text_hash(title: str | None, text: str | None) -> str:
    """SHA-256 (hex) of a title and a text; equal texts share their Analysis."""
    return _digest((title or "", text or ""))


def _digest(parts: Iterable[str]) -> str:
    # U+0000 stands in no stored text, so the parts stay apart.
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An input row that could not be taken, as it goes to Quarantine.

    ``position`` says where in the input it stands (``"row 17"``, ``"line 3"``); ``raw`` is the row as read.
    """

    source: str
    position: str
    raw: str
    reason: str
