from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from koe.errors import InputError
from koe.settings import Settings, SourceSettings
from storage.database import Database
from storage.ingest import CHUNK, IngestCounts, ingest_file

SOURCE = SourceSettings(channel="review", path=["f.csv"])  # type: ignore[arg-type]


def _write(path: Path, rows: int, refused_every: int = 10**9) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "rating", "text", "created_at"])
        for number in range(1, rows + 1):
            rating = 9 if number % refused_every == 0 else number % 5 + 1
            writer.writerow([number, rating, f"音が出ない {number}", "2026-05-01"])
    return path


def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path, now: datetime) -> None:
    file = _write(tmp_path / "f.csv", 100, refused_every=25)
    assert ingest_file(database, file, "shop", SOURCE, Settings(), now) == IngestCounts(
        rows=100, new=96, refused=4, newly_refused=4
    )
    with database.work() as work:
        before = work.feedback.last_seq()
    assert ingest_file(database, file, "shop", SOURCE, Settings(), now + timedelta(days=1)) == IngestCounts(
        rows=100, unchanged=96, refused=4
    )
    with database.work() as work:
        assert work.feedback.last_seq() == before
        assert work.quarantine.count() == 4


def test_a_run_that_was_cut_off_goes_on(database: Database, tmp_path: Path, now: datetime) -> None:
    file = _write(tmp_path / "f.csv", CHUNK + 10)

    def cut_off(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_file(database, file, "shop", SOURCE, Settings(), now, cut_off)
    counts = ingest_file(database, file, "shop", SOURCE, Settings(), now)
    assert (counts.unchanged, counts.new) == (CHUNK, 10)


def test_progress_tells_the_rows_done(sqlite: Database, tmp_path: Path, now: datetime) -> None:
    told: list[int] = []
    ingest_file(sqlite, _write(tmp_path / "f.csv", CHUNK + 1), "shop", SOURCE, Settings(), now, told.append)
    assert told == [CHUNK, CHUNK + 1]


def test_an_edited_row_is_counted_as_edited(sqlite: Database, tmp_path: Path, now: datetime) -> None:
    file = _write(tmp_path / "f.csv", 10)
    ingest_file(sqlite, file, "shop", SOURCE, Settings(), now)
    file.write_text(file.read_text(encoding="utf-8").replace("音が出ない 7", "直りました"), encoding="utf-8")
    counts = ingest_file(sqlite, file, "shop", SOURCE, Settings(), now)
    assert (counts.edited, counts.unchanged) == (1, 9)


def test_a_source_name_has_no_colon(sqlite: Database, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(InputError, match="colon"):
        ingest_file(sqlite, _write(tmp_path / "f.csv", 1), "a:b", SOURCE, Settings(), now)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(sqlite: Database, tmp_path: Path, now: datetime) -> None:
    import tracemalloc

    def peak(rows: int) -> int:
        file = _write(tmp_path / f"{rows}.csv", rows)
        tracemalloc.start()
        ingest_file(sqlite, file, f"shop{rows}", SOURCE, Settings(), now)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(CHUNK)
    assert peak(5 * CHUNK) < 1.3 * peak(2 * CHUNK)
