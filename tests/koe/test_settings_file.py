from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from koe.errors import SettingsError
from koe.settings_file import load_settings, place_of


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "koe.yaml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_hold_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.timezone == "Asia/Tokyo"
    assert settings.languages == ["ja", "en"]
    assert settings.database == "sqlite:///koe.sqlite"


def test_a_file_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path, "timezone: Europe/London\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().timezone == "Europe/London"


def test_koe_config_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOE_CONFIG", str(_file(tmp_path, "output: elsewhere\n")))
    settings = load_settings()
    assert settings.output == "elsewhere"
    assert settings.folder == tmp_path.resolve()


def test_the_environment_wins_over_the_file_and_leaves_its_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOE_DETECTION__LEVEL", "0.01")
    settings = load_settings(_file(tmp_path, "detection: {level: 0.2, baseline_weeks: 9}\n"))
    assert settings.detection.level == 0.01
    assert settings.detection.baseline_weeks == 9


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "koe.yaml"
    path.write_bytes(b"\xef\xbb\xbftimezone: UTC\n")
    assert load_settings(path).timezone == "UTC"


def test_durations_are_written_with_a_unit(tmp_path: Path) -> None:
    settings = load_settings(_file(tmp_path, "queues: {audio: {due: {urgent: 90m, low: 7d}, lease: 1h}}\n"))
    assert settings.queues["audio"].due["urgent"] == timedelta(minutes=90)
    assert settings.queues["audio"].lease == timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("timezone: Asia/Tokio\n", 1, "IANA time zone"),
        ("output: x\n\nlevel: 3\n", 3, "unknown key level"),
        ("sources:\n  a:\n    path: b.csv\n    mapp: {}\n", 4, "one of channel, encoding"),
        ("detection:\n  level: 2\n", 2, "less than 1"),
        ("queues:\n  audio:\n    due: {urgent: soon}\n", 3, "30m, 4h or 2d"),
        ("taxonomy:\n  off: [availabilty]\n", 2, "unknown trigger type 'availabilty'"),
        ("model:\n  sentiment: {name: a, labels: {LABEL_0: bad}}\n", 2, "'negative', 'neutral', 'positive' or 'mixed'"),
        ("model:\n  triggers:\n    name: a\n    labels: {X: defct}\n", 4, "unknown trigger type 'defct'"),
        ("model:\n  triggers:\n    name: a\n    labels: {X: defect:bad}\n", 4, "unknown polarity 'bad'"),
        ("model:\n  embedding: {name: a, pool: cls}\n", 2, "one of name, pooling, prefix"),
        ("folder: /elsewhere\n", 1, "unknown key folder"),
        ("sources: [\n", 2, "not YAML"),
        ("- a\n", 1, "not a mapping"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_was_expected(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.where == f"{path}:{line}"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("KOE_DETECTION__LEVEL", "7", "example:  KOE_DETECTION__LEVEL=0.05"),
        ("KOE_DETECTION__LEVLE", "0.1", "unknown key detection.levle"),
        ("KOE_TIMEZONE", "Nowhere", "IANA time zone"),
        ("KOE_LANGUAGES", "[ja, fr]", "'ja' or 'en'"),
        ("KOE_SOURCES", "{shop", "valid dictionary"),
        ("KOE_SOURCES", "{shop: {path: x.csv, chanel: review}}", "unknown key sources.shop.chanel"),
    ],
)
def test_a_mistake_in_a_variable_is_told_as_the_variable_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(_file(tmp_path, "detection: {level: 0.2}\nsources: {shop: {path: y.csv}}\n"))
    assert caught.value.where == variable
    assert said in str(caught.value)


def test_a_mistake_of_the_file_stays_the_file_s_beside_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOE_DETECTION", "{level: 0.01}")
    path = _file(tmp_path, "output: x\ndetection: {baseline_weeks: 1}\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.where == f"{path}:2"


def test_variables_hold_lists_and_names_as_the_file_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOE_LANGUAGES", "ja")
    monkeypatch.setenv("KOE_MODEL", "my-models/koe")
    monkeypatch.setenv("KOE_TAXONOMY", "{off: [availability]}")
    monkeypatch.setenv("KOE_FOLDER", "/elsewhere")
    settings = load_settings(_file(tmp_path, "model: {dtype: float32}\n"))
    assert settings.languages == ["ja"]
    assert settings.model.name == "my-models/koe"
    assert settings.taxonomy.off == ["availability"]
    assert settings.folder == tmp_path.resolve()


def test_a_head_can_be_named_and_taken_back_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOE_MODEL__SENTIMENT", "default")
    monkeypatch.setenv("KOE_MODEL__EMBEDDING", "{name: org/model, pooling: cls}")
    model = load_settings(_file(tmp_path, "model: {sentiment: {name: a, labels: {0: negative}}, triggers: b}\n")).model
    assert model.sentiment is None
    assert model.triggers
    assert model.triggers.name == "b"
    assert model.embedding
    assert model.embedding.pooling == "cls"


def test_a_mistake_found_after_loading_knows_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, "output: x\nrouting:\n  rules:\n    - {name: a, queue: b, priority: low}\n")
    keys = ("routing", "rules", 0, "queue")
    assert place_of(load_settings(path), keys) == f"{path}:4"
    monkeypatch.setenv("KOE_ROUTING__RULES", "[{name: a, queue: c, priority: low}]")
    assert place_of(load_settings(path), keys) == "KOE_ROUTING__RULES"


def test_a_named_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="koe init"):
        load_settings(tmp_path / "none.yaml")
