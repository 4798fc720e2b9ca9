"""A refit: all complaints grouped anew, carried out as events of the ledger.

Discovery never moves a segment that is in an issue, so what the first weeks found on few complaints stays as it was
found. A refit groups all of them as if they had come at once. A group goes on under the id of the issue it has most of,
the others are born, and an issue that loses its last segment is merged into the one that has most of it. Issues that a
person has changed in any way stay as they are and keep taking their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from koe.issue import Span
    from koe.settings import DiscoverySettings
    from nlp.discovery import ComplaintSegment, Discovery, KnownIssue
    from storage.work import Work

#: An issue that keeps less than this share of its segments is no longer what its name says: koe names it anew.
_SAME_STORY = 0.5


def regroup(
    work: Work,
    issues: Sequence[KnownIssue],
    members: Mapping[str, Sequence[ComplaintSegment]],
    alone: Sequence[ComplaintSegment],
    settings: DiscoverySettings,
    now: datetime,
) -> int:
    """Group all complaints anew and put them where they belong; returns how many segments left their issue.

    Args:
        work: the unit of work of the discovery run.
        issues: all that are not merged into others.
        members: the present members of each issue.
        alone: the complaints that belong to none.
        settings: those of discovery.
        now: when the new issues are born. The moves hold from the newest complaint on, so that the reports of earlier
            weeks stay as they were.
    """
    from nlp.discovery.discover import discover as group
    from nlp.discovery.succession import successors

    kept = _changed_by_people(work)
    free = {id_: own for id_, own in members.items() if id_ not in kept}
    segments = [*alone, *(one for own in free.values() for one in own)]
    if not segments:
        return 0
    before = {one.span: id_ for id_, own in free.items() for one in own}
    stay = [issue for issue in issues if issue.id in kept]
    found = group(segments, stay, settings, {id_: own for id_, own in members.items() if id_ in kept})
    homes: dict[Span, tuple[str | None, float]] = {one.span: (None, 0.0) for one in found.unassigned}
    for id_, joined in found.joined.items():
        homes |= {span: (id_, similarity) for span, similarity in joined}
    heirs = successors([[span for span, _ in new.members] for new in found.found], before)
    ids = {}
    for new, heir in zip(found.found, heirs, strict=True):
        own = heir or work.issues.create(new.product_id, new.label, new.first_seen, new.centre, now).id
        ids[new] = own
        homes |= {span: (own, similarity) for span, similarity in new.members}
    follows = _followed(before, homes)
    for id_ in sorted(set(free) - set(follows)):  # nobody has any of it: it stays, rather than lose its evidence
        homes = {span: home for span, home in homes.items() if before.get(span) != id_}
    newest = max(one.created_at for one in segments)
    left = work.issues.regroup(homes, effective_at=newest)
    for id_, into in follows.items():
        if into != id_:
            work.issues.merge(id_, into, by="koe", effective_at=newest, proposal={"regrouped": True})
    _follow(work, found, heirs, before, newest)
    told = {one.span: one.told(ids) for one in found.unassigned if one.span in homes}
    work.issues.set_unassigned(told.items(), now)
    return left


def _changed_by_people(work: Work) -> set[str]:
    """The issues of which a person has changed anything, by their present ids."""
    present = work.issues.present_ids()
    named: set[str] = set()
    for one in work.issues.corrections():
        named |= {one.subject, *(str(one.details[key]) for key in ("into", "to") if one.details.get(key))}
    return {present[id_] for id_ in named if id_ in present}


def _followed(before: Mapping[Span, str], homes: Mapping[Span, tuple[str | None, float]]) -> dict[str, str]:
    """What each issue goes on as: itself where it keeps a segment, else the issue that gets most of it.

    One of which no segment is in any issue any more is left out.
    """
    gets: dict[str, Counter[str]] = {}
    for span, id_ in before.items():
        home = homes[span][0]
        if home is not None:
            gets.setdefault(id_, Counter())[home] += 1
    remains = {home for home, _ in homes.values() if home is not None}
    return {
        id_: id_ if id_ in remains else min(count, key=lambda home: (-count[home], home))
        for id_, count in sorted(gets.items())
    }


def _follow(
    work: Work, found: Discovery, heirs: Sequence[str | None], before: Mapping[Span, str], newest: datetime
) -> None:
    """Give the issues that go on the centres of their groups, and a name of their own where little of them is left."""
    for new, heir in zip(found.found, heirs, strict=True):
        if heir is None:
            continue
        work.issues.set_centre(heir, np.asarray(new.centre, dtype=np.float32))
        stayed = sum(before.get(span) == heir for span, _ in new.members)
        if stayed < _SAME_STORY * len(new.members):
            work.issues.rename_as_koe(heir, new.label, effective_at=newest)
    for id_, centre in found.centres.items():
        work.issues.set_centre(id_, centre)
