"""``koe train``: what it learns from, when it installs, how it goes back. tests/nlp has the training itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.steps import train as step
from flows.steps.run import run, silent
from flows.wiring import Wiring
from koe.errors import UsageError
from koe.settings_file import load_settings
from nlp.training.adapt import Adaptation, HeldBack, RatedText

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def wiring(tmp_path: Path, keyword_analyser: Any) -> Wiring:
    said = ["充電中に音が出ない", "充電中は音が出ない。困る"]
    rows = [
        {"id": f"{week}-{n}", "text": text + "！" * week, "rating": 1, "created_at": f"2026-02-{7 * week + n + 1:02}"}
        for week in range(4)
        for n, text in enumerate(said)
    ]
    rows += [
        {"id": "no-stars", "text": "良い", "created_at": "2026-03-02T01:00:00Z"},
        {"id": "no-words", "rating": 4, "created_at": "2026-03-02T01:00:00Z"},
        {"id": "staff", "text": "最高", "rating": 5, "disclosure": "staff", "created_at": "2026-03-02T01:00:00Z"},
    ]
    (tmp_path / "shop.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (tmp_path / "koe.yaml").write_text(
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n", "utf-8"
    )
    wiring = Wiring(load_settings(tmp_path / "koe.yaml"), lambda: NOW, keyword_analyser)
    run(wiring, silent, None)
    return wiring


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[RatedText]]:
    """What the training was given; it is not done, and ends better when there are texts of five stars."""
    given: list[Sequence[RatedText]] = []

    def train(wiring: Wiring, rated: list[RatedText], out: Path, **options: Any) -> Adaptation:
        given.append(rated)
        out.mkdir(parents=True)
        (out / "config.json").write_text("{}")
        better = any(one.stars == 5 for one in rated)
        before, after = HeldBack(9, 0.8, 0.5, 0.9), HeldBack(9, 0.9, 0.7 if better else 0.4, 0.5)
        return Adaptation(out, len(rated), 0, False, before, after)

    monkeypatch.setattr(step, "train", train)
    return given


def koe(wiring: Wiring, *words: object) -> Result:
    return CliRunner().invoke(app, ["train", *map(str, words)], obj=wiring)


def reviews(folder: Path) -> Path:
    path = folder / "marc.csv"
    path.write_text("本文,星\nよい,5\nわるい,1\n空,\n", "utf-8")
    return path


def test_only_counted_feedback_with_stars_and_words_is_learnt_from(
    wiring: Wiring, trained: list[Sequence[RatedText]]
) -> None:
    done = koe(wiring)
    assert done.exit_code == 0, done.output
    assert {(one.document.text[:3], one.stars) for one in trained[0]} == {("充電中", 1.0)}
    assert "not better: the model in use stays" in done.stdout
    assert not list((wiring.settings.folder / "koe-models").glob("adapted-*"))


def test_a_better_model_is_installed_and_undone(wiring: Wiring, trained: list[Sequence[RatedText]]) -> None:
    file = reviews(wiring.settings.folder)
    words = ("--file", file, "--map", "text=本文", "--map", "rating=星")
    done = koe(wiring, *words)
    assert done.exit_code == 0, done.output
    assert [one.stars for one in trained[0]] == [5.0, 1.0]
    assert "three classes, macro F1" in done.stdout
    own = wiring.settings.folder / "koe-models" / "adapted-1"
    assert wiring.model_folder == own
    again = koe(wiring, *words, "--dry-run", "--json")
    assert (json.loads(again.stdout)["better"], json.loads(again.stdout)["installed"]) == (True, False)
    assert wiring.model_folder == own
    back = koe(wiring, "--undo")
    assert back.exit_code == 0, back.output
    assert wiring.model_folder != own
    assert isinstance(koe(wiring, "--undo").exception, UsageError)


def test_a_file_without_stars_says_how_to_name_them(wiring: Wiring) -> None:
    done = koe(wiring, "--file", reviews(wiring.settings.folder), "--map", "text=本文")
    assert isinstance(done.exception, UsageError)
    assert "--map rating=COLUMN" in str(done.exception)


def test_corrections_are_learnt_from(wiring: Wiring, step_of: Callable[[], list[Any]]) -> None:
    assert step_of() == []
    with wiring.database.work() as work:
        issue = work.issues.all()[0].id
        work.issues.rename(issue, ja="音が消える", by="mori", effective_at=NOW)
        work.commit()
    confirmed = step_of()
    assert {statement.group for one in confirmed for statement in one.statements} == {issue}
    with wiring.database.work() as work:
        work.issues.dismiss(issue, by="mori", effective_at=NOW)
        work.commit()
    assert {statement.complaint for one in step_of() for statement in one.statements} == {0.0}


@pytest.fixture
def step_of(wiring: Wiring) -> Callable[[], list[Any]]:
    return lambda: step.corrections_in_store(wiring)
