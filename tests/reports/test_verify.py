from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from koe.errors import InputError
from koe.feedback import Feedback
from koe.settings import Settings
from reports.render.json import render
from reports.report import Report
from reports.verify import verify
from storage.database import Database


@pytest.fixture
def data(report_of_last_week: Report) -> dict[str, Any]:
    return json.loads(render(report_of_last_week))  # type: ignore[no-any-return]


def places(database: Database, data: dict[str, Any], settings: Settings) -> list[str]:
    return [mismatch.place for mismatch in verify(database, data, settings)]


def test_a_true_report_has_no_mismatch(shop: Database, data: dict[str, Any], settings: Settings) -> None:
    data["generated_at"] = "another time"
    assert places(shop, data, settings) == []


def test_it_stays_true_after_more_came_in(
    shop: Database, data: dict[str, Any], settings: Settings, more: Feedback, now: Any
) -> None:
    with shop.work() as work:
        work.feedback.upsert([more], now + timedelta(days=7))
        work.commit()
    assert places(shop, data, Settings(timezone="Europe/London")) == []


def test_one_letter_and_one_digit_are_found(shop: Database, data: dict[str, Any], settings: Settings) -> None:
    for path, change in (
        (("issues", 0, "quotations", 0, "text"), lambda text: "X" + text[1:]),
        (("issues", 0, "count"), lambda number: number + 1),
        (("issues", 1, "severity"), lambda number: number + 0.1),
        (("issues", 0, "trend", 3, "expected"), lambda _: 0.1234),
        (("totals", "counted"), lambda number: number - 1),
        (("safety", 0, "quotation", "text"), lambda text: text[:-1] + "?"),
        (("issues", 0, "alert"), lambda _: 1),
        (("issues", 0, "onset", "low"), lambda _: "2026-W19"),
        (("issues", 0, "severity_parts", "reach"), lambda _: 0.1),
        (("issues", 0, "concentration", 0, "ic025"), lambda number: number + 0.01),
    ):
        forged = copy.deepcopy(data)
        holder: Any = forged
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = change(holder[path[-1]])
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)[1:]
        assert places(shop, forged, settings) == [place]


def test_missing_added_and_unknown_things_are_found(shop: Database, data: dict[str, Any], settings: Settings) -> None:
    missing = copy.deepcopy(data)
    del missing["totals"]["unassigned"]
    missing["issues"][0]["extra"] = 1
    missing["issues"][1]["feedback_ids"].append("shop:R9999")
    assert places(shop, missing, settings) == [
        "issues[0].extra", "issues[1].feedback_ids[24]", "totals.unassigned"
    ]  # fmt: skip
    unknown = copy.deepcopy(data)
    unknown["issues"][0]["quotations"][0]["feedback_id"] = "shop:R9999"
    assert places(shop, unknown, settings) == ["issues[0].quotations[0].feedback_id"]
    no_span = copy.deepcopy(data)
    no_span["issues"][0]["quotations"][0]["version"] = None
    assert "issues[0].quotations[0].version" in places(shop, no_span, settings)


def test_another_as_of_is_found(shop: Database, data: dict[str, Any], settings: Settings) -> None:
    later = copy.deepcopy(data)
    later["as_of"]["ingest"] += 1000
    assert "as_of.ingest" in places(shop, later, settings)
    unknown = copy.deepcopy(data)
    unknown["as_of"]["config"] = "0" * 64
    assert places(shop, unknown, settings) == ["as_of.config"]


@pytest.mark.parametrize("broken", [{}, [], {"week": "2026-W20"}, {"week": "soon", "model": "m", "as_of": {}}])
def test_what_is_no_report_is_told(shop: Database, settings: Settings, broken: Any) -> None:
    with pytest.raises(InputError, match="not a weekly report"):
        verify(shop, broken, settings)
