"""What koe proposes after a discovery run: merges and splits, kept for the report and carried out where asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from koe.issue import LedgerKind
from koe.proposal import Proposal, ProposalKind

if TYPE_CHECKING:
    from koe.settings import DiscoverySettings
    from nlp.discovery import ComplaintSegment, KnownIssue
    from storage.ledger import StoredEvent
    from storage.work import Work

#: From which p-value on a merge is sure enough to be carried out without a person.
_SURE = 0.01
#: The share of an issue's feedback that names a part, from which on the issue may be about that part.
_ABOUT = 0.5

Attributes = Mapping[str, Mapping[str, str]]


def propose(
    work: Work,
    issues: Sequence[KnownIssue],
    members: Mapping[str, Sequence[ComplaintSegment]],
    alone: Sequence[ComplaintSegment],
    attributes: Attributes,
    settings: DiscoverySettings,
    refit: int,
) -> int:
    """Keep the proposals that the present members speak for; returns how many merges were carried out.

    Args:
        work: the unit of work of the discovery run.
        issues: all that are not merged; dismissed ones and what people decided otherwise are left out here.
        members: the members of each issue after the run.
        alone: the complaints that belong to none.
        attributes: those of each feedback, by key.
        settings: the least number of feedback, whether to merge, and which attributes name parts.
        refit: the number of the run in the ledger.
    """
    from nlp.discovery.proposals import propose as compare

    dismissed = {stored.id for stored in work.issues.all() if stored.issue.dismissed}
    apart, whole = _decided(work.issues.ledger(), work.issues.present_ids())
    proposals = compare(
        [issue for issue in issues if issue.id not in dismissed],
        members,
        alone,
        settings.min_members,
        apart=apart,
        whole=whole,
        parts={id_: _parts(mine, attributes, settings.parts, settings.min_members) for id_, mine in members.items()},
    )
    merged = [one for one in proposals if settings.auto_merge and _sure(work, one)]
    work.proposals.replace([one for one in proposals if one not in merged], refit)
    for one in merged:
        why = {"nearness": one.nearness, "bar": one.bar, "p_value": one.p_value}
        # It holds from the newest feedback that speaks for it, so that earlier weeks keep both issues.
        work.issues.merge(one.issue, one.into or "", by="koe", effective_at=one.rests_on, proposal=why)
    return len(merged)


def _sure(work: Work, proposal: Proposal) -> bool:
    """Whether a merge needs no person: hardly by chance, of one product, and of no fix that would be lost."""
    if proposal.kind is not ProposalKind.MERGE or proposal.p_value > _SURE or proposal.part is not None:
        return False
    both = [work.issues.resolve(id_).issue for id_ in (proposal.issue, proposal.into or "")]
    return both[0].id != both[1].id and not any(issue.fixed_from for issue in both)


def _decided(ledger: Iterable[StoredEvent], home: Mapping[str, str]) -> tuple[set[frozenset[str]], set[str]]:
    """The pairs of issues that a person told apart, and the issues that a person put together, by their present ids."""
    apart, whole = set(), set()
    for stored in ledger:
        event = stored.event
        if event.kind is LedgerKind.MERGED and "proposal" not in event.details:
            whole.add(home[str(event.details["into"])])
        target = event.details.get({LedgerKind.SPLIT: "into", LedgerKind.MOVED: "to"}.get(event.kind, ""))
        if event.issue is not None and target is not None:
            pair = frozenset((home[event.issue], home[str(target)]))
            apart |= {pair} if len(pair) > 1 else set()
    return apart, whole


def _parts(
    members: Sequence[ComplaintSegment], attributes: Attributes, names: Sequence[str], least: int
) -> frozenset[str]:
    """The parts that an issue is about: enough of its feedback names them, and most of that which names any."""
    keys = {one.span.feedback for one in members if one.counted}
    parts = set()
    for name in names:
        told = Counter(attributes[key][name] for key in keys if name in attributes.get(key, {}))
        parts |= {f"{name} {value}" for value, count in told.items() if count >= max(least, _ABOUT * told.total())}
    return frozenset(parts)
