"""Discovery on the issues suite: complaints of eight products in both languages, with strays that belong to nothing.

koe reads every text and groups each product's complaints with the settings it ships, none of which was chosen on this
set; a text belongs to its strongest issue. Agreement is measured over the complaints that belong to an issue of the
suite; one that koe leaves alone counts as a group of its own. An issue of the suite is held by the cluster with most
of its texts; it holds both languages when at least two of each are in it. A stray is right where koe leaves it alone.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.agreement import agreement
from koe.settings import DiscoverySettings, ModelSettings
from koe.settings_heads import EmbeddingModel
from nlp.evaluation.datasets import SUITES, IssueText, read_issues

#: Of each language, so many texts of an issue must lie in the cluster that holds it.
LEAST = 2

#: What discovery is to reach.
RAND, BOTH, ALONE = 0.70, 0.85, 0.85

_ALL = "all"
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Score:
    """The measures over the texts of one product or of all.

    ``clusters`` is how many koe made, ``held`` how many of the ``issues`` hold both languages, ``alone`` how many of
    the ``strays`` are in no cluster; ``placed`` of the ``texts`` with an issue are in a cluster.
    """

    texts: int
    placed: int
    clusters: int
    rand: float
    information: float
    issues: int
    held: int
    strays: int
    alone: int


def main(arguments: argparse.Namespace) -> None:
    """Print the tables; with ``--out`` write them and the figures as ``issues.md`` and ``issues.json`` too."""
    rows = read_issues(SUITES / "issues.jsonl")
    # Customers do not write sorted by issue.
    random.Random(_SEED).shuffle(rows)
    models = {"koe": ModelSettings()}
    if arguments.encoder:
        raw = EmbeddingModel(name=str(arguments.encoder), pooling="mean", prefix="query: ")
        models[f"koe with the vectors of {arguments.encoder.name}"] = ModelSettings(embedding=raw)
    tables = {name: scores(rows, discovered(rows, model)) for name, model in models.items()}
    print(markdown(tables), end="")
    if arguments.out:
        write(arguments.out, tables)


def discovered(rows: Sequence[IssueText], model: ModelSettings) -> list[str | None]:
    """The cluster of each text, ``None`` where koe leaves it alone."""
    from nlp.analyser import load_analyser
    from nlp.discovery.cluster_texts import cluster_texts

    lines = [
        json.dumps({"id": number, "text": row.text, "lang": row.lang, "product_id": row.product})
        for number, row in enumerate(rows)
    ]
    told = cluster_texts(lines, load_analyser(model), DiscoverySettings())
    return [str(one["issue"]) if one["issue"] else None for one in told]


def scores(rows: Sequence[IssueText], found: Sequence[str | None]) -> dict[str, Score]:
    """The score of each product, in the order of their names, and of all together under ``all``."""
    products = sorted({row.product for row in rows})
    numbers = {name: [n for n, row in enumerate(rows) if row.product == name] for name in products}
    numbers[_ALL] = list(range(len(rows)))
    return {name: score([rows[n] for n in own], [found[n] for n in own]) for name, own in numbers.items()}


def score(rows: Sequence[IssueText], found: Sequence[str | None]) -> Score:
    """The measures of some texts, given the cluster of each (``None``: none)."""
    truth: list[str] = []
    groups: list[str] = []
    alone: list[bool] = []
    for number, (row, cluster) in enumerate(zip(rows, found, strict=True)):
        if row.issue is None:
            alone.append(cluster is None)
        else:
            truth.append(f"{row.product}: {row.issue}")
            groups.append(cluster or f"alone {number}")
    rand, information = agreement(truth, groups)
    issues = sorted(set(truth))
    return Score(
        texts=len(truth),
        placed=sum(cluster is not None for row, cluster in zip(rows, found, strict=True) if row.issue),
        clusters=len({cluster for cluster in found if cluster}),
        rand=rand,
        information=information,
        issues=len(issues),
        held=sum(_holds_both(issue, rows, found) for issue in issues),
        strays=len(alone),
        alone=sum(alone),
    )


def markdown(tables: Mapping[str, Mapping[str, Score]]) -> str:
    """A table for each model, products below each other and all at the end, and what is to reach."""
    parts = []
    for name, products in tables.items():
        parts.append(
            f"**{name}**\n\n"
            "| product | adjusted Rand | adjusted mutual information | issues with both languages | strays left alone "
            "| texts in a cluster | clusters |\n|---|---|---|---|---|---|---|\n"
            + "".join(
                f"| {product} | {one.rand:.3f} | {one.information:.3f} | {one.held} of {one.issues} "
                f"| {one.alone} of {one.strays} | {one.placed} of {one.texts} | {one.clusters} |\n"
                for product, one in products.items()
            )
        )
    parts.append(f"To reach over all: adjusted Rand {RAND:.2f}, both languages {BOTH:.0%}, strays {ALONE:.0%}.\n")
    return "\n".join(parts)


def write(folder: Path, tables: Mapping[str, Mapping[str, Score]]) -> None:
    """Write ``issues.md`` and ``issues.json`` (model, product, figure) into a folder, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = {name: {product: asdict(one) for product, one in table.items()} for name, table in tables.items()}
    (folder / "issues.md").write_text(markdown(tables), "utf-8")
    (folder / "issues.json").write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _holds_both(issue: str, rows: Sequence[IssueText], found: Sequence[str | None]) -> bool:
    inside = [
        (cluster, row.lang)
        for row, cluster in zip(rows, found, strict=True)
        if cluster and f"{row.product}: {row.issue}" == issue
    ]
    sizes = Counter(cluster for cluster, _ in inside)
    if not sizes:
        return False
    # Of two equal ones the first by name, so that the answer does not hang on the order of the texts.
    most = min(sizes, key=lambda cluster: (-sizes[cluster], cluster))
    langs = Counter(lang for cluster, lang in inside if cluster == most)
    return min(langs["ja"], langs["en"]) >= LEAST
