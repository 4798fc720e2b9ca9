"""Discovered issues of the airline posts against the reasons that people labelled.

Homogeneity, completeness and adjusted mutual information (scikit-learn) over the posts that people labelled negative
with a confidence of at least 0.65; a post counts for the issue of its most similar segment.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

CONFIDENCE = 0.65


def main(arguments: argparse.Namespace) -> None:
    """Run the pipeline on the posts, print the agreement."""
    if arguments.real is None:
        print("left out: give --real FOLDER, with en-airline-tweets/Tweets.csv in it")
        return
    file = arguments.real / "en-airline-tweets" / "Tweets.csv"
    with tempfile.TemporaryDirectory() as folder:
        strongest, issues, seconds, counts = _run(file, Path(folder))
    print(f"pipeline: {seconds:.0f} s; {counts}")
    reasons = _reasons(file)
    for name, keys in (
        ("all labelled posts in an issue", [key for key in reasons if key in strongest]),
        ('without "Can\'t Tell"', [key for key in reasons if key in strongest and reasons[key] != "Can't Tell"]),
    ):
        _print_agreement(name, [reasons[key] for key in keys], [strongest[key] for key in keys], len(reasons))
    by_issue: dict[str, Counter[str]] = defaultdict(Counter)
    for key, issue in strongest.items():
        by_issue[issue][reasons.get(key, "(not labelled negative)")] += 1
    for issue, counter in sorted(by_issue.items(), key=lambda pair: -pair[1].total())[:25]:
        top = ", ".join(f"{reason} {count}" for reason, count in counter.most_common(3))
        print(f"  {issue} {counter.total():>5}  {issues[issue]:<60}  {top}")


def _run(file: Path, folder: Path) -> tuple[dict[str, str], dict[str, str], float, str]:
    import shutil

    from flows.steps.run import run, silent
    from flows.wiring import Wiring
    from koe.week import Week

    shutil.copy(file, folder / file.name)
    example = Path(__file__).parents[1] / "docs" / "examples" / "airline-tweets.yaml"
    shutil.copy(example, folder / "koe.yaml")
    wiring = Wiring.from_config(folder / "koe.yaml")
    begin = time.perf_counter()
    result = run(wiring, silent, Week(2015, 9))
    seconds = time.perf_counter() - begin
    with wiring.database.work(write=False) as work:
        best: dict[str, tuple[float, str]] = {}
        for member in work.issues.members():
            key = member.span.feedback.partition(":")[2]
            best[key] = max(best.get(key, (-1.0, "")), (member.similarity, member.issue))
        labels = {one.issue.id: f"{one.issue.product_id}: {one.issue.label.best('en')}" for one in work.issues.all()}
    return {key: issue for key, (_, issue) in best.items()}, labels, seconds, str(result.discovered)


def _reasons(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return {
            row["tweet_id"]: row["negativereason"]
            for row in csv.DictReader(rows)
            if row["negativereason"] and float(row["negativereason_confidence"] or 0) >= CONFIDENCE
        }


def _print_agreement(name: str, reasons: list[str], issues: list[str], labelled: int) -> None:
    from sklearn.metrics import adjusted_mutual_info_score, homogeneity_completeness_v_measure

    homogeneity, completeness, _ = homogeneity_completeness_v_measure(reasons, issues)
    # The airline is part of an issue and not of a reason: agreement within each airline is what can be hoped for.
    agreement = adjusted_mutual_info_score(reasons, issues)
    print(
        f"{name}: {len(reasons)} of {labelled}; homogeneity {homogeneity:.3f}, completeness {completeness:.3f}, "
        f"adjusted mutual information {agreement:.3f}"
    )
