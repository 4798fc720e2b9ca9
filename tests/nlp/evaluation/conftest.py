from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def row(text: str, lang: str = "ja", **changes: Any) -> dict[str, Any]:
    """A row of the written corpus."""
    return {
        "lang": lang,
        "channel": "review",
        "text": text,
        "sentiment": "negative",
        "triggers": [],
        "intents": ["complaint"],
        "danger": "none",
    } | changes


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A written corpus of a few rows, test part and others."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    good = {"sentiment": "positive", "intents": ["praise"], "channel": "social"}
    rows = [
        row("すぐ壊れた。でも箱は良い。", triggers=[[2, 5, "defect", "negative"]]),
        row("煙が出て手をやけどした。", danger="danger", triggers=[[0, 4, "safety", "negative"]]),
        row("最高です。", **good),
        row("It broke after a day.", "en", triggers=[[3, 8, "defect", "negative"]]),
        row("Smoke came out.", "en", danger="danger", triggers=[[0, 14, "safety", "negative"]]),
        row("Lovely sound.", "en", **good),
    ]
    others = [row(f"壊れた {n}回目。") for n in range(15)] + [row(f"Lovely {n}.", "en", **good) for n in range(15)]
    for name, some in (("test-one.jsonl", rows), ("ja01.jsonl", others)):
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in some)
        (folder / name).write_text(lines, "utf-8")
    return folder


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """Two pairs and two triples."""
    folder = tmp_path / "suites"
    folder.mkdir()
    pair = {"lang": "ja", "phenomenon": "negation", "a": "壊れた。", "a_label": "negative"}
    pairs = [
        pair | {"b": "良い。", "b_label": "positive"},
        pair | {"lang": "en", "a": "It broke.", "b": "It never broke.", "b_label": "positive"},
    ]
    triple = {"lang_a": "en", "anchor": "The lid is stuck", "part": "lid", "product": "pot"}
    triples = [
        triple | {"same": "The lid is stuck", "different": "良い色です"},
        triple | {"same": "良い色です", "different": "The lid is stuck"},
    ]
    for name, some in (("negation.jsonl", pairs), ("triples.jsonl", triples)):
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in some)
        (folder / name).write_text(lines, "utf-8")
    return folder
