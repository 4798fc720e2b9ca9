"""How many of the planted issues the demo finds, and how pure they are.

An issue of koe counts for the planted issue that at least half of its member feedback carry, anywhere in the text of
any version. Purity is the share of its member feedback that do; purity by segment is the share of its member segments
that lie on the planted stretches. Recall is the share of the planted feedback (counted, in its last version) in the
issue that holds most of them. A planted issue is found when that issue is at least 80 % pure and recall is at least
30 %; a second count asks for 50 %.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koe.issue import Member

PURITY = 0.8
RECALL = 0.3
MOST = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """How a planted issue fared: its issue in koe (``None``: none), purity and recall of it, and how many pieces."""

    key: str
    issue: str | None
    purity: float
    by_segment: float
    recall: float
    pieces: int

    def ok(self, recall: float = RECALL) -> bool:
        """Whether it counts as found."""
        return self.issue is not None and self.purity >= PURITY and self.recall >= recall


def score(members: Sequence[Member], truth: Mapping[str, Any]) -> list[Found]:
    """Score the members of koe's issues against the truth file of the sample data."""
    planted: dict[tuple[str, int, str], list[tuple[int, int, str]]] = defaultdict(list)
    versions: dict[str, int] = {}
    for segment in truth["segments"]:
        place = (segment["feedback"], segment["version"], segment["field"])
        planted[place].append((segment["start"], segment["end"], segment["issue"]))
        versions[segment["feedback"]] = max(versions.get(segment["feedback"], 1), segment["version"])
    left_out = set(truth["not_counted"])
    carrying: dict[str, set[str]] = defaultdict(set)
    wanted: dict[str, set[str]] = defaultdict(set)
    for segment in truth["segments"]:
        carrying[segment["issue"]].add(segment["feedback"])
        if segment["feedback"] not in left_out and segment["version"] == versions[segment["feedback"]]:
            wanted[segment["issue"]].add(segment["feedback"])
    carried: dict[str, Counter[str]] = defaultdict(Counter)
    feedback: dict[str, set[str]] = defaultdict(set)
    for member in members:
        span = member.span
        inside = planted.get((span.feedback, span.version, span.field), [])
        # A segment of the model may hold two planted ones: the one it shares most characters with counts.
        shared = [(min(end, span.end) - max(start, span.start), key) for start, end, key in inside]
        best = max((pair for pair in shared if pair[0] > 0), default=(0, "nothing planted"))
        carried[member.issue][best[1]] += 1
        feedback[member.issue].add(span.feedback)
    results = []
    for issue in truth["issues"]:
        key = issue["key"]
        mine = [
            (
                len(who & wanted[key]) / len(wanted[key]),
                len(who & carrying[key]) / len(who),
                carried[name][key] / carried[name].total(),
                name,
            )
            for name, who in sorted(feedback.items())
            if len(who & carrying[key]) >= len(who) / 2
        ]
        recall, purity, by_segment, name = max(mine, default=(0.0, 0.0, 0.0, None))
        results.append(Found(key, name, purity, by_segment, recall, len(mine)))
    return results


def main(arguments: argparse.Namespace) -> None:
    """Print the score of a demo folder."""
    from importlib.resources import files

    from storage.database import open_database

    database = open_database(f"sqlite:///{(arguments.demo / 'koe.sqlite').resolve()}")
    with database.work(write=False) as work:
        members = work.issues.members()
        issues = {one.issue.id: one.issue for one in work.issues.all()}
    truth = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    results = score(members, truth)
    for one in results:
        label = issues[one.issue].label if one.issue else None
        name = f"{label.ja or ''} / {label.en or ''}" if label else "not found"
        mark = "ok" if one.ok() else "--"
        figures = f"purity {one.purity:4.0%} ({one.by_segment:4.0%} by segment)  recall {one.recall:4.0%}"
        print(f"{mark} {one.key:<24} {figures}  pieces {one.pieces}  {name}")
    print(f"found {sum(one.ok() for one in results)} of {len(results)} planted issues, of {len(issues)} issues in all")
    print(f"with at least {MOST:.0%} of their feedback: {sum(one.ok(MOST) for one in results)}")
