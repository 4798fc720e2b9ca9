from __future__ import annotations

import csv
import io

import pytest

from koe.errors import InputError
from koe.settings import DetectionSettings
from reports.detect_csv import detect_csv, read_series

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
