"""Rows per second and peak memory of `koe ingest`, on generated reviews, each size in a process of its own."""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

_WORDS = [
    "音",
    "充電",
    "電池",
    "すぐ",
    "切れる",
    "最高",
    "届いた",
    "sound",
    "battery",
    "broke",
    "fine",
    "after",
    "a",
    "week",
]


def main(arguments: argparse.Namespace) -> None:
    """Generate, ingest twice, print."""
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reviews.csv"
            _generate(path, rows)
            done = subprocess.run(
                [sys.executable, "-m", "bench.ingesting", str(path)], check=True, capture_output=True, text=True
            )
            print(f"{rows:>9,} rows ({path.stat().st_size / 1e6:.0f} MB): {done.stdout.strip()}", flush=True)


def _generate(path: Path, rows: int) -> None:
    rng = random.Random(7)
    start = datetime(2026, 1, 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "rating", "text", "created_at", "author", "product_id", "lot"])
        for number in range(rows):
            text = " ".join(rng.choices(_WORDS, k=rng.randint(3, 25)))
            when = start + timedelta(seconds=number)
            writer.writerow([number, rng.randint(1, 5), text, when, f"a{rng.randrange(rows)}", "P1", f"L{number % 9}"])


def _measure(path: Path) -> None:
    import psutil

    from koe.settings import Settings, SourceSettings
    from storage.database import open_database
    from storage.ingest import ingest_file

    settings = Settings()
    source = SourceSettings(channel="review", path=[str(path)], map={"external_id": "id"})
    database = open_database(f"sqlite:///{path.with_suffix('.sqlite')}")
    database.migrate()
    said = []
    for name in ("first", "again"):
        begin = time.perf_counter()
        counts = ingest_file(database, path, "bench", source, settings, datetime.now(tz=settings.zone), None)
        seconds = time.perf_counter() - begin
        said.append(f"{name} {counts.rows / seconds:,.0f} rows/s (new {counts.new:,}, unchanged {counts.unchanged:,})")
    peak = psutil.Process().memory_info()
    print("; ".join(said) + f"; peak memory {_peak_mb(peak.rss):.0f} MB")


def _peak_mb(now: int) -> float:
    try:
        import resource
    except ImportError:
        return now / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
