from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.own_models import OwnModels
from flows.wiring import Wiring
from koe.settings import ModelSettings, Settings, TaxonomySettings
from nlp.evaluation.markdown import render
from nlp.evaluation.scorecard import Scorecard


@pytest.fixture
def koe(tmp_path: Path, keyword_analyser: Any) -> Callable[..., Result]:
    settings = Settings(folder=tmp_path, taxonomy=TaxonomySettings(rename={"defect": "broken"}))
    wiring = Wiring(settings, lambda: datetime(2026, 11, 23, 20, tzinfo=UTC), keyword_analyser)
    return lambda *words: CliRunner().invoke(app, ["eval", *map(str, words)], obj=wiring)


def test_the_scorecard_is_printed_and_written(koe: Callable[..., Result], public_sets: Path, tmp_path: Path) -> None:
    done = koe("--data", public_sets, "--sample", 3, "--part", "dev")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("# Scorecard")
    assert "| ja-marc | ja | 1 against 5 stars, accuracy | 2 | 1.000 [1.000, 1.000] | ≥ 0.90" in done.stdout
    assert "at most 3 texts of each data set" in done.stdout
    plain = json.loads((tmp_path / "koe-out" / "scorecard.json").read_text("utf-8"))
    assert plain["date"] == "2026-11-24"  # in the configured time zone
    assert (plain["model"], plain["part"], plain["sample"]) == ("keyword-1", "dev", 3)
    page = (tmp_path / "koe-out" / "scorecard.md").read_text("utf-8")
    assert page == done.stdout == render(Scorecard.from_json(plain))


def test_json_on_standard_output(koe: Callable[..., Result], tmp_path: Path) -> None:
    done = koe("--json", "--sample", 2, "--out", tmp_path / "elsewhere")
    assert done.exit_code == 0, done.output
    plain = json.loads(done.stdout)
    assert {row["data"] for row in plain["rows"]} == {"corpus, test part", "negation suite", "triples suite"}
    assert any("--data DIR" in line for line in plain["left_out"])
    assert json.loads((tmp_path / "elsewhere" / "scorecard.json").read_text("utf-8")) == plain


@pytest.mark.parametrize("option", ["--data", "--model", "--corpus", "--encoder"])
def test_an_unknown_folder_is_told(option: str, koe: Callable[..., Result], tmp_path: Path) -> None:
    done = koe(option, tmp_path / "none")
    assert str(done.exception) == f"{option} {tmp_path / 'none'}: no such folder"


def test_an_incomplete_folder_is_told(koe: Callable[..., Result], public_sets: Path) -> None:
    (public_sets / "en-lenovo-k8" / "k8_reviews.csv").unlink()
    done = koe("--data", public_sets)
    assert "missing en-lenovo-k8/k8_reviews.csv;" in str(done.exception)


def test_a_folder_that_is_no_model_is_told(koe: Callable[..., Result], tmp_path: Path) -> None:
    done = koe("--model", tmp_path)
    assert type(done.exception).__name__ == "ModelError"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, keyword_analyser: Any) -> list[str]:
    """The names of the models that are loaded."""
    names: list[str] = []

    def load(settings: ModelSettings, taxonomy: TaxonomySettings) -> Any:
        assert taxonomy == TaxonomySettings()
        names.append(settings.name)
        return keyword_analyser

    monkeypatch.setattr("nlp.analyser.load_analyser", load)
    return names


def test_a_named_model_is_measured_as_it_lies_there_whatever_is_installed(tmp_path: Path, measured: list[str]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {}}')
    wirings = [Wiring(Settings(folder=tmp_path, model=ModelSettings(name=name))) for name in ("default", str(folder))]
    for wiring in wirings:
        models = OwnModels.of(wiring.settings)
        adapted = models.begin()
        (adapted / "config.json").write_text("{}")
        models.install(adapted)
        assert wiring.model_folder == adapted
        for words in (["--model", "default"], ["--model", str(folder)]):
            done = CliRunner().invoke(app, ["eval", "--sample", "1", *words], obj=wiring)
            assert done.exit_code == 0, done.output
    assert measured == ["default", str(folder)] * 2


def test_without_a_name_the_model_in_use_is_measured(koe: Callable[..., Result], measured: list[str]) -> None:
    assert koe("--sample", 1).exit_code == 0
    assert measured == []  # the one that is there is taken
