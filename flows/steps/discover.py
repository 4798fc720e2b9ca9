"""The step ``discover``: complaint segments of the visible feedback become members of known or new issues."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from koe.analysis import Document

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.issue import Span
    from nlp.discovery import ComplaintSegment, KnownIssue
    from storage.feedback_store import StoredFeedback
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class DiscoverCounts:
    """What a run did: complaint segments without an issue, those that joined a known one, issues born, segments left.

    ``copies`` is how many feedback are known to repeat another one, ``proposed`` how many merges and splits wait for a
    person, ``merged`` how many issues were merged because koe.yaml says so, ``regrouped`` how many segments left their
    issue when all were grouped anew.
    """

    segments: int
    joined: int
    born: int
    unassigned: int
    copies: int
    proposed: int = 0
    merged: int = 0
    regrouped: int = 0


def discover(
    wiring: Wiring, until: datetime | None = None, *, regroup: bool = False, commit: bool = True
) -> DiscoverCounts:
    """Group the complaint segments of feedback before ``until`` (default: now) that belong to no issue yet.

    Known issues take their own first; only the rest may found new ones, numbered by their earliest feedback. With
    ``regroup``, or where koe.yaml says so, all are grouped anew after that; see :mod:`flows.steps.regroup`. Without
    ``commit`` nothing is kept of it.
    """
    from flows.steps.propose import propose
    from flows.steps.regroup import regroup as group_anew
    from nlp.discovery.discover import discover as group

    now = wiring.clock()
    with wiring.database.work() as work:
        seen = list(work.feedback.seen(until or now))
        _tell_copies(work, seen)
        copies = work.feedback.copies()
        home = _home(work)
        rest: list[ComplaintSegment] = []
        members: defaultdict[str, list[ComplaintSegment]] = defaultdict(list)
        least = wiring.settings.discovery.complaint
        for segment in _segments(work, seen, copies, wiring.model_version):
            if segment.span in home:
                members[home[segment.span]].append(segment)
            elif segment.complaint >= least:
                rest.append(segment)
        found = group(rest, _known(work, home.values()), wiring.settings.discovery, members)
        refit = work.issues.begin_refit(now)
        for issue, joined in found.joined.items():
            work.issues.add_members(issue, joined, now)
        # The centres follow the members and the model: a new one changes nothing else about an issue.
        centres = {issue: np.mean([one.embedding for one in own], axis=0) for issue, own in members.items()}
        for issue, centre in (centres | dict(found.centres)).items():
            work.issues.set_centre(issue, centre)
        ids = {}
        for new in found.found:
            born = work.issues.create(new.product_id, new.label, new.first_seen, new.centre, now)
            work.issues.add_members(born.id, new.members, now)
            ids[new] = born.id
        work.issues.set_unassigned([(one.span, one.told(ids)) for one in found.unassigned], now)
        everyone = [*rest, *(segment for own in members.values() for segment in own)]
        members, alone = _by_issue(everyone, _home(work))
        regrouped = 0
        if regroup or wiring.settings.discovery.regroup:
            known = _known(work, _home(work).values())
            regrouped = group_anew(work, known, members, alone, wiring.settings.discovery, now)
            members, alone = _by_issue(everyone, _home(work))
        home = _home(work)
        attributes = {stored.key: stored.feedback.attributes for stored in seen}
        settings = wiring.settings.discovery
        merged = propose(work, _known(work, home.values()), members, alone, attributes, settings, refit)
        proposed = len(work.proposals.list())
        if commit:
            work.commit()
    return DiscoverCounts(
        segments=len(rest),
        joined=sum(map(len, found.joined.values())),
        born=len(found.found),
        unassigned=len(alone),
        copies=len(copies),
        proposed=proposed,
        merged=merged,
        regrouped=regrouped,
    )


def _by_issue(
    segments: Iterable[ComplaintSegment], home: Mapping[Span, str]
) -> tuple[defaultdict[str, list[ComplaintSegment]], list[ComplaintSegment]]:
    """The members of each issue, and those that belong to none, in order."""
    members: defaultdict[str, list[ComplaintSegment]] = defaultdict(list)
    alone: list[ComplaintSegment] = []
    for segment in sorted(segments, key=lambda one: one.order):
        (members[home[segment.span]] if segment.span in home else alone).append(segment)
    return members, alone


def _home(work: Work) -> dict[Span, str]:
    return {member.span: member.issue for member in work.issues.members()}


def _tell_copies(work: Work, seen: Sequence[StoredFeedback]) -> None:
    from nlp.discovery.copies import find_copies

    work.feedback.set_copies(
        find_copies(
            [
                (stored.key, stored.feedback.product_id, stored.feedback.created_at, stored.feedback.text)
                for stored in seen
                if stored.feedback.text
            ]
        )
    )


def _known(work: Work, homes: Iterable[str]) -> list[KnownIssue]:
    from nlp.discovery import KnownIssue

    sizes = Counter(homes)
    also: defaultdict[str, set[str | None]] = defaultdict(set)
    present = work.issues.present_ids()
    for stored in work.issues.all():
        also[present[stored.id]].add(stored.issue.product_id)
    # A dismissed issue keeps taking its own, so that it is not found anew.
    return [
        KnownIssue(
            stored.id,
            stored.issue.product_id,
            stored.centre,
            stored.issue.label,
            sizes[stored.id],
            frozenset(also[stored.id] - {stored.issue.product_id}),
        )
        for stored in work.issues.all()
        if stored.issue.merged_into is None
    ]


def _segments(
    work: Work, seen: Sequence[StoredFeedback], copies: Mapping[str, str], model: str
) -> Iterator[ComplaintSegment]:
    """All segments, as the model in use reads them, whether they complain or not."""
    from nlp.discovery import complaint_segments

    analyses = work.analyses.load({stored.text_hash for stored in seen}, model)
    for stored in seen:
        feedback, analysis = stored.feedback, analyses.get(stored.text_hash)
        # An answer is not a complaint of the one who asked.
        if analysis is None or feedback.parent_id:
            continue
        yield from complaint_segments(
            feedback.key,
            feedback.version,
            Document(feedback.text or "", feedback.title or "", feedback.lang),
            analysis,
            product_id=feedback.product_id,
            created_at=feedback.created_at,
            threshold=0.0,
            counted=feedback.counted and feedback.key not in copies,
        )
