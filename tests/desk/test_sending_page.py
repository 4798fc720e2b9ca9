"""What docs/sending.md and docs/accounts.md show works."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

from typer.main import get_command

from desk.delivery.targets import Targets
from desk.delivery.webhook import signature
from flows.cli import app
from koe.settings_file import load_settings

DOCS = Path(__file__).parents[2] / "docs"
SENDING = (DOCS / "sending.md").read_text("utf-8")
ACCOUNTS = (DOCS / "accounts.md").read_text("utf-8")


def _snippet(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", SENDING, re.DOTALL)
    assert found
    return found[1]


def test_the_settings_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "koe.yaml"
    path.write_text(_snippet("yaml"), "utf-8")
    settings = load_settings(path)
    secrets = {"SHOP_SECRET": "a", "MAIL_PASSWORD": "b"}
    assert Targets(settings, secrets, lambda: datetime.now(UTC)).check() == 3


def test_a_receiver_can_check_a_signature_as_shown() -> None:
    shown: dict[str, object] = {}
    exec(_snippet("python"), shown)
    is_from_koe = shown["is_from_koe"]
    assert callable(is_from_koe)
    now, body = str(int(time.time())), '{"text": "お詫びします"}'.encode()
    assert is_from_koe("secret", now, signature("secret", now, body), body)
    assert not is_from_koe("other", now, signature("secret", now, body), body)
    assert not is_from_koe("secret", now, signature("secret", now, body), body + b" ")
    old = str(int(time.time()) - 3600)
    assert not is_from_koe("secret", old, signature("secret", old, body), body)


def test_the_commands_and_their_options_are_there() -> None:
    lines = re.findall(r"^\$ koe (.*?)(?:\s+#.*)?$", SENDING + ACCOUNTS, re.MULTILINE)
    assert len(lines) > 10
    for line in lines:
        command: object = get_command(app)
        for word in line.split():
            command = getattr(command, "commands", {}).get(word, command)
        known = {name for one in getattr(command, "params", []) for name in (*one.opts, *one.secondary_opts)}
        assert {word for word in line.split() if word.startswith("--")} <= known, line
