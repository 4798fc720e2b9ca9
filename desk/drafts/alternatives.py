"""Alternatives: another product of the same kind of which nobody complains in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koe.issue import Issue
from koe.settings import Settings

if TYPE_CHECKING:
    from storage.issue_state import StoredIssue
    from storage.work import Work


def alternative(work: Work, settings: Settings, issue: Issue | None) -> str | None:
    """The id of a product of the same ``kind`` (koe.yaml, ``products:``) without that issue; ``None`` without one.

    A product has the issue too when an open issue of its own is called the same, or lies as near as two groups of one
    issue do (``discovery: found:``). Of several products the one with the fewest open issues is taken.
    """
    if issue is None or issue.product_id is None:
        return None
    products = settings.products
    kind = products[issue.product_id].kind if issue.product_id in products else None
    same_kind = [name for name, one in products.items() if kind and one.kind == kind and name != issue.product_id]
    if not same_kind:
        return None
    mine = work.issues.get(issue.id)
    open_issues: dict[str, list[StoredIssue]] = {name: [] for name in same_kind}
    for other in work.issues.all():
        if other.alive and other.issue.product_id in open_issues:
            open_issues[other.issue.product_id].append(other)
    free = [
        name
        for name, others in open_issues.items()
        if not any(_alike(mine, one, settings.discovery.found) for one in others)
    ]
    return min(free, key=lambda name: (len(open_issues[name]), name), default=None)


def _alike(one: StoredIssue, other: StoredIssue, found: float) -> bool:
    names = {name.casefold() for name in (one.issue.label.ja, one.issue.label.en) if name}
    if names & {name.casefold() for name in (other.issue.label.ja, other.issue.label.en) if name}:
        return True
    # Centres of different models cannot be compared: what is not known to be free of an issue is not recommended.
    return one.centre.shape != other.centre.shape or float(one.centre @ other.centre) >= found
