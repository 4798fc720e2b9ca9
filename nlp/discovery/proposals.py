"""Proposals: issues that tell one story, and issues that tell two.

Two issues are one when their members lie as near to each other as two halves of one issue do; an issue is two when its
halves lie as far apart as two issues, and each has its own words. Both are tests (:mod:`nlp.discovery.nearness`), and
a person decides: nothing is moved here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from koe.proposal import Proposal, ProposalKind
from nlp.discovery.complaints import ComplaintSegment, KnownIssue
from nlp.discovery.features import language_offsets
from nlp.discovery.issue_groups import IssueGroup, IssueGroups
from nlp.discovery.nearness import Nearness

#: The nearness that two halves of one issue show: the lower quartile of the issues at hand, within these limits; the
#: last where there are few.
_LEAST_BAR, _USUAL_BAR = 0.4, 0.5
_FEW = 4
#: The nearness that two different issues stay below: those of the sample data lie at 0.2 at most.
_FAR = 0.3
#: How small the chance must be. A split is looked for where it shows most, so that chance has more to choose from.
_MERGE_LEVEL, _SPLIT_LEVEL = 0.05, 0.01


def propose(
    issues: Sequence[KnownIssue],
    members: Mapping[str, Sequence[ComplaintSegment]],
    alone: Sequence[ComplaintSegment],
    min_members: int,
    *,
    apart: Collection[frozenset[str]] = (),
    whole: Collection[str] = (),
    parts: Mapping[str, Collection[str]] | None = None,
) -> tuple[Proposal, ...]:
    """Merges and splits that the members of issues speak for, the surest first.

    Args:
        issues: those that are open to change: neither merged nor dismissed.
        members: the members of each, counted and not.
        alone: complaints that belong to no issue. They say what is usual for their product.
        min_members: different feedback that either side needs.
        apart: pairs of issues that a person told apart; they are not proposed to be merged.
        whole: issues that a person put together; they are not proposed to be split.
        parts: for each issue the parts that its feedback names. Issues of two products are compared where they have
            one in common.
    """
    products = _products(issues, members, alone)
    splits = [one for groups in products for one in _splits(groups, min_members, whole)]
    torn = {one.issue for one in splits}
    merges = [one for groups in products for one in _merges(groups, min_members, apart)]
    merges += _across(products, min_members, apart, parts or {})
    merges = list(_one_each(one for one in merges if not torn & {one.issue, one.into}))
    return tuple(sorted([*merges, *splits], key=lambda one: (one.p_value, one.issue, one.kind)))


def _products(
    issues: Sequence[KnownIssue],
    members: Mapping[str, Sequence[ComplaintSegment]],
    alone: Sequence[ComplaintSegment],
) -> list[IssueGroups]:
    issues = sorted((issue for issue in issues if members.get(issue.id)), key=lambda issue: issue.id)
    alone = sorted(alone, key=lambda one: one.order)
    offsets = language_offsets([*alone, *(one for issue in issues for one in members[issue.id])])
    return [
        IssueGroups(
            {issue.id: members[issue.id] for issue in issues if issue.product_id == product},
            [one for one in alone if one.product_id == product],
            offsets,
        )
        for product in sorted({issue.product_id for issue in issues}, key=lambda name: name or "")
    ]


def _merges(groups: IssueGroups, least: int, apart: Collection[frozenset[str]]) -> Iterator[Proposal]:
    cuts = [cut for issue in groups.issues if (cut := groups.cut(issue, least))]
    bar = _usual_nearness([cut.nearness.ratio for cut in cuts])
    for one, other in groups.rather_near(least, bar):
        if frozenset((one.id, other.id)) not in apart:
            yield from _merge((one, groups), (other, groups), groups.nearness(one, other), bar)


def _usual_nearness(ratios: Sequence[float]) -> float:
    if len(ratios) < _FEW:
        return _USUAL_BAR
    return min(max(float(np.quantile(ratios, 0.25)), _LEAST_BAR), _USUAL_BAR)


def _splits(groups: IssueGroups, least: int, whole: Collection[str]) -> Iterator[Proposal]:
    for issue in groups.issues:
        cut = groups.cut(issue, least)
        if cut is None or issue.id in whole or cut.nearness.ratio >= _FAR:
            continue
        p_value = cut.nearness.p_not_below(_FAR)
        words = groups.own_words(cut)
        if p_value <= _SPLIT_LEVEL and words is not None:
            yield Proposal(
                kind=ProposalKind.SPLIT,
                issue=issue.id,
                into=None,
                nearness=_figure(cut.nearness.ratio),
                bar=_FAR,
                p_value=_figure(p_value),
                sizes=cut.sizes,
                words=words,
                rests_on=groups.newest(issue),
                feedback=groups.with_the_smaller(issue, cut),
            )


def _across(
    products: Sequence[IssueGroups],
    least: int,
    apart: Collection[frozenset[str]],
    parts: Mapping[str, Collection[str]],
) -> Iterator[Proposal]:
    """Pairs of two products that name the same part."""
    with_parts = [(issue, groups) for groups in products for issue in groups.issues if parts.get(issue.id)]
    for (one, mine), (other, theirs) in combinations(with_parts, 2):
        shared = sorted(set(parts[one.id]) & set(parts[other.id]))
        if mine is theirs or not shared or frozenset((one.id, other.id)) in apart:
            continue
        if min(one.group.people, other.group.people) >= least:
            nearness = Nearness(mine.across(one), theirs.across(other))
            yield from _merge((one, mine), (other, theirs), nearness, _USUAL_BAR, shared[0])


def _merge(
    one: tuple[IssueGroup, IssueGroups],
    other: tuple[IssueGroup, IssueGroups],
    nearness: Nearness,
    bar: float,
    part: str | None = None,
) -> Iterator[Proposal]:
    p_value = nearness.p_not_above(bar) if nearness.ratio > bar else 1.0
    if p_value > _MERGE_LEVEL:
        return
    # the older id goes on
    (into, its), (issue, from_) = sorted((one, other), key=lambda pair: (len(pair[0].id), pair[0].id))
    yield Proposal(
        kind=ProposalKind.MERGE,
        issue=issue.id,
        into=into.id,
        nearness=_figure(nearness.ratio),
        bar=_figure(bar),
        p_value=_figure(p_value),
        sizes=(issue.group.people, into.group.people),
        words=(its.shared_words(into, from_.marks(issue)),),
        rests_on=max(its.newest(into), from_.newest(issue)),
        part=part,
    )


def _one_each(merges: Iterator[Proposal]) -> Iterator[Proposal]:
    """The surest merge of each issue that would go."""
    gone: set[str] = set()
    for one in sorted(merges, key=lambda one: (one.p_value, -one.nearness, one.issue, one.into or "")):
        if one.issue not in gone:
            gone.add(one.issue)
            yield one


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
