"""Refused rows wait with their reason, and leave when the file was mended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows.steps.ingest import ingest, retry
from flows.wiring import Wiring
from koe.settings_file import load_settings


def _wiring(folder: Path) -> Wiring:
    (folder / "koe.yaml").write_text(
        "sources: {shop: {channel: review, path: shop.csv, map: {external_id: id}}}\n", "utf-8"
    )
    return Wiring(load_settings(folder / "koe.yaml"), lambda: datetime(2026, 3, 1, tzinfo=UTC))


def test_a_mended_row_leaves_the_quarantine_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    rows = "id,rating,text,created_at\n1,5,fine,2026-02-01\n2,{rating},loud,2026-02-01\n3,4,late,{day}\n"
    file.write_text(rows.format(rating="seven", day="soon"), "utf-8")
    wiring = _wiring(tmp_path)
    wiring.database.migrate()
    assert ingest(wiring)["shop"].refused == 2
    assert ingest(wiring)["shop"].newly_refused == 0
    file.write_text(rows.format(rating="2", day="soon"), "utf-8")
    counts = retry(wiring, "shop")
    assert (counts.taken, counts.waiting) == (1, 1)
    with wiring.database.work(write=False) as work:
        assert work.feedback.get("shop:2") is not None
        assert [row.reason for row in work.quarantine.list()] != []
        assert len(work.quarantine.list(resolved=True)) == 2


def test_progress_is_told_over_all_sources(tmp_path: Path) -> None:
    (tmp_path / "koe.yaml").write_text("sources: {a: {channel: review, path: [x.csv, y.csv]}}\n", "utf-8")
    for name in ("x", "y"):
        (tmp_path / f"{name}.csv").write_text("rating,created_at\n5,2026-02-01\n4,2026-02-02\n", "utf-8")
    wiring = Wiring(load_settings(tmp_path / "koe.yaml"), lambda: datetime(2026, 3, 1, tzinfo=UTC))
    wiring.database.migrate()
    told: list[int] = []
    ingest(wiring, progress=told.append)
    assert told == [2, 4]
