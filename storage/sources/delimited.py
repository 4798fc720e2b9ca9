"""CSV and TSV: a broken byte or quotation mark costs its own row and no other."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from koe.errors import InputError
from storage.sources.encoding import MARK, bad_byte, encoding_of
from storage.sources.rows import BrokenRow, RawRow, column_names, cut, raw_text, too_big

_UNCLOSED = "a quotation mark opens a cell that nothing closes"


class DelimitedFile:
    """A CSV or TSV file with a header."""

    def __init__(self, path: Path, delimiter: str | None, encoding: str | None, max_row_bytes: int) -> None:
        self._path = path
        self._limit = max_row_bytes
        self._encoding = encoding_of(path, encoding)
        self._delimiter = delimiter or self._delimiter_of_header()
        # A process-wide setting of the csv module; it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), max_row_bytes + 1))
        with self._open() as file:
            header = self._header(_Lines(file, max_row_bytes))
        self.columns = column_names(header)

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """The rows after the header, with the number of the row and of the line it begins on."""
        with self._open() as file:
            lines = _Lines(file, self._limit)
            self._header(lines)
            yield from self._rows(lines)

    def _rows(self, lines: _Lines) -> Iterator[RawRow | BrokenRow]:
        reader = self._reader(lines)
        number = 0
        while True:
            lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooBigError) as error:
                number += 1
                yield self._after_error(lines, number, error)
                continue
            if not cells or not any(cells):
                continue
            number += 1
            yield self._row(lines, number, cells)

    def _row(self, lines: _Lines, number: int, cells: list[str]) -> RawRow | BrokenRow:
        width = len(self.columns)
        position = f"row {number}, line {lines.first}"
        if len(lines.taken) > 1 and self._delimiter == "\t" and all(map(self._is_plain, lines.taken)):
            # Tables written without quoting: each line is a row, and a mark at its beginning is only a mark.
            cells = self._plain(lines)
        reason = self._bad_byte(lines)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        elif len(cells) != width and len(lines.taken) > 1 and self._is_row(lines.taken[1]):
            lines.give_back()
            reason = self._bad_byte(lines) or _UNCLOSED
        elif len(cells) != width:
            reason = reason or f"{len(cells)} cells where the header has {width}"
        if reason is not None:
            return BrokenRow(position, raw_text(lines.taken), reason)
        return RawRow(position, dict(zip(self.columns, cells, strict=True)), lines.taken)

    def _after_error(self, lines: _Lines, number: int, error: Exception) -> RawRow | BrokenRow:
        position = f"row {number}, line {lines.first}"
        first, alone = lines.taken[0], len(lines.taken) == 1
        too_big_alone = isinstance(error, _TooBigError) and alone
        if not too_big_alone and self._delimiter == "\t" and self._is_plain(first):
            return self._row(lines, number, self._plain(lines))
        if isinstance(error, _TooBigError) and (alone or not self._is_row(lines.taken[1])):
            shown = cut(raw_text(lines.taken))
            lines.skip_record()
            return BrokenRow(position, shown, f"over the limit of {self._limit:,} bytes for a row")
        lines.give_back()
        unclosed = isinstance(error, _TooBigError) or "unexpected end" in str(error) or not alone
        reason = bad_byte(first, self._encoding) or (_UNCLOSED if unclosed else f"broken quotation marks: {error}")
        return BrokenRow(position, raw_text([first]), reason)

    def _header(self, lines: _Lines) -> list[str]:
        reader = self._reader(lines)
        try:
            cells = next((row for row in iter(lambda: self._next(lines, reader), None) if any(row)), None)
        except (csv.Error, _TooBigError) as error:
            raise InputError(f"{self._path}: the header on line 1 cannot be read ({error})") from error
        if cells is None:
            raise InputError(f"{self._path} is empty; expected a line with the names of the columns, then rows")
        broken = bad_byte("".join(cells), self._encoding)
        if broken:
            raise InputError(f"{self._path}: in the header {broken}; name the right one with encoding:")
        return cells

    def _next(self, lines: _Lines, reader: Iterator[list[str]]) -> list[str] | None:
        lines.begin()
        return next(reader, None)

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _is_row(self, line: str) -> bool:
        """Whether a line by itself is a whole row."""
        try:
            return len(next(self._reader(iter([line])), [])) == len(self.columns)
        except csv.Error:
            return False

    def _is_plain(self, line: str) -> bool:
        return line.count(self._delimiter) == len(self.columns) - 1

    def _plain(self, lines: _Lines) -> list[str]:
        """The first line taken as a row without quoting; the others go back."""
        lines.give_back()
        return lines.taken[0].rstrip("\r\n").split(self._delimiter)

    def _bad_byte(self, lines: _Lines) -> str | None:
        return next((bad for line in lines.taken if (bad := bad_byte(line, self._encoding))), None)

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, errors=MARK, newline="")

    def _delimiter_of_header(self) -> str:
        with self._open() as file:
            header = file.readline(self._limit)
        counts = {delimiter: header.count(delimiter) for delimiter in (",", ";", "\t")}
        return max(counts, key=lambda delimiter: counts[delimiter])


class _TooBigError(Exception):
    """A record has more bytes than a row may have."""


class _Lines(Iterator[str]):
    """The lines of a file, with those of the current record at hand, to be read again where it is broken."""

    def __init__(self, file: TextIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._pending: deque[str] = deque()
        self.taken: list[str] = []
        self.first = 1
        self._length = 0

    def __next__(self) -> str:
        line = self._pending.popleft() if self._pending else self._file.readline(self._limit + 1)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._length += len(line)
        if self._length * 4 > self._limit and too_big(self._length, self.taken, self._limit):
            raise _TooBigError(f"more than {self._limit:,} bytes in a row")
        return line

    def begin(self) -> None:
        """Start a record; ``first`` is the number of its first line."""
        self.first += len(self.taken)
        self.taken = []
        self._length = 0

    def give_back(self) -> None:
        """Let the lines after the record's first be read again."""
        self._pending.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]

    def skip_record(self) -> None:
        """Go on to the end of a record that is too big to be kept."""
        inside = sum(line.count('"') for line in self.taken) % 2 == 1
        last = self.taken[-1]
        self.first += len(self.taken) - 1
        self.taken = self.taken[:1]
        while inside or not last.endswith(("\n", "\r")):
            whole = last.endswith(("\n", "\r"))
            last = self._pending.popleft() if self._pending else self._file.readline(self._limit + 1)
            if not last:
                return
            self.first += whole
            inside ^= last.count('"') % 2 == 1
