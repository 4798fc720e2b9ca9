"""The sample data holds what its truth file says, and what a first look at koe needs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from koe.week import Week
from samples.build import REFUSED, build
from samples.compose import TOKYO, Entry, compose
from samples.markup import strip
from samples.plan import FIRST_WEEK, ISSUES, PRODUCTS, WEEKS


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return compose()


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files("samples").joinpath("truth.json").read_text("utf-8"))
    return loaded


def _weeks(entries: list[Entry], truth: dict[str, Any]) -> dict[str, Counter[int]]:
    """Feedback of each planted issue by week (1 to 16), copies and interested authors left out."""
    left_out = set(truth["not_counted"])
    created = {entry.key: entry.created_at for entry in entries}
    weeks: dict[str, Counter[int]] = defaultdict(Counter)
    for feedback, issue in {(segment["feedback"], segment["issue"]) for segment in truth["segments"]}:
        if feedback not in left_out:
            weeks[issue][Week.at(created[feedback], TOKYO).weeks_since(FIRST_WEEK) + 1] += 1
    return weeks


def test_markup_becomes_offsets() -> None:
    text, planted = strip("良い。[[a-b|音が出ない]]！[[other|x]]")
    assert text == "良い。音が出ない！x"
    assert [(one.issue, text[one.start : one.end]) for one in planted] == [("a-b", "音が出ない"), ("other", "x")]


def test_the_data_are_many_and_mixed(entries: list[Entry]) -> None:
    assert len({entry.key for entry in entries}) >= 1500
    assert len({entry.text for entry in entries if entry.text}) >= 900
    assert {entry.channel for entry in entries} == {"review", "qa", "survey", "social"}
    assert {entry.lang for entry in entries} == {"ja", "en"}
    assert {entry.scale for entry in entries} >= {"nps", "csat", "ces"}
    assert {entry.disclosure for entry in entries} == {"none", "staff", "incentivised", "syndicated"}
    assert {Week.at(entry.created_at, TOKYO) for entry in entries} == {FIRST_WEEK + week for week in range(WEEKS)}
    assert sum(entry.version == 2 for entry in entries) >= 20
    assert len(PRODUCTS) >= 5


def test_questions_stand_with_and_without_answers(entries: list[Entry]) -> None:
    questions = {entry.id for entry in entries if entry.source == "product-qa" and not entry.parent}
    answered = {entry.parent for entry in entries if entry.parent}
    assert answered < questions
    assert len(answered) > 30


def test_every_planted_segment_is_its_text(entries: list[Entry], truth: dict[str, Any]) -> None:
    said = {(entry.key, entry.version): {"title": entry.title, "text": entry.text} for entry in entries}
    for segment in truth["segments"]:
        field = said[segment["feedback"], segment["version"]][segment["field"]]
        assert 0 <= segment["start"] < segment["end"] <= len(field)
        assert field[segment["start"] : segment["end"]].strip()


def test_every_issue_recurs(entries: list[Entry], truth: dict[str, Any]) -> None:
    weeks = _weeks(entries, truth)
    assert len(ISSUES) >= 12
    assert all(weeks[issue.key].total() >= 20 for issue in ISSUES), {key: c.total() for key, c in weeks.items()}


def test_the_silent_speaker_begins_with_one_lot_in_week_10(entries: list[Entry], truth: dict[str, Any]) -> None:
    weeks = _weeks(entries, truth)["spk-silent-charging"]
    assert min(weeks) == 10
    assert weeks.total() >= 12
    lots = {entry.key: entry.variant.get("lot") for entry in entries}
    silent = {one["feedback"] for one in truth["segments"] if one["issue"] == "spk-silent-charging"}
    assert sum(lots[key] == "B-2417" for key in silent) >= 9
    late = [
        entry for entry in entries if entry.product == "SPK-10" and entry.created_at >= (FIRST_WEEK + 9).start(TOKYO)
    ]
    assert sum(entry.variant.get("lot") not in {None, "B-2417"} for entry in late) > 30


def test_the_coupling_is_fixed_in_week_8(entries: list[Entry], truth: dict[str, Any]) -> None:
    weeks = _weeks(entries, truth)["mix-coupling-breaks"]
    assert sum(count for week, count in weeks.items() if week < 8) >= 24
    assert sum(count for week, count in weeks.items() if week >= 8) <= 3
    (fix,) = truth["fixes"]
    assert fix == {"issue": "mix-coupling-breaks", "from": str((FIRST_WEEK + 7).monday)}
    broken = {one["feedback"] for one in truth["segments"] if one["issue"] == fix["issue"]}
    assert not {entry.key for entry in entries if entry.variant.get("part") == "C2"} & broken


def test_the_furigana_issue_is_japanese_only(entries: list[Entry], truth: dict[str, Any]) -> None:
    langs = {entry.key: entry.lang for entry in entries}
    assert {langs[one["feedback"]] for one in truth["segments"] if one["issue"] == "app-furigana"} == {"ja"}


def test_the_hazard_hides_in_happy_reviews(entries: list[Entry], truth: dict[str, Any]) -> None:
    ratings = {entry.key: entry.rating for entry in entries}
    hazard = [ratings[one["feedback"]] for one in truth["segments"] if one["issue"] == "mix-smoke-smell"]
    assert sum((rating or 0) >= 4 for rating in hazard) >= 20


def test_a_post_goes_viral(entries: list[Entry]) -> None:
    assert max(entry.reach or 0 for entry in entries) >= 50_000
    assert sum(entry.text.startswith("RT @") for entry in entries) >= 20


def test_a_dozen_rows_must_be_refused() -> None:
    assert sum(map(len, REFUSED.values())) == 12


def test_building_again_gives_the_same_data(tmp_path: Path) -> None:
    build(tmp_path / "data", tmp_path / "truth.json")
    shipped = Path(str(files("samples")))
    assert (tmp_path / "truth.json").read_bytes() == (shipped / "truth.json").read_bytes()
    for path in sorted((tmp_path / "data").iterdir()):
        # Workbooks and Parquet files name the library that wrote them, which may be another release.
        if path.suffix not in {".xlsx", ".parquet"}:
            assert path.read_bytes() == (shipped / "data" / path.name).read_bytes(), path.name
