from __future__ import annotations

import json
from pathlib import Path

import pytest

from koe.errors import SettingsError, UsageError
from koe.settings import Settings
from koe.settings_file import load_settings
from koe.settings_notify import NotifySettings

SECRET = "s3cret"


def settings(tmp_path: Path, notify: str) -> Settings:
    path = tmp_path / "koe.yaml"
    path.write_text(f"output: out\nnotify: {notify}\n", "utf-8")
    return load_settings(path)


def test_targets_are_read_and_their_addresses_stay_hidden(tmp_path: Path) -> None:
    address = f"mailto://koe:{SECRET}@example.com"
    read = settings(tmp_path, f'["{address}", {{url: "{address}", languages: ja, when: alert}}]')
    assert [(one.languages, one.when) for one in read.notify] == [(None, "always"), (["ja"], "alert")]
    assert read.notify[0].address({}) == address
    assert SECRET not in repr(read)
    assert SECRET not in json.dumps(read.model_dump(mode="json"))


def test_the_environment_may_hold_all_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOE_NOTIFY", "[{url: 'json://localhost', languages: [en]}]")
    assert settings(tmp_path, "[]").notify[0].languages == ["en"]


def test_variables_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    part = NotifySettings.model_validate("mailto://koe:${PASSWORD}@example.com")
    assert part.address({"PASSWORD": "a/b@c d"}) == "mailto://koe:a%2Fb%40c%20d@example.com"
    whole = NotifySettings.model_validate("${CHAT}")
    assert whole.address({"CHAT": "slack://a/b/c"}) == "slack://a/b/c"
    for environment in ({}, {"CHAT": ""}):
        with pytest.raises(UsageError, match="the environment variable CHAT is not set"):
            whole.address(environment)


@pytest.mark.parametrize(
    ("notify", "said"),
    [
        (f'[{{url: "json://{SECRET}", when: "{SECRET}"}}]', "notify.0.when"),
        (f'[{{url: "json://{SECRET}", languages: [fr]}}]', "notify.0.languages"),
        (f'[{{address: "json://{SECRET}"}}]', "url"),
        (f'[["json://{SECRET}"]]', "notify.0"),
        ("[{url: ''}]", "notify.0.url"),
    ],
)
def test_mistakes_are_told_without_the_secret(tmp_path: Path, notify: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings(tmp_path, notify)
    assert "koe.yaml:2" in str(error.value)
    assert said in str(error.value)
    # What a log with the whole traceback shows is the cause as well.
    assert SECRET not in f"{error.value}{error.value.__cause__}"
