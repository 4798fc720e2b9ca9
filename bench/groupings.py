"""Ways to group texts that a benchmark compares: koe's discovery, and BERTopic (Grootendorst 2022) on its vectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from koe.analysis import Analysis, Document
from koe.settings import DiscoverySettings

SEED = 20261123

Settings = Mapping[str, Any]
Labels = list[str]

#: BERTopic's own settings: topics of ten texts, and HDBSCAN as strict as that.
BERTOPIC_COMES: Settings = {"size": 10, "samples": 10, "neighbours": 15}


@dataclass(frozen=True, eq=False)
class Grouped:
    """Texts, the group that people put each into (``None``: one too small to count), and what koe read."""

    texts: Sequence[str]
    truth: Sequence[str | None]
    analyses: Sequence[Analysis]

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        """The analyses in their order: the texts have been read before."""
        yield from enumerate(self.analyses[: len(documents)])


Grouping = Callable[[Grouped, Settings], Labels]


def koe_groups(grouped: Grouped, settings: Settings) -> Labels:
    """The issue of each text, as ``koe cluster`` finds it; one that stands alone is a group of its own."""
    from nlp.discovery.cluster_texts import cluster_texts

    lines = [json.dumps({"id": number, "text": text, "lang": "en"}) for number, text in enumerate(grouped.texts)]
    told = cluster_texts(lines, grouped, DiscoverySettings(**settings))
    return [str(one["issue"] or f"alone {number}") for number, one in enumerate(told)]


def bertopic_groups() -> Grouping:
    """BERTopic over the vectors of koe; an outlier is a group of its own.

    Raises:
        SystemExit: when BERTopic is not installed, with the command that installs it.
    """
    try:
        from bertopic import BERTopic
        from bertopic.dimensionality import BaseDimensionalityReduction
        from hdbscan import HDBSCAN
        from umap import UMAP
    except ImportError as error:
        raise SystemExit(f"{error}; BERTopic is in the extra: pip install -c constraints.txt -e '.[bench]'") from None

    @cache
    def reduced(grouped: Grouped, neighbours: int) -> NDArray[np.float32]:
        # As BERTopic would call it. UMAP takes most of the time, and does not hang on what is chosen for HDBSCAN.
        vectors = np.stack([one.embedding for one in grouped.analyses])
        umap = UMAP(n_neighbors=neighbours, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
        return np.asarray(umap.fit_transform(vectors), dtype=np.float32)

    def topics(grouped: Grouped, settings: Settings) -> Labels:
        model: Any = BERTopic(
            umap_model=BaseDimensionalityReduction(),
            hdbscan_model=HDBSCAN(min_cluster_size=settings["size"], min_samples=settings["samples"]),
        )
        found, _ = model.fit_transform(list(grouped.texts), reduced(grouped, settings["neighbours"]))
        return [f"alone {number}" if topic < 0 else str(topic) for number, topic in enumerate(found)]

    return topics
