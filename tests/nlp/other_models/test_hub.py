"""Models by hub id: from the cache without a network, fetched once, and one clear error where neither can be."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koe.errors import ModelError
from nlp.other_models.hub import HuggingFaceHub, locate, needed

_COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOWHERE = "http://127.0.0.1:9"


class ShelfHub:
    """A hub for tests: ``shelf`` is what is on disk; what is fetched is noted."""

    def __init__(self, **shelf: Path) -> None:
        self.shelf = {name.replace("__", "/"): folder for name, folder in shelf.items()}
        self.fetched: list[str] = []

    def on_disk(self, name: str) -> Path | None:
        return self.shelf.get(name)

    def fetch(self, name: str) -> Path:
        self.fetched.append(name)
        return Path("fetched")


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
        elif name in WHOLE and "/resolve/" in self.path:
            self._say(WHOLE[name], {"ETag": f'"{name}"', "X-Repo-Commit": _COMMIT})
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
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

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def endpoint() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_model_is_fetched_once_and_found_without_network_afterwards(tmp_path: Path, endpoint: str) -> None:
    folder = HuggingFaceHub(endpoint, tmp_path).fetch("org/model")
    assert {path.name: path.read_text() for path in folder.iterdir()} == WHOLE
    assert HuggingFaceHub(NOWHERE, tmp_path).on_disk("org/model") == folder


def test_a_name_that_the_hub_does_not_know(tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(ModelError, match="check the name"):
        HuggingFaceHub(endpoint, tmp_path).fetch("org/none")


def test_no_network_is_told_quickly_with_what_to_do(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ModelError, match=r"cannot be fetched .*hf download org/model --local-dir model"):
        HuggingFaceHub(NOWHERE, tmp_path).fetch("org/model")
    assert time.monotonic() - begun < 20


def test_offline_mode_is_told_as_such(tmp_path: Path) -> None:
    """The hub's library reads the variable when it is first imported."""
    code = "from nlp.other_models.hub import *; HuggingFaceHub().fetch('org/model')"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert "HF_HUB_OFFLINE is set" in last
    assert "hf download org/model --local-dir model" in last
