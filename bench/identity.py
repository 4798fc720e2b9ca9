"""Whether discovery week by week comes to what it finds all at once, and whether anything moves without being told.

The sample data is taken in anew, with the analyses that a demo folder holds, so that no model is needed. One store
sees it week by week, as a schedule does; another sees all of it in one run. The agreement is the adjusted Rand index
(Hubert and Arabie 1985) over the complaint segments of both, a segment without an issue being a group of its own.
Two further rounds carry out merges after each week: those that koe is sure of (``discovery: {auto_merge: true}``),
and all that it proposes, as a person would who says yes each time. The last one groups all anew after each week
(``discovery: {regroup: true}``).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from bench.agreement import agreement
from bench.planted import score
from flows.steps.discover import discover
from flows.steps.ingest import ingest
from flows.wiring import Wiring
from koe.issue import LedgerKind, Member, Span
from koe.proposal import ProposalKind
from koe.settings_file import load_settings
from koe.week import Week
from samples.plan import FIRST_WEEK, LAST_WEEK, WEEKS

_TOLD = (LedgerKind.MERGED, LedgerKind.SPLIT, LedgerKind.MOVED, LedgerKind.REGROUPED)


class Merging(Enum):
    """Which of the merges that koe proposes are carried out after each run, or whether all are grouped anew."""

    NONE = auto()
    SURE = auto()
    ALL = auto()
    ANEW = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where each complaint segment ended (``None``: without an issue), and how many moved without an event."""

    home: Mapping[Span, str | None]
    members: Sequence[Member]
    issues: int
    merges: int
    untold: int


def main(arguments: argparse.Namespace) -> None:
    """Print the agreement, with and without the merges that koe is sure of."""
    from importlib.resources import files

    truth = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    weekly = [FIRST_WEEK + number for number in range(WEEKS)]
    whole = replay(arguments.demo, [LAST_WEEK])
    _say("all at once", whole, truth)
    for name, merging in (
        ("week by week", Merging.NONE),
        ("week by week, sure merges carried out", Merging.SURE),
        ("week by week, all proposed merges carried out", Merging.ALL),
        ("week by week, grouped anew each week", Merging.ANEW),
    ):
        by_week = replay(arguments.demo, weekly, merging)
        _say(name, by_week, truth)
        print(f"{name}: adjusted Rand {rand(whole.home, by_week.home):.3f} to all at once", flush=True)


def _say(name: str, outcome: Outcome, truth: Mapping[str, Any]) -> None:
    results = score(outcome.members, truth)
    alone = sum(issue is None for issue in outcome.home.values())
    print(
        f"{name}: {outcome.issues} issues, {alone} of {len(outcome.home)} segments in none; planted issues found "
        f"{sum(one.ok() for one in results)} of {len(results)}, "
        f"purity {sum(one.purity for one in results) / len(results):.2f}, "
        f"recall {sum(one.recall for one in results) / len(results):.2f}; "
        f"{outcome.merges} merges; moved without an event: {outcome.untold}",
        flush=True,
    )


def rand(one: Mapping[Span, str | None], other: Mapping[Span, str | None]) -> float:
    """The adjusted Rand index over the segments that both have; a segment without an issue is a group of its own."""
    both = sorted(set(one) & set(other), key=str)
    mine, theirs = ([home[span] or f"alone {n}" for n, span in enumerate(both)] for home in (one, other))
    return agreement(mine, theirs).rand


def replay(demo: Path, weeks: Sequence[Week], merging: Merging = Merging.NONE) -> Outcome:
    """Discover in a store of its own, once at the end of each week, from the analyses of a demo folder."""
    with tempfile.TemporaryDirectory() as folder:
        wiring = _taken_in(demo, Path(folder) / "replay.sqlite", merging is Merging.SURE)
        untold = 0
        before: dict[Span, str] = {}
        seen = 0
        for week in weeks:
            discover(wiring, week.end(wiring.settings.zone), regroup=merging is Merging.ANEW)
            if merging is Merging.ALL:
                _accept(wiring, week)
            with wiring.database.work(write=False) as work:
                members = work.issues.members()
                now = {member.span: member.issue for member in members}
                told = {
                    stored.event.issue
                    for stored in work.issues.ledger()
                    if stored.seq > seen and stored.event.kind in _TOLD
                }
                untold += sum(now.get(span) != issue and issue not in told for span, issue in before.items())
                before, seen = now, work.issues.last_seq()
        with wiring.database.work(write=False) as work:
            current = {
                (one.key, one.feedback.version) for one in work.feedback.seen(weeks[-1].end(wiring.settings.zone))
            }
            alone: dict[Span, str | None] = dict.fromkeys(span for span, _ in work.issues.unassigned())
            home = {span: issue for span, issue in (alone | before).items() if (span.feedback, span.version) in current}
            merges = sum(stored.event.kind is LedgerKind.MERGED for stored in work.issues.ledger())
        wiring.database.close()
    return Outcome(home, members, len(set(before.values())), merges, untold)


def _accept(wiring: Wiring, week: Week) -> None:
    """Carry out all merges that are proposed, from the week on."""
    with wiring.database.work() as work:
        for one in work.proposals.list():
            if one.kind is ProposalKind.MERGE:
                issue, into = (work.issues.resolve(id_).id for id_ in (one.issue, one.into or ""))
                if issue != into:
                    work.issues.merge(issue, into, by="bench", effective_at=week.end(wiring.settings.zone))
        work.commit()


def _taken_in(demo: Path, path: Path, merging: bool) -> Wiring:
    settings = load_settings(demo / "koe.yaml")
    discovery = settings.discovery.model_copy(update={"auto_merge": merging})
    wiring = Wiring(settings.model_copy(update={"database": f"sqlite:///{path}", "discovery": discovery, "notify": []}))
    source = Wiring(settings.model_copy(update={"database": f"sqlite:///{(demo / 'koe.sqlite').resolve()}"}))
    wiring.database.migrate()
    ingest(wiring)
    with wiring.database.work() as work, source.database.work(write=False) as before:
        model = before.analyses.newest_model() or wiring.model_version
        pending = work.analyses.pending(model, 1_000_000)
        work.analyses.save(before.analyses.load([digest for digest, _ in pending], model).items())
        work.commit()
    source.database.close()
    # what is stored is read by its own model's name, whichever model is installed
    wiring.model_version = model
    return wiring
