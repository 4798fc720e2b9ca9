from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from koe.errors import InputError, NotFoundError
from storage.database import Database
from storage.exposure_store import Exposure
from storage.ingest import ingest_exposure_file


def test_a_later_statement_replaces_an_earlier_one_from_then_on(database: Database) -> None:
    with database.work() as work:
        assert work.exposures.upsert([("P", None, None, "2026-W10", 100), ("P", "lot", "A", "2026-W10", 40)]) == 2
        as_of = work.feedback.last_seq()
        assert work.exposures.upsert([("P", "", "", "2026-W10", 100), ("P", "lot", "A", "2026-W10", 45)]) == 1
        assert work.exposures.all() == [
            Exposure("P", "", "", "2026-W10", 100),
            Exposure("P", "lot", "A", "2026-W10", 45),
        ]
        assert work.exposures.all(as_of)[1].units == 40


def test_a_file_of_units_is_taken_whole(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text("product_id,attribute,value,period,units\nP,,,2026-w10,100\nP,lot,A,2026-03-02,4.5\n")
    assert ingest_exposure_file(database, file) == 2
    with database.work() as work:
        assert work.exposures.all() == [
            Exposure("P", "", "", "2026-W10", 100),
            Exposure("P", "lot", "A", "2026-03-02", 4.5),
        ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,,2026-W10,1", "product_id is empty"),
        ("P,lot,,2026-W10,1", "go together"),
        ("P,,,2026-W60,1", "neither a week"),
        ("P,,,March,1", "neither a week"),
        ("P,,,2026-W10,-1", "no score|no count"),
        ("P,,,2026-W10,", "no count"),
    ],
)
def test_one_bad_row_refuses_the_file_of_units(sqlite: Database, tmp_path: Path, row: str, reason: str) -> None:
    file = tmp_path / "units.csv"
    file.write_text(f"product_id,attribute,value,period,units\nP,,,2026-W10,100\n{row}\n")
    with pytest.raises(InputError, match=rf"row 2, line 3: .*({reason})"):
        ingest_exposure_file(sqlite, file)
    with sqlite.work() as work:
        assert work.exposures.all() == []


def test_settings_are_kept_by_their_content(database: Database, now: datetime) -> None:
    with database.work() as work:
        digest = work.snapshots.keep({"b": [1, "声"], "a": {"x": None}})
        assert work.snapshots.keep({"a": {"x": None}, "b": [1, "声"]}) == digest
        assert work.snapshots.keep({"a": 2}) != digest
        assert work.snapshots.get(digest) == {"a": {"x": None}, "b": [1, "声"]}
        with pytest.raises(NotFoundError):
            work.snapshots.get("0")
