"""``koe init`` and ``koe doctor``: a first koe.yaml that can be believed, and what is missing with its mend."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.doctor import examine
from flows.first_settings import FIRST_SETTINGS
from flows.wiring import Wiring
from koe.settings_file import load_settings


def _koe(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, list(words), env=environment)


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_here")
def test_init_writes_a_file_and_a_database_and_keeps_what_is_there(tmp_path: Path) -> None:
    done = _koe("init")
    assert done.exit_code == 0
    assert (tmp_path / "koe.yaml").read_text("utf-8") == FIRST_SETTINGS
    (tmp_path / "koe.yaml").write_text("output: mine\n", "utf-8")
    (tmp_path / "koe.sqlite").unlink()
    again = _koe("init")
    assert again.exit_code == 0
    assert "--force" in again.stdout
    assert (tmp_path / "koe.yaml").read_text("utf-8") == "output: mine\n"
    assert _koe("issues", "list").exit_code == 0
    assert _koe("init", "--force").exit_code == 0
    assert (tmp_path / "koe.yaml").read_text("utf-8") == FIRST_SETTINGS


@pytest.mark.usefixtures("_here")
def test_init_writes_where_koe_config_says(tmp_path: Path) -> None:
    assert _koe("init", KOE_CONFIG=str(tmp_path / "shop" / "koe.yaml")).exit_code == 0
    assert (tmp_path / "shop" / "koe.sqlite").exists()
    assert not (tmp_path / "koe.yaml").exists()


def test_every_key_of_koe_yaml_and_every_example_in_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "koe.yaml"
    path.write_text(FIRST_SETTINGS, "utf-8")
    settings = load_settings(path)
    shown = set(re.findall(r"^(\w+):", FIRST_SETTINGS, re.MULTILINE))
    assert shown == set(type(settings).model_fields) - {"folder", "file", "max_row_bytes"}
    # As a user would: the block below an empty key, without its comment signs.
    empty = re.compile(r"^(\w+): (?:\{\}|\[\])\n((?:# .*\n)+)", re.MULTILINE)
    path.write_text(empty.sub(_uncommented, FIRST_SETTINGS), "utf-8")
    settings = load_settings(path)
    assert settings.sources["shop"].map["text"] == "body"
    assert settings.taxonomy.add[0].words == ["かぶれた", "rash"]
    assert settings.routing.rules[0].queue in settings.queues
    assert settings.products["SPK-10"].owner == "audio"
    assert [one.when for one in settings.notify] == ["always", "alert"]
    path.write_text(re.sub(r"^model: default\n((?:# .*\n)+)", _uncommented_model, FIRST_SETTINGS, flags=re.M), "utf-8")
    settings = load_settings(path)
    assert settings.model.name == "default"
    assert settings.model.sentiment
    assert settings.model.triggers
    assert settings.model.triggers.labels["SHIPPING"] == "delivery:negative"
    assert settings.model.embedding
    assert settings.model.embedding.prefix == "query: "


def _uncommented(block: re.Match[str]) -> str:
    return re.sub(r"^# ", "", block[2], flags=re.MULTILINE)


def _uncommented_model(block: re.Match[str]) -> str:
    return re.sub(r"^# ", "", block[1], flags=re.MULTILINE)


def _examined(config: Path, analyser: Any) -> dict[str, Any]:
    findings = examine(config, load=lambda path: Wiring(load_settings(path), _analyser=analyser))
    return {finding.what: finding for finding in findings}


def test_doctor_finds_all_well(tmp_path: Path, keyword_analyser: Any) -> None:
    config = tmp_path / "koe.yaml"
    config.write_text("database: sqlite:///said.sqlite\n", "utf-8")
    Wiring.from_config(config).database.migrate()
    found = _examined(config, keyword_analyser)
    assert [what for what, finding in found.items() if not finding.ok] == []
    assert found["model"].found == "keyword-1"
    assert found["model for sentiment"].found == "koe's own"
    assert found["database"].found.endswith("said.sqlite")
    assert found["pandas"].found.startswith("3.")


def test_doctor_says_the_mend_for_what_is_missing(tmp_path: Path, keyword_analyser: Any) -> None:
    config = tmp_path / "koe.yaml"
    config.write_text("sources: {shop: {channel: review, path: none.csv}}\n", "utf-8")
    found = _examined(config, keyword_analyser)
    assert {what for what, finding in found.items() if not finding.ok} == {"sources", "database"}
    assert "none.csv" in found["sources"].found
    assert "koe init" in found["database"].mend


def test_doctor_says_which_model_reads_a_head_and_fetches_none(
    tmp_path: Path, keyword_analyser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    moods = tmp_path / "moods"
    moods.mkdir()
    (moods / "config.json").write_text('{"id2label": {"0": "BAD", "1": "positive"}}', "utf-8")
    (moods / "model.safetensors").write_bytes(b"")
    config = tmp_path / "koe.yaml"
    heads = "{sentiment: {name: moods, labels: {BAD: negative}}, embedding: nobody/no-such-model}"
    config.write_text(f"model: {heads}\n", "utf-8")
    found = _examined(config, keyword_analyser)
    assert found["model for sentiment"].ok
    assert re.fullmatch(r"moods\+\w{8} \(BAD = negative, positive = positive\)", found["model for sentiment"].found)
    assert not found["model for embedding"].ok
    assert "hf download nobody/no-such-model" in found["model for embedding"].found
    assert not found["model"].ok


@pytest.mark.usefixtures("_here")
def test_doctor_tells_a_wrong_koe_yaml_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "koe.yaml").write_text("timezone: Nowhere\n", "utf-8")
    done = _koe("doctor", "--offline", "--json")
    assert done.exit_code == 1
    wrong = [finding for finding in json.loads(done.stdout) if not finding["ok"]]
    assert [finding["what"] for finding in wrong] == ["koe.yaml"]
    assert "koe.yaml:1" in wrong[0]["found"]
