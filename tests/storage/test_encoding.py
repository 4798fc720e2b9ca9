from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koe.errors import InputError
from storage.sources.encoding import encoding_of

JAPANESE = "id,本文\n1,充電中に音が出ない。\n2,カップリングが割れました\n"
ENGLISH = "id,text\n1,It does not play.\n2,It broke\n"


def _of(tmp_path: Path, content: bytes, explicit: str | None = None) -> str:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    return encoding_of(file, explicit)


@pytest.mark.parametrize("text", [JAPANESE, ENGLISH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932"])
def test_the_encoding_is_told_from_the_bytes(tmp_path: Path, text: str, encoding: str) -> None:
    content = text.encode(encoding)
    assert content.decode(_of(tmp_path, content)) == text


def test_a_big_endian_mark_is_known(tmp_path: Path) -> None:
    assert _of(tmp_path, codecs.BOM_UTF16_BE + JAPANESE.encode("utf-16-be")) == "utf-16"


def test_the_first_japanese_may_come_after_megabytes_of_ascii(tmp_path: Path) -> None:
    assert _of(tmp_path, ENGLISH.encode() * 60_000 + JAPANESE.encode("cp932")) == "cp932"


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8", "utf-8-sig"), ("cp932", "cp932")])
def test_a_few_broken_bytes_change_nothing(tmp_path: Path, encoding: str, expected: str) -> None:
    assert _of(tmp_path, JAPANESE.encode(encoding) + b"3,\xff\xfe\x87\n") == expected


def test_a_nul_in_a_text_is_no_utf16(tmp_path: Path) -> None:
    assert _of(tmp_path, JAPANESE.encode() + b"3,a\x00b\n") == "utf-8-sig"


@given(text=st.text("あいうえおカタカナ漢字充電音出。、", min_size=4, max_size=60))
def test_cp932_and_utf8_are_told_apart_for_any_japanese(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("encoding")
    for encoding in ("utf-8", "cp932"):
        content = f"id,text\n1,{text}\n".encode(encoding)
        assert content.decode(_of(folder, content)) == content.decode(encoding)


def test_an_explicit_encoding_wins(tmp_path: Path) -> None:
    assert _of(tmp_path, JAPANESE.encode(), "Shift_JIS") == "cp932"
    assert _of(tmp_path, JAPANESE.encode("cp932"), "UTF-8") == "utf-8-sig"
    with pytest.raises(InputError, match="klingon"):
        _of(tmp_path, b"", "klingon")
