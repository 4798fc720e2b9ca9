"""``python -m bench``: without a name all benchmarks, with names those."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bench import (
    analysing,
    clusters,
    desk,
    detecting,
    fixing,
    identity,
    ingesting,
    issues,
    passing,
    planted,
    proposing,
    scaling,
    tweets,
)

_BENCHMARKS: dict[str, tuple[str, Callable[[argparse.Namespace], None]]] = {
    "planted": ("how many planted issues the demo finds, and how pure they are", planted.main),
    "ingest": ("rows per second and peak memory", ingesting.main),
    "analyse": ("reviews per second, beside the usual alternative", analysing.main),
    "pass": ("what the heads cost beside the bare encoder, and where koe analyse spends its time", passing.main),
    "clusters": ("discovery against BERTopic on reviews that people grouped", clusters.main),
    "desk": ("how fast the desk's pages are with 100,000 tickets and 50 people", desk.main),
    "issues": ("discovery on the issues suite: both languages together, strays left alone", issues.main),
    "detecting": ("false alarms, false discoveries and rises found, on simulated series", detecting.main),
    "fixing": ("how often the verdict on a fix is wrong, and how soon it is right", fixing.main),
    "proposing": ("whether koe proposes to merge what was found twice and to split what is two", proposing.main),
    "identity": ("whether discovery week by week comes to what it finds all at once", identity.main),
    "scaling": ("seconds and peak memory of discovery by the number of complaint segments", scaling.main),
    "tweets": ("discovered issues against labelled reasons", tweets.main),
}


def main() -> None:
    """Run the named benchmarks."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    listing = "; ".join(f"{name}: {about}" for name, (about, _) in _BENCHMARKS.items())
    parser.add_argument("names", nargs="*", choices=[*_BENCHMARKS, []], help=listing)
    parser.add_argument("--real", type=Path, help="folder with en-alexa/ and en-airline-tweets/")
    parser.add_argument("--eval", type=Path, help="folder with en-minibar-clusters/")
    parser.add_argument("--encoder", type=Path, help="an encoder's folder, to measure it too")
    parser.add_argument("--demo", "--folder", type=Path, default=Path("koe-demo"), help="folder that `koe demo` built")
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000], help="rows to ingest")
    parser.add_argument("--tickets", type=int, default=100_000, help="tickets of the desk")
    parser.add_argument("--seconds", type=float, default=60, help="how long the desk is under each load")
    parser.add_argument("--sqlite", action="store_true", help="the desk on SQLite, also where PostgreSQL is at hand")
    parser.add_argument("--out", type=Path, help="folder for the figures of issues and clusters")
    parser.add_argument("--segments", type=int, nargs="*", help="sizes to discover in")
    arguments = parser.parse_args()
    for name in arguments.names or _BENCHMARKS:
        print(f"# {name}: {_BENCHMARKS[name][0]}", flush=True)
        _BENCHMARKS[name][1](arguments)


if __name__ == "__main__":
    main()
