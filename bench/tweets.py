"""Issues of the airline posts against the reasons that people gave, beside BERTopic on the same vectors in one run.

The posts with a negative reason other than "Can't Tell" that people were sure of (a confidence of at least 0.65), all
airlines together and, for koe, each airline apart, as in use. A post in no issue is a group of its own, on both sides.
People said of each of them that it complains, so koe takes each for a complaint too; as it ships, only those that it
hears complain can be in an issue.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.agreement import agreement
from bench.groupings import BERTOPIC_COMES, Grouped, Labels, Settings, bertopic_groups, koe_groups
from koe.analysis import Document
from koe.settings import ModelSettings

CONFIDENCE = 0.65
UNCLEAR = "Can't Tell"
_ALL: Settings = {"complaint": 0.0}


def main(arguments: argparse.Namespace) -> None:
    """Read the posts once, group them by each way, print the agreement and the greatest issues."""
    if arguments.real is None:
        print("left out: give --real FOLDER, with en-airline-tweets/Tweets.csv in it")
        return
    posts = labelled(arguments.real / "en-airline-tweets" / "Tweets.csv")
    begin = time.perf_counter()
    every = _read(posts)
    print(f"{len(posts)} posts read in {time.perf_counter() - begin:.0f} s", flush=True)
    _told("koe as it ships", every, koe_groups(every, {}))
    first = _told("koe", every, koe_groups(every, _ALL))
    again = koe_groups(every, _ALL)
    print("koe a second time:", "the same" if first == again else "ANOTHER OUTCOME", flush=True)
    _told("koe, by airline", every, by_airline(every, [post["airline"] for post in posts]))
    _told("BERTopic", every, bertopic_groups()(every, BERTOPIC_COMES))
    for issue, size in Counter(label for label in first if not _alone(label)).most_common(12):
        reasons = Counter(truth for truth, label in zip(every.truth, first, strict=True) if label == issue)
        print(f"  {issue} {size:>5}  {', '.join(f'{reason} {count}' for reason, count in reasons.most_common(3))}")


def labelled(file: Path) -> list[dict[str, str]]:
    """The rows whose reason people were sure of."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            row
            for row in csv.DictReader(rows)
            if row["negativereason"] not in ("", UNCLEAR) and float(row["negativereason_confidence"] or 0) >= CONFIDENCE
        ]


def by_airline(every: Grouped, airlines: Sequence[str]) -> Labels:
    """koe's issues where each airline is a product of its own."""
    labels = [""] * len(airlines)
    for airline in sorted(set(airlines)):
        rows = [row for row, other in enumerate(airlines) if other == airline]
        mine = Grouped(*([part[row] for row in rows] for part in (every.texts, every.truth, every.analyses)))
        for row, label in zip(rows, koe_groups(mine, _ALL), strict=True):
            labels[row] = f"alone {row}" if _alone(label) else f"{airline} {label}"
    return labels


def _read(posts: Sequence[dict[str, str]]) -> Grouped:
    from nlp.analyser import load_analyser

    texts = [post["text"] for post in posts]
    found = dict(load_analyser(ModelSettings()).analyse([Document(text, lang="en") for text in texts]))
    return Grouped(texts, [post["negativereason"] for post in posts], [found[row] for row in range(len(texts))])


def _told(name: str, every: Grouped, labels: Labels) -> Labels:
    rand, information = agreement([truth or "" for truth in every.truth], labels)
    alone = sum(map(_alone, labels)) / len(labels)
    groups = len({label for label in labels if not _alone(label)})
    print(
        f"{name}: adjusted mutual information {information:.3f}, adjusted Rand {rand:.3f}, {groups} groups, "
        f"{alone:.0%} alone",
        flush=True,
    )
    return labels


def _alone(label: str) -> bool:
    return label.startswith("alone")
