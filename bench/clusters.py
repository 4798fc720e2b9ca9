"""koe's discovery against BERTopic on app reviews that people grouped, with the same vectors in one run.

The English rows of en-minibar-clusters, problem reports and feature requests of two apps; agreement is measured over
the texts in groups of five and more. The settings of both are chosen on one app and scored on the other, both ways;
what each does as it comes is shown beside. A text that is put into no group counts as a group of its own. The interval
of the difference comes from random halves of the texts (Shao and Wu 1989): a bootstrap draws a text twice, and a text
always agrees with itself. BERTopic: Grootendorst 2022, over UMAP and HDBSCAN.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.agreement import Agreement, agreement
from bench.groupings import BERTOPIC_COMES, SEED, Grouped, Grouping, Settings, bertopic_groups, koe_groups
from koe.analysis import Document
from koe.settings import ModelSettings

APPS = ("garmin-connect", "huawei-health")
KINDS = ("problem", "feature")
_LEAST = 5
_RESAMPLES = 1000

#: What people say of a text, and what was found.
Pair = tuple[str, str]

#: Wishes are grouped as complaints are, so that nothing is kept out for not complaining.
_KOE: list[Settings] = [
    {"min_members": members, "complaint": 0.0, "assign": assign, "found": found}
    for members, assign, found in itertools.product((2, 3, 4), (0.0, 0.6, 1.6, 2.6), (0.2, 0.35, 0.55))
]
_BERTOPIC: list[Settings] = [
    {"size": size, "samples": samples, "neighbours": neighbours}
    for size, samples, neighbours in itertools.product((2, 3, 4, 5), (1, 2, 3), (5, 10, 15))
]
_COMES: dict[str, Settings] = {"koe": {}, "BERTopic": BERTOPIC_COMES}


App = Mapping[str, Grouped]


def main(arguments: argparse.Namespace) -> None:
    """Print what was chosen, the agreement of both, and the difference; ``--out`` writes ``clusters.json`` too."""
    if arguments.eval is None:
        print("left out: give --eval FOLDER, with en-minibar-clusters/ in it")
        return
    figures = compare(_read(arguments.eval / "en-minibar-clusters"))
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "clusters.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def compare(apps: Mapping[str, App]) -> list[dict[str, Any]]:
    """The figures of both on both apps, printed as they come.

    Raises:
        SystemExit: when BERTopic is not installed, with the command that installs it.
    """
    ways = {"koe": (koe_groups, _KOE), "BERTopic": (bertopic_groups(), _BERTOPIC)}
    pooled: dict[str, list[Pair]] = {name: [] for name in ways}
    figures: list[dict[str, Any]] = []
    for chosen_on, scored_on in (APPS, APPS[::-1]):
        for name, (grouping, settings) in ways.items():
            best = max(settings, key=lambda one: sum(_on(apps[chosen_on], grouping, one)))
            for settled, chosen in ((_COMES[name], "as it comes"), (best, f"chosen on {chosen_on}")):
                pairs = _pairs(apps[scored_on], grouping, settled)
                rand, information = _agreement(pairs)
                print(
                    f"{scored_on}, {len(pairs)} texts: {name:<8} adjusted Rand {rand:.3f}, adjusted mutual "
                    f"information {information:.3f}  {chosen} {dict(settled) or ''}",
                    flush=True,
                )
                row = {"app": scored_on, "name": name, "settings": dict(settled), "chosen": chosen}
                figures.append(row | {"texts": len(pairs), "rand": rand, "information": information})
            pooled[name] += [(f"{scored_on}/{truth}", f"{scored_on}/{label}") for truth, label in pairs]
    return [*figures, *differences(pooled["koe"], pooled["BERTopic"])]


def differences(koe: Sequence[Pair], other: Sequence[Pair]) -> list[dict[str, Any]]:
    """Both apps together: each measure of both, and the difference with its 95 % interval, printed as well."""
    source = np.random.default_rng(SEED)
    # A half drawn without replacement varies as much as a bootstrap sample does.
    drawn = [source.permutation(len(koe))[: len(koe) // 2] for _ in range(_RESAMPLES)]
    spread = np.array(
        [
            np.subtract(_agreement([koe[n] for n in rows]), _agreement([other[n] for n in rows]))
            for rows in map(np.ndarray.tolist, drawn)
        ]
    )
    figures = []
    for place, measure in enumerate(Agreement._fields):
        one, two = _agreement(koe)[place], _agreement(other)[place]
        low, high = np.quantile(spread[:, place], (0.025, 0.975)).tolist()
        print(
            f"both apps, {len(koe)} texts: adjusted {measure}: koe {one:.3f}, BERTopic {two:.3f}, difference "
            f"{one - two:+.3f} ({low:+.3f} to {high:+.3f})"
        )
        row = {"app": "both", "measure": measure, "koe": one, "BERTopic": two}
        figures.append(row | {"difference": one - two, "low": low, "high": high})
    return figures


def _read(folder: Path) -> dict[str, dict[str, Grouped]]:
    from nlp.analyser import load_analyser

    analyser = load_analyser(ModelSettings())
    apps: dict[str, dict[str, Grouped]] = {app: {} for app in APPS}
    for app, kind in itertools.product(APPS, KINDS):
        with (folder / f"{app}.{kind}-clusters.csv").open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["ori_lang"] == "en"]
        sizes = Counter(row["ground_truth"] for row in rows)
        texts = [row["data"] for row in rows]
        found = dict(analyser.analyse([Document(text, lang="en") for text in texts]))
        truth = [row["ground_truth"] if sizes[row["ground_truth"]] >= _LEAST else None for row in rows]
        apps[app][kind] = Grouped(texts, truth, [found[number] for number in range(len(texts))])
    return apps


def _on(app: App, grouping: Grouping, settings: Settings) -> Agreement:
    return _agreement(_pairs(app, grouping, settings))


def _pairs(app: App, grouping: Grouping, settings: Settings) -> list[Pair]:
    return [
        (f"{kind} {truth}", f"{kind} {label}")
        for kind, grouped in app.items()
        for truth, label in zip(grouped.truth, grouping(grouped, settings), strict=True)
        if truth is not None
    ]


def _agreement(pairs: Sequence[Pair]) -> Agreement:
    return agreement([truth for truth, _ in pairs], [found for _, found in pairs])
