"""What readers give: rows as they are in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from storage.sources.encoding import as_read

#: So much of an oversized row is shown in Quarantine, in characters.
SHOWN = 2_000


@dataclass(slots=True)
class RawRow:
    """A row whose cells could be told apart; ``lines`` are those of a text file that it stands on."""

    position: str
    values: Mapping[str, object]
    lines: Sequence[str] = ()

    @property
    def raw(self) -> str:
        """The row as read; of a file without lines, its cells as JSON."""
        if self.lines:
            return raw_text(self.lines)
        return json.dumps(dict(self.values), ensure_ascii=False, default=str)


@dataclass(slots=True)
class BrokenRow:
    """A row whose cells could not be told apart."""

    position: str
    raw: str
    reason: str


class Table(Protocol):
    """A file of rows."""

    @property
    def columns(self) -> Sequence[str] | None:
        """The names of its columns; ``None`` where each row has its own."""

    def rows(self) -> Iterator[RawRow | BrokenRow]:
        """Its rows in order; the file is open while they are read."""


def raw_text(lines: Sequence[str]) -> str:
    """Lines as people read them, without the last line end."""
    return as_read("".join(lines)).rstrip("\r\n")


def cut(text: str) -> str:
    """The beginning of a text that is too long to keep."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def too_big(text_length: int, lines: Sequence[str], limit: int) -> bool:
    """Whether lines have more than ``limit`` bytes in UTF-8; ``text_length`` is their length in characters."""
    if text_length * 4 <= limit:
        return False
    return text_length > limit or sum(len(line.encode("utf-8", "surrogatepass")) for line in lines) > limit


def column_names(cells: Sequence[object]) -> list[str]:
    """The names in a header: without blanks around them, none empty, none twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = str(cell if cell is not None else "").strip().lstrip("\ufeff") or f"column {number}"
        same = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({same + 1})" if same else name)
    return names
