"""koe's discovery against BERTopic on app reviews that people grouped, with the same vectors in one run.

The English rows of en-minibar-clusters, problem reports and feature requests of two apps, in clusters of five and more.
Settings of both are chosen on one app and scored on the other, both ways. A text that is in no group counts as a group
of its own. Adjusted Rand index (Hubert and Arabie 1985) and adjusted mutual information (Vinh et al. 2010); the
interval of the difference is a bootstrap over texts. BERTopic: Grootendorst 2022.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from koe.analysis import Analysis, Document
from koe.settings import DiscoverySettings, ModelSettings

APPS = ("garmin-connect", "huawei-health")
KINDS = ("problem", "feature")
_LEAST = 5
_RESAMPLES = 1000
_SEED = 20261123
_KOE = [
    DiscoverySettings(min_members=members, complaint=complaint, assign=assign, found=found)
    for members, complaint, assign, found in itertools.product(
        (2, 3, 4), (0.0, 0.3), (0.5, 1.0, 1.6, 2.4), (0.3, 0.45, 0.6)
    )
]
_BERTOPIC = [
    {"size": size, "samples": samples, "neighbours": neighbours}
    for size, samples, neighbours in itertools.product((2, 3, 4, 5), (1, 2, 3), (5, 10, 15))
]

Labels = list[str]


@dataclass(frozen=True, slots=True)
class Grouped:
    """The texts of one file, and the group that people put each into; small groups are ``None``."""

    texts: list[str]
    truth: list[str | None]
    analyses: list[Analysis]


class Remembered:
    """An analyser that has read its texts before."""

    def __init__(self, analyses: Sequence[Analysis]) -> None:
        self._analyses = analyses

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        """The analyses in their order."""
        yield from enumerate(self._analyses[: len(documents)])


def main(arguments: argparse.Namespace) -> None:
    """Print what was chosen, the agreement of both, and the difference."""
    if arguments.eval is None:
        print("left out: give --eval FOLDER, with en-minibar-clusters/ in it")
        return
    folder = arguments.eval / "en-minibar-clusters"
    sets = {(app, kind): _read(folder / f"{app}.{kind}-clusters.csv") for app in APPS for kind in KINDS}
    pooled: dict[str, list[tuple[str, str]]] = {"koe": [], "BERTopic": []}
    for chosen_on, scored_on in (APPS, APPS[::-1]):
        for kind in KINDS:
            mine, other = sets[chosen_on, kind], sets[scored_on, kind]
            for name, settings, grouping in (("koe", _KOE, _koe), ("BERTopic", _BERTOPIC, _bertopic)):
                best = max(settings, key=lambda one: _agreement(_pairs(mine, grouping(mine, one))))
                pairs = _pairs(other, grouping(other, best))
                pooled[name] += [(f"{scored_on}/{kind}/{a}", f"{scored_on}/{kind}/{b}") for a, b in pairs]
                rand, information = _both(pairs)
                shown = best if isinstance(best, dict) else best.model_dump()
                print(
                    f"{scored_on} {kind}, {len(pairs)} texts: {name:<8} adjusted Rand {rand:.3f}, adjusted mutual "
                    f"information {information:.3f}  chosen on {chosen_on}: {shown}",
                    flush=True,
                )
    _compare(pooled)


def _compare(pooled: dict[str, list[tuple[str, str]]]) -> None:
    """Both apps together, with the interval of the difference."""
    koe, other = pooled["koe"], pooled["BERTopic"]
    one, two = _both(koe), _both(other)
    source = np.random.default_rng(_SEED)
    differences = []
    for _ in range(_RESAMPLES):
        drawn = source.integers(0, len(koe), len(koe))
        first, second = _both([koe[n] for n in drawn]), _both([other[n] for n in drawn])
        differences.append((first[0] - second[0], first[1] - second[1]))
    for place, measure in enumerate(("adjusted Rand", "adjusted mutual information")):
        low, high = np.quantile([pair[place] for pair in differences], (0.025, 0.975))
        print(
            f"both apps: {measure} koe {one[place]:.3f}, BERTopic {two[place]:.3f}, difference "
            f"{one[place] - two[place]:+.3f} ({low:+.3f} to {high:+.3f})"
        )


def _read(path: Path) -> Grouped:
    from nlp.analyser import load_analyser

    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["ori_lang"] == "en"]
    sizes = Counter(row["ground_truth"] for row in rows)
    texts = [row["data"] for row in rows]
    analyser = load_analyser(ModelSettings())
    found = dict(analyser.analyse([Document(text, lang="en") for text in texts]))
    truth = [row["ground_truth"] if sizes[row["ground_truth"]] >= _LEAST else None for row in rows]
    return Grouped(texts, truth, [found[number] for number in range(len(texts))])


def _koe(grouped: Grouped, settings: DiscoverySettings) -> Labels:
    from nlp.discovery.cluster_texts import cluster_texts

    lines = [json.dumps({"id": number, "text": text, "lang": "en"}) for number, text in enumerate(grouped.texts)]
    told = cluster_texts(lines, Remembered(grouped.analyses), settings)
    return [str(one["issue"] or f"alone {number}") for number, one in enumerate(told)]


def _bertopic(grouped: Grouped, settings: dict[str, int]) -> Labels:
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    vectors: NDArray[np.float32] = np.stack([one.embedding for one in grouped.analyses])
    model: Any = BERTopic(
        umap_model=UMAP(
            n_neighbors=settings["neighbours"], n_components=5, min_dist=0.0, metric="cosine", random_state=_SEED
        ),
        hdbscan_model=HDBSCAN(min_cluster_size=settings["size"], min_samples=settings["samples"]),
    )
    topics, _ = model.fit_transform(grouped.texts, vectors)
    return [f"alone {number}" if topic < 0 else str(topic) for number, topic in enumerate(topics)]


def _pairs(grouped: Grouped, labels: Labels) -> list[tuple[str, str]]:
    return [(truth, label) for truth, label in zip(grouped.truth, labels, strict=True) if truth is not None]


def _agreement(pairs: list[tuple[str, str]]) -> float:
    return sum(_both(pairs))


def _both(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    truth, found = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return float(adjusted_rand_score(truth, found)), float(adjusted_mutual_info_score(truth, found))
