"""Models by hub id: from the cache without a network, fetched once, and one clear error where neither can be."""

from __future__ import annotations

import http.server
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.doctor import examine
from flows.wiring import Wiring
from koe.errors import ModelError
from koe.settings import ModelSettings, Settings
from nlp.analyser import load_analyser
from nlp.other_models import hub as hub_module
from nlp.other_models.choice import choose
from nlp.other_models.folder import POOLING, read_pooling
from nlp.other_models.hub import HuggingFaceHub, locate, needed

_COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOWHERE = "http://127.0.0.1:9"


class ShelfHub:
    """A hub for tests: ``shelf`` is what is on disk; what is fetched is noted."""

    def __init__(self, **shelf: Path) -> None:
        self.shelf = {name.replace("__", "/"): folder for name, folder in shelf.items()}
        self.fetched: list[str] = []
        self.may_fetch: list[bool] = []

    def on_disk(self, name: str) -> Path | None:
        return self.shelf.get(name)

    def fetch(self, name: str) -> Path:
        self.fetched.append(name)
        return Path("fetched")

    def complete_pooling(self, name: str, folder: Path, fetch: bool) -> bool:
        self.may_fetch.append(fetch)
        return False


def _cached(cache: Path, files: dict[str, str]) -> Path:
    """What the cache of this machine looks like after a download."""
    folder = cache / "models--org--model" / "snapshots" / _COMMIT
    folder.mkdir(parents=True)
    (cache / "models--org--model" / "refs").mkdir()
    (cache / "models--org--model" / "refs" / "main").write_text(_COMMIT)
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


WHOLE = {"config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "x"}


def test_a_folder_wins_then_the_disk_then_the_hub(tmp_path: Path) -> None:
    hub = ShelfHub(org__known=tmp_path)
    assert locate(str(tmp_path), hub) == tmp_path
    assert locate("org/known", hub) == tmp_path
    assert hub.fetched == []
    assert locate("org/new", hub) == Path("fetched")
    assert hub.fetched == ["org/new"]


@pytest.mark.parametrize("name", ["./models/mine", "mine", "/models/mine", "a/b/c", "~/mine"])
def test_what_can_be_no_hub_id_is_never_asked_for(name: str) -> None:
    hub = ShelfHub()
    with pytest.raises(ModelError, match="no such folder"):
        locate(name, hub)
    assert hub.fetched == []


def test_without_leave_nothing_is_fetched() -> None:
    hub = ShelfHub()
    with pytest.raises(ModelError, match=r"not on this machine.*hf download org/new --local-dir new"):
        locate("org/new", hub, fetch=False)
    assert hub.fetched == []


def test_the_cache_is_used_when_it_is_whole(tmp_path: Path) -> None:
    hub = HuggingFaceHub(NOWHERE, tmp_path)
    assert hub.on_disk("org/model") is None
    folder = _cached(tmp_path, WHOLE)
    assert hub.on_disk("org/model") == folder
    (folder / "model.safetensors").unlink()
    assert hub.on_disk("org/model") is None


def test_one_set_of_weights_is_enough() -> None:
    both = ["config.json", "model.safetensors", "pytorch_model.bin", "onnx/model.onnx", "README.md", "tf_model.h5"]
    assert needed(both) == ["config.json", "model.safetensors"]
    old = ["1_Pooling/config.json", "pytorch_model.bin", "vocab.txt"]
    assert needed(old) == ["1_Pooling/config.json", "vocab.txt", "pytorch_model.bin"]


class _Pages(http.server.BaseHTTPRequestHandler):
    """As much of the hub as a download asks for."""

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if self.path.startswith("/api/models/org/model/tree/"):
            self._say(json.dumps([{"type": "file", "path": one, "size": len(WHOLE[one]), "oid": one} for one in WHOLE]))
        elif self.path.startswith("/api/models/org/model"):
            told = {"id": "org/model", "sha": _COMMIT, "siblings": [{"rfilename": one} for one in WHOLE]}
            self._say(json.dumps(told))
        elif name in WHOLE and "/resolve/" in self.path and not self.path.endswith(POOLING):
            self._say(WHOLE[name], {"ETag": f'"{name}"', "X-Repo-Commit": _COMMIT})
        elif self.path.endswith(POOLING) and self.server.pools:  # type: ignore[attr-defined]
            self._say(self.server.pools, {"ETag": '"p"', "X-Repo-Commit": _COMMIT})  # type: ignore[attr-defined]
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound" if "org/model" in self.path else "RepoNotFound")
            self.send_header("X-Repo-Commit", _COMMIT)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_HEAD = do_GET  # noqa: N815 (the library's name)

    def _say(self, content: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(200)
        for key, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content.encode())

    def log_message(self, *_: Any) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]


