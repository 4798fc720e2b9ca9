"""JSONL: an object on each line; a line that is none is refused alone."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from storage.sources.encoding import MARK, bad_byte, encoding_of
from storage.sources.rows import BrokenRow, RawRow, cut, raw_text, too_big


class JsonLinesFile:
    """A file of JSON objects, one a line."""

    columns = None

    def __init__(self, path: Path, encoding: str | None, max_row_bytes: int) -> None:
        self._path = path
        self._limit = max_row_bytes
        self._encoding = encoding_of(path, encoding)

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """The lines that are not blank, with their number."""
        with self._open() as file:
            number = 0
            while line := file.readline(self._limit + 1):
                number += 1
                if line.isspace() or line == "\ufeff":
                    continue
                position = f"line {number}"
                if too_big(len(line), [line], self._limit):
                    self._skip(file, line)
                    yield BrokenRow(
                        position, cut(raw_text([line])), f"over the limit of {self._limit:,} bytes for a row"
                    )
                    continue
                yield self._row(position, line)

    def has_key(self, key: str) -> bool:
        """Whether an object of the file may have a key: whether its name stands anywhere in it in quotation marks."""
        if self._path.stat().st_size == 0:
            return False
        codec = self._encoding.removesuffix("-sig")
        codec = "utf-16-le" if codec == "utf-16" and self._starts_with(b"\xff\xfe") else codec
        codec = "utf-16-be" if codec == "utf-16" else codec
        spellings = {json.dumps(key, ensure_ascii=ascii_only).encode(codec, "replace") for ascii_only in (True, False)}
        with (
            self._path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            return any(content.find(spelling) >= 0 for spelling in spellings)

    def keys(self, rows: int = 100) -> Sequence[str]:
        """The keys that the first objects have, in the order they appear."""
        seen: dict[str, None] = {}
        for _, row in zip(range(rows), self.rows(), strict=False):
            if isinstance(row, RawRow):
                seen.update(dict.fromkeys(row.values))
        return list(seen)

    def _row(self, position: str, line: str) -> RawRow | BrokenRow:
        reason = bad_byte(line, self._encoding)
        if reason is None:
            try:
                value = json.loads(line.lstrip("\ufeff"), parse_constant=_refuse)
            except json.JSONDecodeError as error:
                reason = f"broken JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}"
            except (ValueError, RecursionError) as error:
                reason = f"broken JSON: {error}"
            else:
                if isinstance(value, dict):
                    return RawRow(position, value, [line])
                reason = 'no JSON object; expected something like {"text": "…"}'
        return BrokenRow(position, raw_text([line]), reason)

    def _skip(self, file: TextIO, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(self._limit + 1)

    def _starts_with(self, mark: bytes) -> bool:
        with self._path.open("rb") as file:
            return file.read(len(mark)) == mark

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors=MARK, newline="\n")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
