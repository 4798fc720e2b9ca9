"""``koe run``, ``report``, ``verify``, ``issues`` and the commands without a database, as a person calls them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.wiring import Wiring
from koe.errors import UsageError
from koe.settings_file import load_settings
from koe.week import Week

WEEK = Week(2026, 10)
SAID = ["充電中に音が出ない", "充電中は音が出ない。困る", "充電の間だけ音が出ない", "かわいい色です"]
Koe = Callable[..., Result]


@pytest.fixture
def koe(tmp_path: Path, keyword_analyser: Any) -> Koe:
    config = tmp_path / "koe.yaml"
    config.write_text(
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n", "utf-8"
    )
    _write(tmp_path, 4)
    wiring = Wiring(load_settings(config), lambda: datetime(2026, 3, 20, tzinfo=UTC), keyword_analyser)

    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=stdin, obj=wiring, env={"USER": "aki", "COLUMNS": "200"})

    return run


def _write(folder: Path, weeks: int) -> None:
    first = (WEEK - 3).start(load_settings().zone)
    rows = [
        {"id": f"{week}-{number}", "text": text + "！" * week, "rating": 2}
        | {"created_at": (first + timedelta(weeks=week, days=number)).isoformat()}
        for week in range(weeks)
        for number, text in enumerate(SAID)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "shop.jsonl").write_text("\n".join([*lines, "{broken", ""]), "utf-8")


def test_a_run_tells_a_machine_what_it_did(koe: Koe) -> None:
    done = koe("run", "--week", str(WEEK), "--json")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told["week"] == "2026-W10"
    assert told["ingested"]["shop"] == {
        "rows": 17,
        "new": 16,
        "edited": 0,
        "unchanged": 0,
        "refused": 1,
        "newly_refused": 1,
    }
    assert told["analysed"] == {"texts": 16}
    assert told["discovered"]["born"] >= 1
    assert all(Path(path).is_file() for path in told["reports"])


def test_a_report_has_the_asked_formats_and_languages_one_path_a_line(koe: Koe, tmp_path: Path) -> None:
    assert "routed: 16 feedback" in koe("run", "--week", str(WEEK)).stdout
    out = tmp_path / "out"
    words = ("report", "--week", str(WEEK), "--format", "html,md, json,xlsx,md", "--lang", "ja,en", "--out", str(out))
    done = koe(*words)
    assert done.exit_code == 0
    named = [f"koe-2026-W10.{end}" for end in ("ja.html", "en.html", "ja.md", "en.md", "json", "ja.xlsx", "en.xlsx")]
    assert done.stdout.splitlines() == [str(out / name) for name in named]
    assert sorted(path.name for path in out.iterdir()) == sorted(named)
    # Without --week the last complete one, without --out the folder of koe.yaml.
    assert koe("report", "--format", "json").stdout == f"{tmp_path / 'koe-out' / 'koe-2026-W11.json'}\n"


def test_a_report_verifies_until_it_is_changed_also_after_another_week(koe: Koe, tmp_path: Path) -> None:
    koe("run", "--week", str(WEEK))
    path = tmp_path / "koe-out" / "koe-2026-W10.json"
    assert koe("verify", str(path)).exit_code == 0
    _write(tmp_path, 5)
    assert koe("run", "--week", str(WEEK + 1)).exit_code == 3
    issues = json.loads(path.read_text("utf-8"))["issues"]
    koe("issues", "rename", issues[0]["id"], "--ja", "無音", "--by", "mika")
    assert koe("verify", str(path)).exit_code == 0
    report = json.loads(path.read_text("utf-8"))
    count = report["issues"][0]["count"]
    report["issues"][0]["count"] += 1
    path.write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    changed = koe("verify", str(path))
    assert changed.exit_code == 1
    assert f"issues[0].count: the report says {count + 1}, the store {count}" in changed.stdout
    assert [one["place"] for one in json.loads(koe("verify", str(path), "--json").stdout)] == ["issues[0].count"]


def test_issues_are_listed_shown_and_corrected(koe: Koe) -> None:
    koe("run", "--week", str(WEEK))
    listed = json.loads(koe("issues", "list", "--json").stdout)
    issue = listed[0]["id"]
    assert issue == "ISSUE-0001"
    assert koe("issues", "list", "--product", "P2").stdout == ""
    assert koe("issues", "rename", issue, "--en", "silent while charging").exit_code == 0
    assert koe("issues", "fix", issue, "--from", "2026-03-01").stdout == f"{issue}: fixed from 2026-03-01\n"
    shown = koe("issues", "show", issue).stdout
    assert "en: silent while charging" in shown
    assert "2026-03-01 fixed by aki" in shown
    assert "shop:0-0: 充電中に音が出ない" in shown
    assert koe("issues", "reopen", issue).exit_code == 0
    assert koe("issues", "dismiss", issue, "--by", "mika").exit_code == 0
    told = json.loads(koe("issues", "show", issue, "--json").stdout)
    assert told["issue"]["state"] == "dismissed"
    assert [event["kind"] for event in told["ledger"]] == ["born", "renamed", "fixed", "reopened", "dismissed"]
    assert told["ledger"][-1]["by"] == "mika"
    assert koe("issues", "split", issue, "shop:0-0", "shop:1-0").exit_code == 0
    new = json.loads(koe("issues", "list", "--json").stdout)[-1]["id"]
    assert koe("issues", "move", "shop:2-0", new).exit_code == 0
    moved = json.loads(koe("issues", "show", new, "--json").stdout)["members"]
    assert {member["feedback"] for member in moved} == {"shop:0-0", "shop:1-0", "shop:2-0"}
    assert koe("issues", "merge", new, issue).stdout == f"{new}: merged into {issue}\n"
    assert json.loads(koe("issues", "show", new, "--json").stdout)["issue"]["id"] == issue


def test_a_fix_says_what_it_covers(koe: Koe) -> None:
    koe("run", "--week", str(WEEK))
    fixed = koe("issues", "fix", "ISSUE-0001", "--from", "2026-03-01", "--for", "lot >= C, region=JP")
    assert fixed.stdout == "ISSUE-0001: fixed from 2026-03-01 for lot>=C,region=JP\n"
    assert "no feedback on P1 tells lot, region yet; it tells nothing" in fixed.stderr
    assert "2026-03-01 fixed for lot>=C,region=JP by aki" in koe("issues", "show", "ISSUE-0001").stdout
    told = json.loads(koe("issues", "show", "ISSUE-0001", "--json").stdout)
    assert (told["issue"]["fixed_for"], told["issue"]["state"]) == ("lot>=C,region=JP", "fixed")
    assert told["ledger"][-1]["details"]["for"] == "lot>=C,region=JP"


def test_a_condition_that_cannot_be_read_is_told(koe: Koe) -> None:
    koe("run", "--week", str(WEEK))
    wrong = koe("issues", "fix", "ISSUE-0001", "--from", "2026-03-01", "--for", "lot")
    assert isinstance(wrong.exception, UsageError)
    assert str(wrong.exception).startswith("--for: condition 'lot' cannot be read")
    assert json.loads(koe("issues", "show", "ISSUE-0001", "--json").stdout)["issue"]["state"] == "open"


def test_units_sold_come_in_by_exposure(koe: Koe, tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("sku,attribute,value,period,units\nP1,,,2026-W10,500\nP1,lot,B,2026-W10,80\n", "utf-8")
    done = koe("ingest", "--exposure", str(units), "--map", "product_id=sku", "--json")
    assert json.loads(done.stdout) == {"exposure_rows": 2}
    assert koe("ingest", "--file", str(units), "--exposure", "--map", "product_id=sku").stdout == "2 exposure rows\n"


def test_lines_go_in_and_out_without_a_database(koe: Koe, tmp_path: Path) -> None:
    lines = '\ufeff{"id": 1, "text": "a\u2028b is silent"}\r\n\r\n{"id": "\\ud800", "text": "ok"}\nnonsense\n'
    analysed = koe("analyse", stdin=lines)
    assert analysed.exit_code == 3
    results = [json.loads(line) for line in analysed.stdout.split("\n")[:-1]]
    assert [result.get("id", result.get("line")) for result in results] == [1, "\ufffd", 4]
    assert results[0]["triggers"][0]["text"] == "silent"
    clustered = koe("cluster", stdin=lines)
    assert clustered.exit_code == 3
    assert [json.loads(line).get("id") for line in clustered.stdout.split("\n")[:-1]] == [1, "\ufffd", None]
    (tmp_path / "counts.csv").write_text("series,period,count\nA,2026-W01,3\nA,2026-W02,4\n", "utf-8")
    detected = koe("detect", str(tmp_path / "counts.csv"), "--level", "0.01")
    assert detected.exit_code == 0
    assert detected.stdout.splitlines()[0] == "series,period,count,expected,p_value,q_value,alert,event"
    assert not (tmp_path / "koe.sqlite").exists()


def test_counts_by_day_and_by_week_tell_the_same_and_are_read_by_detect(koe: Koe) -> None:
    koe("run", "--week", str(WEEK))
    weekly, daily = (
        list(csv.DictReader(koe("issues", "counts", "--week", str(WEEK), *words).stdout.splitlines()))
        for words in ([], ["--daily"])
    )
    assert {row["period"] for row in weekly} == {str(WEEK - back) for back in range(4)}
    assert sum(int(row["count"]) for row in weekly) == 12
    assert {row["exposure"] for row in weekly} == {"4"}
    assert len(daily) == 7 * len(weekly)
    for name in ("count", "exposure"):
        summed = Counter[tuple[str, str]]()
        for row in daily:
            summed[row["series"], str(Week.of(date.fromisoformat(row["period"])))] += int(row[name])
        assert summed == {(row["series"], row["period"]): int(row[name]) for row in weekly}
    told = koe("detect", stdin=koe("issues", "counts", "--week", str(WEEK), "--daily").stdout)
    assert told.exit_code == 0
    assert len(told.stdout.splitlines()) == 1 + len(daily)
