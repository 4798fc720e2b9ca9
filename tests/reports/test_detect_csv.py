from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest

from koe.errors import InputError
from koe.settings import DetectionSettings
from koe.week import Week
from reports.detect_csv import detect_csv, read_series
from reports.detection import q_values

SETTINGS = DetectionSettings()


def run(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(detect_csv(io.StringIO(text), SETTINGS))))


def weekly(name: str, counts: list[int], first: int = 1) -> str:
    return "".join(f"{name},2026-W{week:02d},{count}\n" for week, count in enumerate(counts, first))


def test_the_contract_columns_and_one_alert_a_rise() -> None:
    rows = run("series,period,count\n" + weekly("a", [1, 0, 2, 1, 1, 0, 1, 2, 1, 9, 12]) + weekly("b", [1] * 11))
    assert list(rows[0]) == ["series", "period", "count", "expected", "p_value", "q_value", "alert", "event"]
    assert [(row["series"], row["period"]) for row in rows if row["alert"] == "true"] == [("a", "2026-W10")]
    assert [row["event"] for row in rows if row["series"] == "a"][-2:] == ["1", "1"]
    assert rows[0]["p_value"] == ""


def test_a_missing_period_is_a_zero_within_the_life_only() -> None:
    (series,) = read_series(io.StringIO("series,period,count\na,2026-W02,1\na,2026-W05,3\n"))
    assert list(series.counts) == [1, 0, 0, 3] or list(series.counts) == [1, 3]
    lines = "series,period,count\na,2026-W02,1\na,2026-W05,3\nb,2026-W01,1\nb,2026-W02,1\n"
    by_name = {series.name: series for series in read_series(io.StringIO(lines))}
    assert list(by_name["a"].periods) == ["2026-W02", "2026-W03", "2026-W04", "2026-W05"]
    assert list(by_name["a"].counts) == [1, 0, 0, 3]
    assert list(by_name["b"].periods) == ["2026-W01", "2026-W02"]


def test_days_weeks_and_months_are_told_apart() -> None:
    days = read_series(io.StringIO("series,period,count\na,2026-11-16,1\na,2026-11-17,1\na,2026-11-20,1\n"))
    weeks = read_series(io.StringIO("series,period,count\na,2026-11-16,1\na,2026-11-23,1\na,2026-12-07,1\n"))
    months = read_series(io.StringIO("series,period,count\na,2026-01-01,1\na,2026-02-01,1\na,2026-05-01,1\n"))
    assert len(days[0].periods) == 5
    assert list(weeks[0].periods) == ["2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"]
    assert len(months[0].periods) == 5


def daily(name: str, counts: np.ndarray, first: date = date(2025, 1, 6)) -> str:
    return "".join(f"{name},{first + timedelta(days=day)},{count}\n" for day, count in enumerate(counts))


def test_days_have_weekends() -> None:
    counts = np.random.default_rng(1).poisson(np.where(np.arange(210) % 7 >= 5, 1.0, 10.0))
    quiet = run("series,period,count\n" + daily("a", counts))
    assert quiet[0]["period"] == "2025-01-06"
    assert [row["p_value"] for row in quiet[:28]] == [""] * 28
    by_weekday = [np.mean([float(row["expected"]) for row in quiet[140 + day :: 7]]) for day in range(7)]
    assert min(by_weekday[:5]) > 8
    assert max(by_weekday[5:]) < 2
    assert np.mean([float(row["p_value"]) <= 0.05 for row in quiet[28:]]) <= 0.05
    # Eight on a Sunday are what a working day has, and an alert; on a Monday they are not.
    counts[202:204] = 8
    sunday, monday = run("series,period,count\n" + daily("a", counts))[202:204]
    assert (sunday["period"], sunday["alert"]) == ("2025-07-27", "true")
    assert float(monday["p_value"]) > 0.5


def test_days_without_rows_are_zeros_and_families_are_days() -> None:
    first = daily("a", np.full(60, 2))
    gone = "".join(line for line in first.splitlines(keepends=True) if "2025-02-20" not in line)
    rows = run("series,period,count\n" + gone + daily("b", np.full(40, 2), date(2025, 1, 26)))
    by_day = {row["period"]: row for row in rows if row["series"] == "a"}
    assert len(by_day) == 60
    assert by_day["2025-02-20"]["count"] == "0"
    # Series b is known from its 29th day on; from then on it is in the day's family.
    shared = [row for row in rows if row["series"] == "b" and row["p_value"]]
    assert shared[0]["period"] == "2025-02-23"
    for row in shared:
        other = by_day[row["period"]]
        pair = [float(row["p_value"]), float(other["p_value"])]
        assert [float(row["q_value"]), float(other["q_value"])] == pytest.approx(q_values(pair), rel=2e-3)


def test_what_rises_every_year_is_expected_the_third_time() -> None:
    weeks = [Week(2023, 1) + index for index in range(175)]
    rate = 20 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(175) / 52.18))
    counts = np.random.default_rng(2).poisson(rate)
    text = "series,period,count\n" + "".join(f"a,{week},{count}\n" for week, count in zip(weeks, counts, strict=True))
    rows = run(text)
    for week in (117, 169):
        assert float(rows[week]["expected"]) == pytest.approx(rate[week], rel=0.15)
    assert np.mean([float(row["p_value"]) <= 0.05 for row in rows[104:]]) <= 0.05


def test_exposure_is_taken_into_account() -> None:
    header = "series,period,count,exposure\n"
    flat = "".join(f"a,2026-W{week:02d},2,20\n" for week in range(1, 10))
    rows = run(f"{header}{flat}a,2026-W10,8,80\n")
    assert rows[-1]["expected"] == "8"
    assert float(rows[-1]["p_value"]) > 0.4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("series,period\na,2026-W01\n", "line 1: no column count"),
        ("series,period,count\na,2026-W01,x\n", "line 2: count 'x'"),
        ("series,period,count\na,2026-W01,-1\n", "line 2: count '-1'"),
        ("series,period,count\na,2026-W60,1\n", "line 2: period '2026-W60'"),
        ("series,period,count\na,soon,1\n", "line 2: period 'soon'"),
        ("series,period,count\na,2026-W01,1\na,2026-W01,2\n", "line 3: series 'a' has period 2026-W01 twice"),
        ("", "line 1: no column"),
    ],
)
def test_a_bad_line_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_series(io.StringIO(text))


def test_no_rows_give_a_header_alone() -> None:
    assert run("series,period,count\n") == []