@pytest.fixture
def server() -> Iterator[Any]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as made:
        made.asked, made.pools = [], ""  # type: ignore[attr-defined]
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def endpoint(server: Any) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_a_model_is_fetched_once_and_found_without_network_afterwards(tmp_path: Path, endpoint: str) -> None:
    folder = HuggingFaceHub(endpoint, tmp_path).fetch("org/model")
    assert {path.name: path.read_text() for path in folder.iterdir() if path.is_file()} == WHOLE
    assert HuggingFaceHub(NOWHERE, tmp_path).on_disk("org/model") == folder


def test_a_name_that_the_hub_does_not_know(tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(ModelError, match="check the name"):
        HuggingFaceHub(endpoint, tmp_path).fetch("org/none")


def test_no_network_is_told_quickly_with_what_to_do(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ModelError, match=r"cannot be fetched .*hf download org/model --local-dir model"):
        HuggingFaceHub(NOWHERE, tmp_path).fetch("org/model")
    assert time.monotonic() - begun < 20


def test_a_fetched_model_without_the_small_files_is_known_to_have_none(tmp_path: Path, endpoint: str) -> None:
    folder = HuggingFaceHub(endpoint, tmp_path).fetch("org/model")
    assert HuggingFaceHub(NOWHERE, tmp_path).complete_pooling("org/model", folder, fetch=False)
    assert read_pooling(folder) is None


def test_a_cache_without_the_small_files_is_completed_once(tmp_path: Path, server: Any, endpoint: str) -> None:
    folder = _cached(tmp_path, WHOLE)
    server.pools = '{"pooling_mode_cls_token": true}'
    hub = HuggingFaceHub(endpoint, tmp_path)
    assert not hub.complete_pooling("org/model", folder, fetch=False)
    assert server.asked == []
    assert hub.complete_pooling("org/model", folder, fetch=True)
    assert read_pooling(folder) == "cls"
    asked = len(server.asked)
    assert HuggingFaceHub(endpoint, tmp_path).complete_pooling("org/model", folder, fetch=True)
    assert len(server.asked) == asked


def test_without_network_it_stays_unknown_and_is_asked_for_once(tmp_path: Path, server: Any, endpoint: str) -> None:
    folder = _cached(tmp_path, WHOLE)
    assert not HuggingFaceHub(NOWHERE, tmp_path).complete_pooling("org/model", folder, fetch=True)
    assert folder in hub_module._asked
    assert not HuggingFaceHub(endpoint, tmp_path).complete_pooling("org/model", folder, fetch=True)
    assert server.asked == []


def test_mean_pooling_that_is_assumed_is_a_doubt(encoder: Any) -> None:
    shelf = ShelfHub(org__model=encoder("vectors"), org__cls=encoder("other", {"pooling_mode_cls_token": True}))

    def doubt(**named: str) -> str:
        chosen = choose(ModelSettings.model_validate({"embedding": named}), "embedding", shelf)
        assert chosen
        return chosen.doubt

    assert "mean pooling is assumed; give pooling: mean or cls" in doubt(name="org/model")
    assert doubt(name="org/model", pooling="mean") == ""
    assert doubt(name="org/cls") == ""
    assert doubt(name=str(shelf.shelf["org/model"])) == ""


def test_a_doubt_is_logged_and_told_by_doctor(
    tmp_path: Path,
    tiny_model: Path,
    encoder: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = ShelfHub(org__model=encoder("vectors"))
    monkeypatch.setattr("nlp.other_models.choice.HuggingFaceHub", lambda: shelf)
    settings = ModelSettings.model_validate({"name": str(tiny_model), "embedding": "org/model"})
    with caplog.at_level(logging.WARNING):
        load_analyser(settings)
    assert "model for embedding: the cache of this machine" in caplog.text
    wiring = Wiring(Settings(folder=tmp_path, model=settings))
    shelf.may_fetch.clear()
    told = {finding.what: finding.found for finding in examine(None, load=lambda _: wiring)}
    assert "WARNING: the cache of this machine" in told["model for embedding"]
    assert told["model"].startswith("tiny-")
    assert set(shelf.may_fetch) == {False}  # doctor fetches nothing


def test_offline_mode_is_told_as_such(tmp_path: Path) -> None:
    """The hub's library reads the variable when it is first imported."""
    code = "from nlp.other_models.hub import *; HuggingFaceHub().fetch('org/model')"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert "HF_HUB_OFFLINE is set" in last
    assert "hf download org/model --local-dir model" in last
