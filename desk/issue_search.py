"""Finding an issue by its number or its name, to say which one a feedback is really about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koe.issue import Issue

if TYPE_CHECKING:
    from storage.work import Work

_NUMBER = re.compile(r"(?:issue-?)?0*(\d+)")


@dataclass(frozen=True, slots=True)
class FoundIssue:
    """An issue and how many different feedback are in it."""

    issue: Issue
    count: int


def find_issues(work: Work, product: str | None, words: str, most: int = 12) -> Sequence[FoundIssue]:
    """Issues of a product that still take feedback: by number (``12``, ``ISSUE-0012``), or all words in their names.

    Width and capitals do not matter; no words find all. The newest come first; the one of that number before them.
    """
    wanted = _plain(words)
    number = _NUMBER.fullmatch(wanted)
    found = []
    for stored in work.issues.all():
        if not stored.alive or stored.issue.product_id != product:
            continue
        label = stored.issue.label
        names = _plain(f"{label.ja or ''} {label.en or ''}")
        exact = number is not None and stored.number == int(number[1])
        if exact or all(word in names for word in wanted.split()):
            found.append((not exact, -stored.number, stored.issue))
    return [FoundIssue(issue, _count(work, issue.id)) for _, _, issue in sorted(found, key=lambda one: one[:2])[:most]]


def _count(work: Work, issue: str) -> int:
    return len({member.span.feedback for member in work.issues.members(issue=issue)})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
