"""What ``delivery:`` may say."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from koe.errors import SettingsError, UsageError
from koe.feedback import Channel
from koe.settings import Settings
from koe.settings_delivery import filled
from koe.settings_file import load_settings


def _load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "koe.yaml"
    path.write_text(text, "utf-8")
    return load_settings(path)


def test_a_source_wins_over_a_channel_and_both_over_the_default(tmp_path: Path) -> None:
    path = tmp_path / "koe.yaml"
    path.write_text(
        "delivery:\n"
        "  targets:\n"
        "    shop: {webhook: {url: https://shop.example/replies, secret: '${SHOP}'}}\n"
        "    posts: {file: posts.jsonl}\n"
        "    mail: {email: {host: smtp.example, sender: a@b.example, to_attribute: email}}\n"
        "  sources: {shop: shop}\n"
        "  channels: {social: posts, review: mail}\n"
        "  tries: 3\n"
        "  first_wait: 2m\n",
        "utf-8",
    )
    delivery = load_settings(path).delivery
    assert delivery.target_for("shop", Channel.SOCIAL) == "shop"
    assert delivery.target_for("other", Channel.SOCIAL) == "posts"
    assert delivery.target_for("other", Channel.QA) == "file"
    assert delivery.target_for("other", None) == "file"
    assert (delivery.tries, delivery.first_wait) == (3, timedelta(minutes=2))
    mail = delivery.targets["mail"].email
    assert mail is not None
    assert (mail.tls, mail.port_in_use) == ("starttls", 587)
    assert "SHOP" not in repr(delivery)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("  default: shop", 2, "unknown target 'shop'; known ones are file"),
        ("  sources: {shop: post}", 2, "unknown target 'post'"),
        ("  targets:\n    a: {}", 3, "just one of file, webhook and email"),
        ("  targets:\n    a: {file: x, email: {host: h, sender: a@b, to: c@d}}", 3, "just one of"),
        ("  targets:\n    a: {webhook: {url: 'http://shop.example/', secret: x}}", 3, "expected https"),
        ("  targets:\n    a: {webhook: {url: 'https://u:p@shop.example/', secret: x}}", 3, "secret:"),
        ("  targets:\n    a: {webhook: {url: shop.example, secret: x}}", 3, "no web address"),
        ("  targets:\n    a: {webhook: {url: 'https://shop.example/', secret: x, timeout: 25}}", 1, "the lease ends"),
        ("  targets:\n    a: {webhook: {url: 'https://shop.example:99999/', secret: x}}", 3, "no web address"),
        ("  targets:\n    a: {email: {host: h, sender: a@b}}", 3, "either to"),
        ("  targets:\n    a: {email: {host: h, sender: a, to: c@d}}", 3, "no e-mail address"),
        ("  targets:\n    a: {email: {host: h, sender: a@b, to: c@d, user: u}}", 3, "go together"),
        ("  targets:\n    a: {email: {host: h, sender: a@b, to: c@d, user: u, password: p, tls: none}}", 3, "tls"),
        ("  targets:\n    a: {webhok: {}}", 3, "one of email, file, webhook"),
        ("  lease: 0m", 2, "greater than"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        _load(tmp_path, f"delivery:\n{text}\n")
    assert error.value.where.endswith(f"koe.yaml:{line}")
    assert said in str(error.value)


def test_plain_http_is_for_this_machine_or_for_those_who_say_so(tmp_path: Path) -> None:
    for url, more in (("http://127.0.0.1:9/", ""), ("http://shop.internal/", ", plain_http: true")):
        loaded = _load(tmp_path, f"delivery: {{targets: {{a: {{webhook: {{url: '{url}', secret: x{more}}}}}}}}}\n")
        webhook = loaded.delivery.targets["a"].webhook
        assert webhook is not None
        assert str(webhook.url).rstrip("/") == url.rstrip("/")


def test_secrets_come_from_the_environment() -> None:
    assert filled(SecretStr("a${B}c"), {"B": "-"}) == "a-c"
    with pytest.raises(UsageError, match="variable B is not set"):
        filled(SecretStr("${B}"), {"B": ""})
