"""E-mail as a target, against a small server that speaks SMTP."""

from __future__ import annotations

import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from desk.delivery.mail import Mail
from koe.errors import DelayError, DeliveryError
from koe.outbox import OutgoingReply
from koe.settings_delivery import EmailTarget

NOW = datetime(2026, 11, 20, tzinfo=UTC)
REPLY = OutgoingReply(
    "a1", "CASE-000001", "shop", "1", None, None, "ja", "お詫びします。\n.\n以上", NOW, {"email": "mia@example.com"}
)


class Post(socketserver.ThreadingTCPServer):
    """Takes messages as an SMTP server does; ``refuses`` maps a command to the answer it gets instead.

    With a ``certificate`` it offers STARTTLS; ``readable`` are the commands that anybody on the way could read.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.refuses: dict[str, bytes] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.certificate: ssl.SSLContext | None = None
        self.readable: list[str] = []


class _Session(socketserver.StreamRequestHandler):
    server: Post

    def handle(self) -> None:
        recipient = ""
        self.wfile.write(b"220 post\r\n")
        while line := self.rfile.readline():
            command = line[:4].decode().upper()
            if not isinstance(self.connection, ssl.SSLSocket):
                self.server.readable.append(command)
            if command in self.server.refuses:
                self.wfile.write(self.server.refuses[command] + b"\r\n")
            elif command == "EHLO":
                offered = b"250-AUTH PLAIN\r\n250-STARTTLS\r\n" if self.server.certificate else b""
                self.wfile.write(b"250-post\r\n" + offered + b"250 8BITMIME\r\n")
            elif command == "STAR" and self.server.certificate:
                self.wfile.write(b"220 go on\r\n")
                if not self._encrypt(self.server.certificate):
                    return
            elif command == "AUTH":
                self.wfile.write(b"235 welcome\r\n")
            elif command == "RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                self.wfile.write(b"250 ok\r\n")
            elif command == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append((recipient, b"".join(line.removeprefix(b".") for line in lines)))
                self.wfile.write(b"250 taken\r\n")
            elif command == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the encrypted one is another than the server knows

    def _encrypt(self, certificate: ssl.SSLContext) -> bool:
        try:
            self.connection = certificate.wrap_socket(self.connection, server_side=True)
        except ssl.SSLError:
            return False  # the other side does not trust us
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        return True


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _mail(post: Post, **settings: object) -> Mail:
    given = {
        "host": "127.0.0.1",
        "port": post.server_address[1],
        "tls": "none",
        "sender": "support@shop.example",
        "to_attribute": "email",
        "timeout": 5,
    } | settings
    return Mail(EmailTarget.model_validate(given), None, lambda: NOW)


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_message_reaches_the_customer_with_the_same_id_in_every_try(post: Post) -> None:
    mail = _mail(post)
    assert mail.deliver(REPLY) == "taken by 127.0.0.1"
    mail.deliver(REPLY)
    assert [recipient for recipient, _ in post.taken] == ["mia@example.com"] * 2
    messages = [_parsed(raw) for _, raw in post.taken]
    assert {message["Message-ID"] for message in messages} == {"<a1@shop.example>"}
    assert messages[0]["Subject"] == "お問い合わせ・ご意見へのご返信 [CASE-000001]"
    assert messages[0]["From"] == "support@shop.example"
    assert messages[0].get_content().replace("\r\n", "\n") == "お詫びします。\n.\n以上\n"


def test_a_fixed_address_and_english(post: Post) -> None:
    _mail(post, to="desk@shop.example", to_attribute=None).deliver(replace(REPLY, lang=None))
    assert post.taken[0][0] == "desk@shop.example"
    assert _parsed(post.taken[0][1])["Subject"] == "Our reply to your feedback [CASE-000001]"


@pytest.mark.parametrize("address", ["", "mia", "mia@example.com\nBcc: all@example.com", "a@b.example, c@d.example"])
def test_a_customer_without_an_address_gets_no_message(post: Post, address: str) -> None:
    with pytest.raises(DeliveryError, match="attribute 'email'") as error:
        _mail(post).deliver(replace(REPLY, attributes={"email": address}))
    assert not error.value.transient
    assert post.taken == []


@pytest.mark.parametrize(
    ("command", "answer", "transient"),
    [
        ("MAIL", b"451 try again later", True),
        ("RCPT", b"450 mailbox busy", True),
        ("RCPT", b"550 no such person", False),
        ("DATA", b"554 looks like spam", False),
        ("MAIL", b"552 too big", False),
    ],
)
def test_the_server_says_whether_another_try_helps(post: Post, command: str, answer: bytes, transient: bool) -> None:
    post.refuses[command] = answer
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1") as error:
        _mail(post).deliver(REPLY)
    assert error.value.transient is transient


def test_no_password_and_no_reply_goes_out_unencrypted_by_mistake(post: Post) -> None:
    with pytest.raises(DeliveryError, match="STARTTLS") as error:
        _mail(post, tls="starttls").deliver(REPLY)
    assert not error.value.transient
    assert post.taken == []


def _certified(post: Post, name: str, folder: Path) -> Path:
    """Let the server prove to be ``name`` with a certificate of an authority of its own; returns the authority's."""
    authority = trustme.CA()
    post.certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(post.certificate)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return folder / "authority.pem"


ENCRYPTED = {"tls": "starttls", "user": "koe", "password": "open sesame"}


def test_a_server_that_is_trusted_gets_the_reply_encrypted(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(_certified(post, "127.0.0.1", tmp_path)))
    assert _mail(post, **ENCRYPTED).deliver(REPLY) == "taken by 127.0.0.1"
    assert [recipient for recipient, _ in post.taken] == ["mia@example.com"]
    assert post.readable == ["EHLO", "STAR"]


@pytest.mark.parametrize(("name", "known"), [("127.0.0.1", False), ("mail.elsewhere.example", True)])
def test_a_server_that_does_not_prove_who_it_is_gets_nothing(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, known: bool
) -> None:
    authority = _certified(post, name, tmp_path)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 does not prove who it is: \w+") as error:
        _mail(post, **ENCRYPTED).deliver(REPLY)
    assert not error.value.transient
    assert (post.taken, post.readable) == ([], ["EHLO", "STAR"])


def test_a_server_that_is_away_is_tried_again(post: Post) -> None:
    mail = _mail(post)
    post.server_close()
    with pytest.raises(DelayError, match="cannot be reached"):
        mail.deliver(REPLY)
