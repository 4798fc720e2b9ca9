"""Tables: aligned (kanji are two columns wide) on a terminal, tab-separated plain lines otherwise."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from desk.marking import Piece


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print rows; the last column takes the room that is left on a terminal and is cut there."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(one_line(cell) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for name in columns[:-1]:
        table.add_column(name, no_wrap=True)
    table.add_column(columns[-1], no_wrap=True, overflow="ellipsis", ratio=1)
    for row in rows:
        table.add_row(*(Text(one_line(cell), style=_STYLES.get(cell, "")) for cell in row))
    Console().print(table)


def one_line(text: str) -> str:
    """A customer's text on one line, without characters that steer a terminal."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """A customer's text without characters that steer a terminal; line breaks stay."""
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf") or char == "\u200d" else " "
        for char in text
    )


def show_pieces(pieces: Sequence[Piece], indent: str = "  ") -> None:
    """Print a text with its trigger phrases marked: 【音が出ない】(defect)."""
    if not any(piece.text.strip() for piece in pieces):
        return
    if not sys.stdout.isatty():
        whole = "".join(_plain(piece, before) for piece, before in zip(pieces, [None, *pieces], strict=False))
        typer.echo("\n".join(indent + line for line in whole.splitlines()))
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    Console().print(Padding(Text.assemble(*(_styled(piece) for piece in pieces)), (0, 0, 0, len(indent))))


def _plain(piece: Piece, before: Piece | None) -> str:
    opened = [phrase for phrase in piece.phrases if before is None or phrase not in before.phrases]
    closed = "".join(f"】({phrase.type})" for phrase in piece.ends)
    return "【" * len(opened) + printable(piece.text) + closed


def _styled(piece: Piece) -> Text:
    from rich.text import Text

    text = Text(printable(piece.text))
    for phrase in piece.phrases:
        text.stylize(f"bold {_COLOURS[phrase.polarity.value]} underline")
    for phrase in piece.ends:
        text.append(f"({phrase.type})", style="dim")
    return text


_COLOURS = {"negative": "red", "positive": "green", "neutral": "cyan"}
_STYLES = {"urgent": "bold red", "high": "yellow", "low": "dim"}
