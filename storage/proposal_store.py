"""Proposals: rows are added and closed, never changed otherwise, so that every earlier moment can be told again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from koe.issue import issue_id, issue_number
from koe.proposal import Proposal, ProposalKind
from storage.models import ProposalRow
from storage.statements import IN_LIST, batched

_table = ProposalRow.table()


class ProposalStore:
    """What koe would change about issues, as the last discovery run said."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, proposals: Sequence[Proposal], event: int) -> None:
        """Keep the proposals of a discovery run (the number of its ledger event): the whole list, each time."""
        query = select(_table).where(_table.c.until_event.is_(None)).order_by(_table.c.id)
        before = {_proposal(row): row.id for row in self._connection.execute(query)}
        gone = [id_ for proposal, id_ in before.items() if proposal not in proposals]
        for part in batched(gone, IN_LIST):
            self._connection.execute(update(_table).where(_table.c.id.in_(part)).values(until_event=event))
        new = [{**_values(one), "since_event": event} for one in proposals if one not in before]
        if new:
            self._connection.execute(insert(_table), new)

    def list(self, as_of_ledger: int | None = None) -> list[Proposal]:
        """The proposals as they are now or were after an event of the ledger, the surest first."""
        query = select(_table)
        if as_of_ledger is None:
            query = query.where(_table.c.until_event.is_(None))
        else:
            still = or_(_table.c.until_event.is_(None), _table.c.until_event > as_of_ledger)
            query = query.where(_table.c.since_event <= as_of_ledger, still)
        found = [_proposal(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda one: (one.p_value, one.issue, one.kind))


def _proposal(row: Row[Any]) -> Proposal:
    details = row.details
    return Proposal(
        kind=ProposalKind(row.kind),
        issue=issue_id(row.issue),
        into=None if row.into is None else issue_id(row.into),
        nearness=details["nearness"],
        bar=details["bar"],
        p_value=details["p_value"],
        sizes=(details["sizes"][0], details["sizes"][1]),
        words=tuple(tuple(words) for words in details["words"]),
        rests_on=row.rests_on,
        feedback=tuple(details["feedback"]),
        part=details["part"],
    )


def _values(proposal: Proposal) -> dict[str, Any]:
    return {
        "kind": proposal.kind.value,
        "issue": issue_number(proposal.issue),
        "into": None if proposal.into is None else issue_number(proposal.into),
        "rests_on": proposal.rests_on,
        "details": {
            "nearness": proposal.nearness,
            "bar": proposal.bar,
            "p_value": proposal.p_value,
            "sizes": list(proposal.sizes),
            "words": [list(words) for words in proposal.words],
            "feedback": list(proposal.feedback),
            "part": proposal.part,
        },
    }
