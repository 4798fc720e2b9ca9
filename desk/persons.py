"""Persons: how often the same person needed a response before.

The same person is known by ``customer_id`` across sources and by ``author`` within a source.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from koe.feedback import Feedback

#: What shops write where an author gave no name: these are many people.
NOBODY = frozenset(
    {"", "-", "?", "anonymous", "anon", "guest", "unknown", "n/a", "none", "null", "user", "customer", "a customer"}
    | {"amazon customer", "amazon カスタマー", "a google user", "匿名", "匿名希望", "ゲスト", "名無し", "名無しさん"}
)

PersonKey = tuple[str, str, str]


class Contacts:
    """When persons needed a response, and in which Feedback."""

    def __init__(self) -> None:
        self._seen: dict[PersonKey, list[tuple[datetime, str]]] = defaultdict(list)

    def add(self, feedback: Feedback) -> None:
        """Remember a Feedback that needed a response."""
        self.remember(feedback.key, feedback.created_at, feedback.source, feedback.author, feedback.customer_id)

    def remember(
        self, key: str, created_at: datetime, source: str, author: str | None, customer_id: str | None
    ) -> None:
        """Remember it by its fields alone."""
        for person in _persons(source, author, customer_id):
            insort(self._seen[person], (created_at, key))

    def earlier(self, feedback: Feedback, within: timedelta) -> int:
        """How many other Feedback of the same person needed a response in the time before this one."""
        start, end = (feedback.created_at - within, ""), (feedback.created_at, "")
        keys: set[str] = set()
        for person in _persons(feedback.source, feedback.author, feedback.customer_id):
            seen = self._seen.get(person, [])
            keys.update(key for _, key in seen[bisect_left(seen, start) : bisect_left(seen, end)])
        return len(keys - {feedback.key})


def _persons(source: str, author: str | None, customer_id: str | None) -> Iterator[PersonKey]:
    if customer_id and customer_id.strip():
        yield ("customer", "", customer_id)
    if author and author.strip().casefold() not in NOBODY:
        yield ("author", source, author)
