"""How well koe proposes: issues that were found twice, and issues that are two, made from what the demo planted.

The members are the complaint segments of a demo folder, the issues the planted ones. Each is cut in two (at random by
feedback, by language, by time), and koe should propose to put the halves together and nothing else; each two of a
product are put together, and koe should propose to split them. Purity is the share of the larger side's planted issue
among the feedback that a split would take out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations

import numpy as np

from koe.issue import Label
from koe.proposal import Proposal, ProposalKind
from koe.settings import DiscoverySettings
from nlp.discovery import ComplaintSegment, KnownIssue, complaint_segments
from nlp.discovery.proposals import propose

_ROUNDS = 5
#: The end of the sample data and more.
_LATER = datetime(2100, 1, 1, tzinfo=UTC)
Told = Sequence[tuple[ComplaintSegment, str]]


def main(arguments: argparse.Namespace) -> None:
    """Print the figures for a demo folder."""
    told = list(_told(arguments))
    planted = sorted({(segment.product_id or "", key) for segment, key in told if key})
    print(f"{len(planted)} planted issues, {sum(bool(key) for _, key in told)} of {len(told)} complaint segments")
    as_planted = _proposals(told, lambda _, key: key)
    merges = sum(one.kind is ProposalKind.MERGE for one in as_planted)
    print(f"as planted: {merges} merges (all wrong), {len(as_planted) - merges} splits (all wrong)")
    rng = np.random.default_rng(1)
    random = [_halved(told, _at_random(rng)) for _ in range(_ROUNDS)]
    _say("halves at random", [sum(figures) for figures in zip(*random, strict=True)])
    _say("halves by language", _halved(told, lambda segment: segment.lang))
    middle = sorted(segment.created_at for segment, _ in told)[len(told) // 2]
    _say("halves by time", _halved(told, lambda segment: "early" if segment.created_at < middle else "late"))
    pairs = [(one, other) for (mine, one), (its, other) in combinations(planted, 2) if mine == its]
    splits = [_split(told, {one, other}) for one, other in pairs]
    pure = [purity for purity in splits if purity is not None]
    mean = sum(pure) / len(pure) if pure else 0.0
    print(f"two put together: {len(pure)} of {len(pairs)} proposed to be split, purity {mean:.0%}")


def _told(arguments: argparse.Namespace) -> Iterator[tuple[ComplaintSegment, str]]:
    """The counted complaint segments of the demo, each with its planted issue (empty: none)."""
    from importlib.resources import files

    from koe.analysis import Document
    from storage.database import open_database

    truth = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    planted: dict[tuple[str, int, str], list[tuple[int, int, str]]] = defaultdict(list)
    issues = {issue["key"] for issue in truth["issues"]}
    for one in truth["segments"]:
        planted[one["feedback"], one["version"], one["field"]].append((one["start"], one["end"], one["issue"]))
    database = open_database(f"sqlite:///{(arguments.demo / 'koe.sqlite').resolve()}")
    with database.work(write=False) as work:
        seen = [one for one in work.feedback.seen(_LATER) if one.feedback.counted]
        copies = work.feedback.copies()
        model = work.analyses.newest_model()
        analyses = work.analyses.load({one.text_hash for one in seen}, model or "")
        for one in seen:
            analysis, feedback = analyses.get(one.text_hash), one.feedback
            if analysis is None or one.key in copies:
                continue
            for segment in complaint_segments(
                one.key,
                feedback.version,
                Document(feedback.text or "", feedback.title or "", feedback.lang),
                analysis,
                product_id=feedback.product_id,
                created_at=feedback.created_at,
                threshold=DiscoverySettings().complaint,
            ):
                span = segment.span
                places = planted.get((span.feedback, span.version, span.field), [])
                shared = [(min(end, span.end) - max(start, span.start), key) for start, end, key in places]
                length, key = max(shared, default=(0, ""))
                yield segment, key if length > 0 and key in issues else ""


def _proposals(told: Told, issue: Callable[[ComplaintSegment, str], str]) -> tuple[Proposal, ...]:
    members: dict[str, list[ComplaintSegment]] = defaultdict(list)
    alone = []
    for segment, key in told:
        name = issue(segment, key) if key else None
        (members[name] if name else alone).append(segment)
    centre = np.zeros(1, dtype=np.float32)
    known = [KnownIssue(name, mine[0].product_id, centre, Label(), len(mine)) for name, mine in members.items()]
    return propose(known, members, alone, DiscoverySettings().min_members)


def _halved(told: Told, half: Callable[[ComplaintSegment], str]) -> tuple[int, int, int]:
    """How many issues have two halves of enough feedback, how many of them are proposed to be merged, wrong merges."""
    sizes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for segment, key in told:
        if key:
            sizes[key][half(segment)].add(segment.span.feedback)
    least = DiscoverySettings().min_members
    possible = sum(sum(len(who) >= least for who in halves.values()) == 2 for halves in sizes.values())
    found = _proposals(told, lambda segment, key: f"{key}#{half(segment)}")
    merges = [one for one in found if one.kind is ProposalKind.MERGE]
    right = sum(one.issue.partition("#")[0] == (one.into or "").partition("#")[0] for one in merges)
    return possible, right, len(merges) - right


def _at_random(rng: np.random.Generator) -> Callable[[ComplaintSegment], str]:
    sides: Mapping[str, str] = defaultdict(lambda: str(rng.integers(2)))
    return lambda segment: sides[segment.span.feedback]


def _split(told: Told, both: set[str]) -> float | None:
    """Two issues put together: the purity of the split that is proposed, or ``None``."""
    found = _proposals(told, lambda _, key: "both" if key in both else key)
    for one in found:
        if one.kind is ProposalKind.SPLIT and one.issue == "both":
            out = Counter(key for segment, key in told if key in both and segment.span.feedback in one.feedback)
            return max(out.values()) / out.total()
    return None


def _say(what: str, figures: Sequence[int]) -> None:
    possible, right, wrong = figures
    print(f"{what}: {right} of {possible} proposed to be merged, {wrong} wrong merges")
