"""What koe proposes to change about the issues of a report, and why in words."""

from __future__ import annotations

from typing import Any

from koe.proposal import Proposal, ProposalKind
from reports.config import ReportConfig
from reports.report import ProposalEntry
from reports.seen import Seen
from reports.wording import LANGUAGES, Wording
from storage.work import Work


def proposed(work: Work, seen: Seen, config: ReportConfig) -> list[ProposalEntry]:
    """The proposals about issues that the report shows, as far as they rest on nothing newer than its week."""
    end = seen.week.end(config.zone)
    found = []
    for proposal in work.proposals.list(seen.as_of.ledger):
        issue, into = seen.issues.get(proposal.issue), seen.issues.get(proposal.into or "")
        if issue is None or (proposal.into is not None and into is None) or proposal.rests_on >= end:
            continue
        product = issue.issue.product_id
        into_label = None if into is None else into.issue.label
        found.append(ProposalEntry(proposal, product, config.name(product), issue.issue.label, into_label))
    return found


def title(proposal: Proposal, t: Wording) -> str:
    """What would be done, in a few words."""
    return t(f"propose_{proposal.kind}", issue=proposal.issue, into=proposal.into)


def reason(proposal: Proposal, t: Wording) -> str:
    """What speaks for it, in words."""
    one, other = proposal.sizes
    said = [
        t(
            f"propose_{proposal.kind}_why",
            one=t.number(one),
            other=t.number(other),
            nearness=t.percent(max(proposal.nearness, 0.0)),
            bar=t.percent(proposal.bar),
            p=t.chance(proposal.p_value),
        )
    ]
    if proposal.part is not None:
        said.append(t("propose_part", part=proposal.part))
    if proposal.kind is ProposalKind.SPLIT:
        said.append(t("propose_own", words=t.listed(proposal.words[0]), others=t.listed(proposal.words[1])))
    elif proposal.words[0]:
        said.append(t("propose_shared", words=t.listed(proposal.words[0])))
    return t.gap.join(said)


def as_json(entry: ProposalEntry, timezone: str) -> dict[str, Any]:
    """JSON values only."""
    proposal = entry.proposal
    return {
        "kind": str(proposal.kind),
        "issue": proposal.issue,
        "into": proposal.into,
        "product_id": entry.product_id,
        "score": proposal.score,
        "p_value": proposal.p_value,
        "nearness": proposal.nearness,
        "bar": proposal.bar,
        "sizes": list(proposal.sizes),
        "words": [list(words) for words in proposal.words],
        "part": proposal.part,
        "feedback_ids": list(proposal.feedback),
        "reason": {lang: reason(proposal, Wording.of(lang, timezone)) for lang in LANGUAGES},
        "command": proposal.command,
    }
