"""A file as a target: each key once, whole lines only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.delivery.json_file import JsonFile
from koe.errors import DelayError, DeliveryError
from koe.feedback import Channel
from koe.outbox import OutgoingReply

REPLY = OutgoingReply(
    key="a1",
    ticket="CASE-000001",
    source="shop",
    external_id="r:1",
    channel=Channel.REVIEW,
    product_id="SPK-10",
    lang="ja",
    text="お詫び\nします",
    replied_at=datetime(2026, 11, 20, tzinfo=UTC),
    attributes={"email": "mia@example.com"},
)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_a_line_says_what_a_program_needs_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "out" / "replies.jsonl"
    assert JsonFile(path).deliver(REPLY) == "appended"
    assert [json.loads(line) for line in _lines(path)] == [
        {
            "key": "a1",
            "case": "CASE-000001",
            "source": "shop",
            "external_id": "r:1",
            "channel": "review",
            "product_id": "SPK-10",
            "lang": "ja",
            "text": "お詫び\nします",
            "replied_at": "2026-11-20T00:00:00+00:00",
        }
    ]


def test_a_key_is_written_once_whoever_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    one, other = JsonFile(path), JsonFile(path)
    one.deliver(REPLY)
    assert one.deliver(REPLY) == other.deliver(REPLY) == "in the file already"
    other.deliver(replace(REPLY, key="b2"))
    assert one.deliver(replace(REPLY, key="b2")) == "in the file already"
    assert [json.loads(line)["key"] for line in _lines(path)] == ["a1", "b2"]


def test_a_line_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    JsonFile(path).deliver(REPLY)
    whole = path.read_bytes()
    for cut in (1, 20, len(whole) - 1):
        path.write_bytes(whole + whole.replace(b"a1", b"b2")[:cut])
        JsonFile(path).deliver(replace(REPLY, key="b2"))
        assert path.read_bytes() == whole + whole.replace(b"a1", b"b2")


def test_a_file_that_was_taken_away_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    target = JsonFile(path)
    target.deliver(REPLY)
    path.rename(tmp_path / "taken.jsonl")
    assert target.deliver(replace(REPLY, key="b2")) == "appended"
    path.write_bytes(b"")
    assert target.deliver(replace(REPLY, key="c3")) == "appended"
    assert [json.loads(line)["key"] for line in _lines(path)] == ["c3"]


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text('{"id": 1}\n', "utf-8")
    with pytest.raises(DeliveryError, match="byte 0 is no reply") as error:
        JsonFile(path).deliver(REPLY)
    assert not error.value.transient
    assert _lines(path) == ['{"id": 1}']


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(DelayError, match="cannot be written"):
        JsonFile(tmp_path / "taken" / "replies.jsonl").deliver(REPLY)
