"""Known issues first, new ones from the rest: complaint segments in, members and new issues out.

The same input gives the same output, byte by byte: segments are taken by (created_at, key, place), every tie goes to
the earlier one, and similarities are rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from koe.issue import Span
from koe.settings import DiscoverySettings
from nlp.discovery.complaints import ComplaintSegment, Discovery, FoundIssue, KnownIssue, Unassigned
from nlp.discovery.features import language_offsets
from nlp.discovery.product import Product, centre_with


def discover(
    segments: Sequence[ComplaintSegment],
    known: Sequence[KnownIssue],
    settings: DiscoverySettings,
    members: Mapping[str, Sequence[ComplaintSegment]] | None = None,
) -> Discovery:
    """Assign segments to known issues of their product and found new issues from the rest.

    Args:
        segments: those that belong to no issue yet; one that belongs to an issue already is not given again.
        known: the issues there are; a dismissed one is given too, so that it is not found anew.
        settings: see :class:`koe.settings.DiscoverySettings`.
        members: the present members of known issues by id. They sharpen the centres and what "unrelated" means for
            the product, and are not moved. Give them where they are at hand.

    Returns:
        New members, new centres, new issues and the unassigned with their reasons; each segment once.
    """
    found: list[FoundIssue] = []
    joined: dict[str, tuple[tuple[Span, float], ...]] = {}
    unassigned: list[tuple[ComplaintSegment, Unassigned]] = []
    by_product: dict[str | None, list[ComplaintSegment]] = {}
    for segment in sorted(segments, key=lambda one: one.order):
        by_product.setdefault(segment.product_id, []).append(segment)
    everyone = [*sorted(segments, key=lambda one: one.order)]
    for id_ in sorted(members or {}):
        everyone += (members or {})[id_]
    offsets = language_offsets(everyone)
    for product_id, mine in by_product.items():
        issues = sorted((issue for issue in known if issue.is_of(product_id)), key=lambda issue: issue.id)
        issues = [issue for issue in issues if (members or {}).get(issue.id) or _comparable(issue, mine[0])]
        product = Product(mine, issues, settings, members or {}, offsets)
        product.assign_to_known()
        product.found_new()
        product.look_again()
        found += product.found
        for id_, new in product.joined().items():
            joined[id_] = (*joined.get(id_, ()), *new)
        unassigned += product.left_over()
    found.sort(key=lambda issue: (issue.first_seen, issue.members[0][0].feedback, issue.product_id or ""))
    unassigned.sort(key=lambda pair: pair[0].order)
    by_span = {segment.span: segment for segment in segments}
    centres = {
        issue.id: centre_with(issue, (members or {}).get(issue.id, ()), [by_span[span] for span, _ in joined[issue.id]])
        for issue in known
        if issue.id in joined
    }
    return Discovery(
        joined=dict(sorted(joined.items())),
        centres=dict(sorted(centres.items())),
        found=tuple(found),
        unassigned=tuple(one for _, one in unassigned),
    )


def _comparable(issue: KnownIssue, segment: ComplaintSegment) -> bool:
    """A centre that a model of another width made says nothing; an issue with members at hand needs no such centre."""
    return len(issue.centre) == len(segment.embedding)
