"""Seconds and peak memory of discovery by the number of complaint segments, each size in a process of its own.

The segments are made up, seeded, and shaped as those of the sample data: five products, two languages, the cosine of
two members of an issue about 0.5 once the mean is taken away, one complaint in five standing alone. The sizes of the
issues follow a power law, and a product of a large shop has more issues than one of a small shop: their number grows
with the root of the number of segments. Each issue has a few words of its own beside those that any complaint has.
What is measured is :func:`nlp.discovery.discover.discover` from the embeddings on, words and names included.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from koe.issue import Span
from koe.settings import DiscoverySettings
from nlp.discovery import ComplaintSegment
from nlp.discovery.discover import discover

SIZES = (10_000, 20_000, 50_000, 100_000)
PRODUCTS, WIDTH, ALONE = 5, 384, 0.2
#: Issues of a product: so many at 10,000 segments in all.
_ISSUES = 30
_START = datetime(2026, 1, 1, tzinfo=UTC)
_COMMON = {
    "en": ("after", "two", "weeks", "it", "started", "again", "every", "morning", "sadly", "really", "bad", "now"),
    "ja": ("買って", "すぐ", "毎回", "使う", "たびに", "最近", "急に", "本当に", "困る", "家族", "も", "不満", "です"),
}
_PARTS = {
    "en": ("strap", "button", "cable", "screen", "lid", "motor", "speaker", "battery", "hinge", "brush", "sensor"),
    "ja": ("ストラップ", "ボタン", "ケーブル", "画面", "ふた", "モーター", "音", "電池", "蝶番", "ブラシ", "センサー"),
}
_FAULTS = {
    "en": ("snapped", "stuck", "loose", "cracked", "leaks", "rattles", "overheats", "crackles", "frozen", "torn"),
    "ja": ("切れた", "戻らない", "緩い", "割れた", "漏れる", "うるさい", "熱い", "途切れる", "固まる", "破れた"),
}


def main(arguments: argparse.Namespace) -> None:
    """Print a line for each size, and the exponent by which the seconds grow."""
    taken = []
    for size in arguments.segments or SIZES:
        told = subprocess.run(
            [sys.executable, "-m", "bench.scaling", str(size)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")},
        ).stdout.split()
        seconds, peak, issues, alone = float(told[0]), float(told[1]), int(told[2]), int(told[3])
        taken.append((size, seconds))
        print(f"{size:>7,} segments: {seconds:6.1f} s, {peak:5.0f} MB, {issues} issues, {alone} in none", flush=True)
    if len(taken) > 1:
        sizes, seconds_of = np.log(np.array(taken)).T
        print(f"seconds grow with the number of segments to the power of {np.polyfit(sizes, seconds_of, 1)[0]:.2f}")


def segments(count: int, seed: int = 20_260_201) -> list[ComplaintSegment]:
    """Complaint segments of several products in two languages, in the order of time."""
    rng = np.random.default_rng(seed)
    issues = max(3, round(_ISSUES * math.sqrt(count / 10_000)))
    shares = 1.0 / np.arange(1, issues + 1)
    products = rng.integers(PRODUCTS, size=count)
    issue = np.where(rng.random(count) < ALONE, -1, rng.choice(issues, size=count, p=shares / shares.sum()))
    japanese = rng.random(count) < 0.5
    raw, languages = _directions(rng, 1)[0], _directions(rng, 2)
    topics = _directions(rng, PRODUCTS * issues)
    words = _words(rng, PRODUCTS * issues)
    made = []
    for number in range(count):
        topic = int(products[number]) * issues + int(issue[number])
        lang = "ja" if japanese[number] else "en"
        own = _directions(rng, 1)[0]
        # each vector shares one great direction, as those of a small encoder do
        vector = 3.0 * raw + 0.6 * languages[int(japanese[number])] + own
        if issue[number] >= 0:
            vector += topics[topic]
            said = words[lang][topic]
        else:
            said = (f"x{number}", f"y{rng.integers(50_000)}")
        rest = rng.choice(_COMMON[lang], size=4)
        text = ("" if lang == "ja" else " ").join(map(str, rng.permutation([*rest, *said])))
        made.append(
            ComplaintSegment(
                span=Span(f"shop:{number:07d}", 1, "text", 0, len(text)),
                product_id=f"P{products[number]}",
                text=text,
                lang=lang,
                created_at=_START + timedelta(minutes=number),
                embedding=(vector / np.linalg.norm(vector)).astype(np.float32),
            )
        )
    return made


def _directions(rng: np.random.Generator, count: int) -> np.ndarray:
    rows = rng.normal(size=(count, WIDTH))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _words(rng: np.random.Generator, count: int) -> dict[str, list[tuple[str, ...]]]:
    """Two words and a number for each issue, in each language."""
    return {
        lang: [(str(rng.choice(_PARTS[lang])), str(rng.choice(_FAULTS[lang])), f"m{n}") for n in range(count)]
        for lang in _PARTS
    }


def _measure(count: int) -> None:
    import resource

    made = segments(count)
    begin = time.perf_counter()
    found = discover(made, (), DiscoverySettings())
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.2f} {peak:.0f} {len(found.found)} {len(found.unassigned)}")


if __name__ == "__main__":
    _measure(int(sys.argv[1]))
