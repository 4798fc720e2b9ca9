"""What docs/api.md shows works: its requests against a desk that is served, its commands, its settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from typer.main import get_command

from desk.api.app import create_api
from desk.delivery.adapter import notice_as_json
from desk.delivery.targets import Targets
from desk.web.app import create_app
from desk.web.site import Site
from flows.cli import app
from koe.feedback import Channel
from koe.outbox import NewTicketNotice
from koe.settings_file import load_settings

if TYPE_CHECKING:
    from tests.desk.api.conftest import Clock, Program

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")


def _snippets(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def _lines(word: str) -> list[str]:
    lines = [line.removeprefix("$ ") for text in _snippets("console") for line in text.splitlines()]
    return [line for line in lines if word in line.split()[0]]


@pytest.fixture
def served(site: Site) -> Iterator[str]:
    """The address of a desk that answers on this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(site), host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_requests_are_answered(served: str, as_: Callable[[str], Program], tmp_path: Path) -> None:
    lines = [line.removeprefix("$ ") for line in PAGE.splitlines() if line.startswith(("$ curl", "$ ETAG"))]
    assert len(lines) == 12
    script = "\n".join(lines).replace("http://127.0.0.1:8420", served)
    environment = {"PATH": os.environ["PATH"], "TOKEN": as_("acts").token, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "304\n" in done.stdout
    assert '"state":"replied"' in done.stdout
    assert json.loads((tmp_path / "page.json").read_text("utf-8"))["items"]


def test_the_commands_and_their_options_are_there() -> None:
    lines = _lines("koe")
    assert len(lines) == 5
    for line in lines:
        command: object = get_command(app)
        for word in line.partition(" #")[0].split()[1:]:
            command = getattr(command, "commands", {}).get(word, command)
        known = {name for one in getattr(command, "params", []) for name in one.opts}
        assert {word for word in line.split() if word.startswith("--")} <= known, line


def test_the_settings_can_be_used(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "koe.yaml"
    path.write_text(_snippets("yaml")[0], "utf-8")
    settings = load_settings(path)
    Targets(settings, {"ERP_SECRET": "a", "CHAT_SECRET": "b"}, clock).check()
    assert [one.name for one in settings.webhooks] == ["erp", "chat"]


def test_the_notice_has_the_keys_that_are_shown(site: Site) -> None:
    with site.database.work(write=False) as work:
        ticket = work.tickets.get("CASE-000001")
    told = notice_as_json(NewTicketNotice("k", ticket, Channel.REVIEW, "SPK-10"))
    assert list(json.loads(_snippets("json")[0])) == list(told)


def test_every_filter_is_named(site: Site) -> None:
    document = create_api(site).openapi()["paths"]
    for path in ("/tickets", "/issues"):
        names = {one["name"] for one in document[path]["get"]["parameters"]} - {"cursor", "limit"}
        assert {name for name in names if f"`{name}" not in PAGE} == set()
