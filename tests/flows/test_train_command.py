"""``koe train``: what it learns from, when it installs, how it goes back. tests/nlp has the training itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.steps import train as step
from flows.steps.run import run, silent
from flows.wiring import Wiring
from koe.errors import UsageError
from koe.issue import Label, Span
from koe.settings_file import load_settings
from nlp.training.adapt import Adaptation, Start
from nlp.training.fit import Progress
from nlp.training.rated import HeldBack, RatedText
from storage.issue_store import IssueStore

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def wiring(tmp_path: Path, keyword_analyser: Any) -> Wiring:
    said = ["充電中に音が出ない", "充電中は音が出ない。困る"]
    rows = [
        {
            "id": f"{week}-{n}",
            "title": "ヘッドホン",
            "text": text + "！" * week,
            "rating": 1,
            "created_at": f"2026-02-{7 * week + n + 1:02}",
        }
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
        options["begun"](Start(False, len(rated), 0, 0, 0, 40))
        options["tell"](Progress(20, 40, 1.0, {"sentiment": 0.5}))
        (out / "config.json").write_text("{}")
        better = any(one.stars == 5 for one in rated)
        before, after = HeldBack(9, 0.8, 0.5, 0.9), HeldBack(9, 0.9, 0.7 if better else 0.4, 0.5)
        return Adaptation(out, len(rated), 0, False, before, after, gains=0.99 if better else 0.1)

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
    assert "not better: the model in use stays (a gain in 10% of the resamples" in done.stdout
    assert "training the sentiment head on 8 rated texts: 40 steps; this may take minutes" in done.stderr
    assert "training steps: 20 of 40" in done.stderr
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
    told = json.loads(again.stdout)
    assert (told["better"], told["installed"], told["adaptation"]["folder"]) == (True, False, None)
    assert wiring.model_folder == own
    back = koe(wiring, "--undo")
    assert back.exit_code == 0, back.output
    assert wiring.model_folder != own
    assert isinstance(koe(wiring, "--undo").exception, UsageError)


def test_a_file_without_stars_says_how_to_name_them(wiring: Wiring) -> None:
    done = koe(wiring, "--file", reviews(wiring.settings.folder), "--map", "text=本文")
    assert isinstance(done.exception, UsageError)
    assert "--map rating=COLUMN" in str(done.exception)


def test_refused_rows_are_told_and_are_the_exit_code(wiring: Wiring, trained: list[Sequence[RatedText]]) -> None:
    file = wiring.settings.folder / "marc.csv"
    file.write_text("本文,星\nよい,5\n" + "だめ,99\n" * 4 + "わるい,1\n", "utf-8")
    done = koe(wiring, "--file", file, "--map", "text=本文", "--map", "rating=星")
    assert done.exit_code == 3, done.output
    assert "4 rows refused" in done.stderr
    assert done.stderr.count("99") == 3
    assert "installed:" in done.stdout
    file.write_text("本文,星\nだめ,99\n", "utf-8")
    failed = koe(wiring, "--file", file, "--map", "text=本文", "--map", "rating=星")
    assert isinstance(failed.exception, UsageError)
    assert "1 rows refused" in str(failed.exception)


def test_another_sentiment_model_in_koe_yaml_says_what_to_remove(wiring: Wiring) -> None:
    path = wiring.settings.folder / "koe.yaml"
    path.write_text(path.read_text("utf-8") + "model: {sentiment: org/bert}\n", "utf-8")
    other = Wiring(load_settings(path), lambda: NOW)
    done = koe(other)
    assert isinstance(done.exception, UsageError)
    assert "remove `sentiment:`" in str(done.exception)
    assert not list((wiring.settings.folder / "koe-models").glob("adapted-*"))


Learnt = Callable[[], dict[str, float]]


@pytest.fixture
def learnt(wiring: Wiring) -> Learnt:
    """What the corrections say: per group, or ``""`` for none, whether its statements complain."""
    return lambda: {
        statement.group or "": float(statement.complaint or 0.0)
        for one in step.corrections_in_store(wiring)
        for statement in one.statements
    }


def corrected(wiring: Wiring, change: Callable[[IssueStore, str], Any]) -> str:
    """An issue of the store, after a change to it."""
    with wiring.database.work() as work:
        issue = next(stored.id for stored in work.issues.all() if stored.alive)
        change(work.issues, issue)
        work.commit()
    return issue


BY = {"by": "mori", "effective_at": NOW}


def test_a_new_name_and_a_fix_say_nothing_about_members(wiring: Wiring, learnt: Learnt) -> None:
    corrected(wiring, lambda issues, one: issues.rename(one, ja="音が消える", **BY))
    corrected(wiring, lambda issues, one: issues.fix(one, **BY))
    assert learnt() == {}


def test_members_of_a_dismissed_issue_do_not_complain_until_it_is_reopened(wiring: Wiring, learnt: Learnt) -> None:
    corrected(wiring, lambda issues, one: issues.dismiss(one, **BY))
    assert learnt() == {"": 0.0}
    with wiring.database.work() as work:
        work.issues.reopen(work.issues.all()[0].id, **BY)
        work.commit()
    assert learnt() == {}


def test_merged_issues_are_learnt_as_the_one_they_became(wiring: Wiring, learnt: Learnt) -> None:
    def merge(issues: IssueStore, one: str) -> None:
        other = issues.create("P1", Label("雑音"), NOW, np.zeros(64, np.float32), NOW)
        last = issues.create("P1", Label("無音"), NOW, np.zeros(64, np.float32), NOW)
        issues.merge(one, other.id, **BY)
        issues.merge(other.id, last.id, **BY)
        into.append(last.id)

    into: list[str] = []
    corrected(wiring, merge)
    assert learnt() == {into[0]: 1.0}


def test_of_a_split_the_new_issue_is_learnt(wiring: Wiring, learnt: Learnt) -> None:
    new: list[str] = []
    corrected(wiring, lambda issues, one: new.append(issues.split(one, [members_of(issues, one)[0]], **BY).id))
    assert learnt() == {new[0]: 1.0}


def test_of_a_move_the_target_is_learnt_and_nothing_when_moved_out(wiring: Wiring, learnt: Learnt) -> None:
    corrected(wiring, lambda issues, one: issues.move([members_of(issues, one)[0]], None, **BY))
    assert learnt() == {}
    target: list[str] = []

    def move(issues: IssueStore, one: str) -> None:
        target.append(issues.create("P1", Label("雑音"), NOW, np.zeros(64, np.float32), NOW).id)
        issues.move([members_of(issues, one)[0]], target[0], **BY)

    corrected(wiring, move)
    assert learnt() == {target[0]: 1.0}


def test_spans_of_an_older_version_are_left_out_and_titles_come_along(wiring: Wiring) -> None:
    edited, kept = "shop:0-0", "shop:1-0"
    corrected(wiring, lambda issues, one: issues.split(one, [edited, kept], **BY))
    assert [one.title for one in step.corrections_in_store(wiring)] == ["ヘッドホン", "ヘッドホン"]
    with wiring.database.work() as work:
        first, second = work.feedback.get(edited), work.feedback.get(kept)
        assert first
        assert second
        work.feedback.upsert([replace(first.feedback, text="充電中に音が出ない。直りました。", updated_at=NOW)], NOW)
        work.commit()
    assert [one.text for one in step.corrections_in_store(wiring)] == [second.feedback.text]


def members_of(issues: IssueStore, one: str) -> list[Span]:
    return [member.span for member in issues.members(issue=one)]
