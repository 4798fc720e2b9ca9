"""A web address as a target: signed, with a key, never elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from desk.delivery.webhook import Webhook, signature
from koe.errors import DelayError, DeliveryError
from koe.outbox import OutgoingReply

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REPLY = OutgoingReply("a1", "CASE-000001", "shop", "1", None, None, "ja", "お詫びします", NOW)
SECRET = "鍵 and more"

Answer = tuple[int, dict[str, str]]


class Receiver(ThreadingHTTPServer):
    """Remembers what it got, and answers by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.got: list[tuple[str, Message, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers, body))
        status, headers = self.server.answers.get(self.path, (200, {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"noted\n" * 1000)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def post(receiver: Receiver) -> Callable[[str], str]:
    return lambda path: Webhook(receiver.url + path, SECRET, 5, lambda: NOW).deliver(REPLY)


def test_the_receiver_can_tell_who_sent_it_and_whether_it_came_before(
    receiver: Receiver, post: Callable[[str], str]
) -> None:
    assert post("/replies?shop=1").startswith("200 noted noted")
    path, headers, body = receiver.got[0]
    assert path == "/replies?shop=1"
    assert json.loads(body)["text"] == "お詫びします"
    assert headers["Idempotency-Key"] == json.loads(body)["key"] == "a1"
    assert headers["Koe-Timestamp"] == str(int(NOW.timestamp()))
    signed = headers["Koe-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Koe-Signature"] == f"v1={expected}"


def test_a_signature_is_what_others_compute() -> None:
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
    told = signature("secret", "1700000000", b"{}")
    assert told == "v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503])
def test_some_answers_ask_for_another_try(receiver: Receiver, post: Callable[[str], str], status: int) -> None:
    receiver.answers["/x"] = (status, {})
    with pytest.raises(DelayError, match=rf"127.0.0.1 answered {status} noted"):
        post("/x")


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
def test_others_say_that_none_helps(receiver: Receiver, post: Callable[[str], str], status: int) -> None:
    receiver.answers["/x"] = (status, {})
    with pytest.raises(DeliveryError, match=str(status)) as error:
        post("/x")
    assert not error.value.transient


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Fri, 20 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Fri, 20 Nov 2026 11:00:00 GMT", timedelta()),
        ("9" * 40, timedelta(days=1)),
        ("soon", None),
    ],
)
def test_the_receiver_may_say_how_long(
    receiver: Receiver, post: Callable[[str], str], asked: str, wait: timedelta | None
) -> None:
    receiver.answers["/x"] = (429, {"Retry-After": asked})
    with pytest.raises(DelayError) as error:
        post("/x")
    assert error.value.wait == wait


def test_an_address_may_hold_any_letter(receiver: Receiver, post: Callable[[str], str]) -> None:
    post("/返信?店=a%20b&c=1")
    assert receiver.got[0][0] == "/%E8%BF%94%E4%BF%A1?%E5%BA%97=a%20b&c=1"


def test_a_redirection_is_followed_on_the_same_host(receiver: Receiver, post: Callable[[str], str]) -> None:
    receiver.answers["/old"] = (308, {"Location": "/older"})
    receiver.answers["/older"] = (307, {"Location": f"{receiver.url}/new"})
    post("/old")
    assert [path for path, _, _ in receiver.got] == ["/old", "/older", "/new"]
    assert len({body for _, _, body in receiver.got}) == 1
    assert {headers["Idempotency-Key"] for _, headers, _ in receiver.got} == {"a1"}


@pytest.mark.parametrize(
    ("status", "location", "said"),
    [
        (307, "http://198.51.100.1/", "redirects to 198.51.100.1"),
        (307, "https://127.0.0.1/", "redirects to 127.0.0.1"),
        (307, "http://[nowhere/", "which is no address"),
        (302, "/new", "answered 302"),
        (308, "", "answered 308"),
        (307, "/x", "more than 3 times"),
    ],
)
def test_others_are_not_followed(
    receiver: Receiver, post: Callable[[str], str], status: int, location: str, said: str
) -> None:
    receiver.answers["/x"] = (status, {"Location": location} if location else {})
    with pytest.raises(DeliveryError, match=said) as error:
        post("/x")
    assert not error.value.transient
    assert {path for path, _, _ in receiver.got} == {"/x"}


def test_a_receiver_that_does_not_answer_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DelayError, match=r"127\.0\.0\.1 did not answer"):
            Webhook(f"http://127.0.0.1:{port}/", SECRET, 0.05, lambda: NOW).deliver(REPLY)
    with pytest.raises(DelayError, match="did not answer"):
        Webhook(f"http://127.0.0.1:{port}/", SECRET, 1, lambda: NOW).deliver(REPLY)
