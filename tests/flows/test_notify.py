"""The week's summary goes out: to a server in this process, once, and with no secret in any output."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.targets import targets_of
from flows.wiring import Wiring
from koe.settings import Settings
from koe.settings_file import load_settings
from koe.week import Week

WEEK = Week(2026, 10)
SECRET = "hunter2secret"


class Receiver(HTTPServer):
    """Keeps what is posted to it, and answers with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict[str, Any]] = []
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Koe = Callable[..., Result]


@pytest.fixture
def make(tmp_path: Path, keyword_analyser: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Koe]:
    """A shop with a koe.yaml that has the given targets."""
    monkeypatch.setenv("SHOP_KEY", SECRET)
    _write(tmp_path, 5)

    def of(notify: str) -> Koe:
        config = tmp_path / "koe.yaml"
        config.write_text(
            "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n"
            f"output_url: https://files.example.com/koe/\nnotify: {notify}\n",
            "utf-8",
        )
        wiring = Wiring(load_settings(config), lambda: datetime(2026, 3, 20, tzinfo=UTC), keyword_analyser)
        return lambda *words: CliRunner().invoke(app, list(words), obj=wiring)

    return of


def _write(folder: Path, weeks: int) -> None:
    rows = [
        {"id": f"{week}-{number}", "text": f"{text}{'！' * week}", "rating": 2}
        | {"created_at": ((WEEK - (4 - week)).start(Settings().zone) + timedelta(days=number)).isoformat()}
        for week in range(weeks)
        for number, text in enumerate(["充電中に音が出ない", "充電中は音が出ない。困る", "かわいい色です"])
    ]
    (folder / "shop.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


def test_a_run_tells_each_target_once_and_again_when_the_report_says_something_else(
    make: Callable[[str], Koe], receiver: Receiver, tmp_path: Path
) -> None:
    target = f"json://koe:${{SHOP_KEY}}@127.0.0.1:{receiver.server_port}/week"
    koe = make(f'[{{url: "{target}", languages: [en]}}, {{url: "{target}", languages: [ja, en], when: alert}}]')
    first = koe("run", "--week", str(WEEK))
    assert first.exit_code == 0
    assert "sent to notify 1 (json)" in first.stderr
    assert "notify 2 (json) wants weeks with an alert" in first.stderr
    (message,) = receiver.got
    assert message["title"] == "Weekly defect report 2026-W10: No issue rises beyond chance."
    assert message["message"].startswith("3 pieces of feedback came in between")
    assert message["message"].endswith("The whole report: https://files.example.com/koe/koe-2026-W10.en.html")
    assert "notify 1 (json) has this report already" in koe("run", "--week", str(WEEK)).stderr
    assert len(receiver.got) == 1
    rows = (tmp_path / "shop.jsonl").read_text("utf-8")
    late = {"id": "late", "text": "音が出ない。", "rating": 1, "created_at": "2026-03-05T10:00:00+09:00"}
    (tmp_path / "shop.jsonl").write_text(f"{rows}\n{json.dumps(late)}", "utf-8")
    koe("run", "--week", str(WEEK))
    assert len(receiver.got) == 2
    assert receiver.got[1]["message"].startswith("4 pieces of feedback")
    assert SECRET.encode() not in (tmp_path / "koe.sqlite").read_bytes()


def test_by_hand_it_goes_to_all_of_them_whatever_they_had(make: Callable[[str], Koe], receiver: Receiver) -> None:
    koe = make(f'[{{url: "json://127.0.0.1:{receiver.server_port}", when: alert}}]')
    koe("run", "--week", str(WEEK))
    assert receiver.got == []
    sent = koe("report", "--week", str(WEEK), "--format", "md", "--send")
    assert sent.exit_code == 0
    assert len(sent.stdout.splitlines()) == 2
    koe("report", "--week", str(WEEK), "--format", "html", "--send")
    assert len(receiver.got) == 2
    assert "お知らせ" not in receiver.got[0]["message"]
    assert receiver.got[0]["title"].startswith("週間不具合レポート 2026-W10")
    assert "koe-2026-W10.ja.md" in receiver.got[0]["message"]


def test_a_target_that_fails_is_a_warning_without_its_secret(
    make: Callable[[str], Koe], receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.status = 500
    with HTTPServer(("127.0.0.1", 0), _Handler) as closed:
        port = closed.server_port
    koe = make(
        f"['json://koe:${{SHOP_KEY}}@127.0.0.1:{receiver.server_port}/{SECRET}', 'json://127.0.0.1:{port}/{SECRET}',"
        f" 'nonsense://{SECRET}', 'slack://{SECRET}', 'mailto://koe:${{NOT_SET}}@{SECRET}.example',"
        f" 'json://127.0.0.1:{receiver.server_port}/?cto=no{SECRET}']"
    )
    done = koe("run", "--week", str(WEEK))
    assert done.exit_code == 0
    assert "warning: notify 1 (json) did not get the report: it answered with HTTP status 500" in done.stderr
    assert "warning: notify 2 (json) did not get the report: it could not be reached" in done.stderr
    assert "warning: notify 3 (nonsense) did not get the report: Apprise does not know this address" in done.stderr
    assert "warning: notify 4 (slack) did not get the report: Apprise does not know this address" in done.stderr
    assert "warning: notify 5 (mailto) did not get the report: the environment variable NOT_SET is not" in done.stderr
    told = json.loads(koe("run", "--week", str(WEEK), "--json").stdout)
    assert [one["outcome"] for one in told["notified"]] == ["failed"] * 6
    by_hand = koe("report", "--week", str(WEEK), "--send")
    assert by_hand.exit_code == 1
    receiver.status = 200
    assert "sent to notify 1 (json)" in koe("run", "--week", str(WEEK)).stderr
    for said in (done.output, json.dumps(told), by_hand.output, caplog.text):
        assert SECRET not in said


def test_without_targets_nothing_can_be_sent(make: Callable[[str], Koe]) -> None:
    koe = make("[]")
    assert koe("run", "--week", str(WEEK)).exit_code == 0
    refused = koe("report", "--send")
    assert refused.exit_code != 0
    assert "names nobody to send to" in str(refused.exception)


def test_doctor_says_which_targets_can_be_understood(
    make: Callable[[str], Koe], tmp_path: Path, keyword_analyser: Any
) -> None:
    from flows.doctor import examine

    make("['mailto://koe:${SHOP_KEY}@example.com?to=a@example.com', {url: 'mailto://', when: alert}, '${NO}']")
    settings = load_settings(tmp_path / "koe.yaml")
    found = {one.what: one for one in examine(None, load=lambda _: Wiring(settings, _analyser=keyword_analyser))}
    assert (found["notify 1 (mailto)"].ok, found["notify 1 (mailto)"].found) == (True, "every week")
    assert not found["notify 2 (mailto)"].ok
    assert "entry 2" in found["notify 2 (mailto)"].mend
    assert found["notify 3"].found == "the environment variable NO is not set"
    assert SECRET not in repr(found)


def test_a_mail_is_addressed_as_koe_yaml_says() -> None:
    settings = Settings.model_validate({"notify": ["mailto://koe:${PASSWORD}@example.com?to=quality@example.org"]})
    (target,) = targets_of(settings, {"PASSWORD": "p@ss/wörd"})
    (mail,) = target._service()
    assert mail.password == "p@ss/wörd"
    assert [address for _, address in mail.targets] == ["quality@example.org"]
    assert target.name == "notify 1 (mailto)"


def test_a_target_is_remembered_by_its_address_and_languages() -> None:
    one, same, other = (
        targets_of(Settings.model_validate({"notify": notify}))[0]
        for notify in (["json://a"], [{"url": "json://a", "when": "alert"}], ["json://b"])
    )
    assert one.key(["ja"]) == same.key(["ja"])
    assert len({one.key(["ja"]), one.key(["ja", "en"]), other.key(["ja"])}) == 3
