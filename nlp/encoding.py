"""A document as the encoder gets it: pieces, and where each piece and each statement stand in the stored text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koe.analysis import Document, Field
from koe.errors import ModelError
from nlp.language import detect
from nlp.normalise import Normalised, normalise
from nlp.segments import split

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field inside the sequence: its stored text, its NFKC form, and where that begins in the joined text."""

    name: Field
    stored: str
    normalised: Normalised
    begin: int

    @property
    def end(self) -> int:
        """Where it ends in the joined text."""
        return self.begin + len(self.normalised.text)

    def stored_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of the joined text as offsets of the stored field; they are cut to the field first."""
        start = min(max(start, self.begin), self.end) - self.begin
        end = max(min(end, self.end) - self.begin, start)
        return self.normalised.original_span(start, end)


@dataclass(frozen=True, slots=True)
class Statement:
    """A segment: offsets in its stored field, and its pieces ``first`` (inclusive) to ``last`` (exclusive)."""

    field: Field
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pieces without the special ones: ``ids[i]`` covers ``joined[starts[i]:ends[i]]``."""

    lang: str
    joined: str
    fields: Sequence[ReadField]
    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]
    statements: Sequence[Statement]

    def pieces(self, start: int, end: int) -> tuple[int, int]:
        """The pieces that touch a stretch of the joined text, as a half-open range."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


@dataclass(frozen=True, slots=True)
class Specials:
    """The ids of the pieces that begin, end and fill a sequence."""

    first: int
    last: int
    pad: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> Specials:
        """As an XLM-R tokenizer names them.

        Raises:
            ModelError: when it has no such pieces.
        """
        ids = [tokenizer.token_to_id(name) for name in ("<s>", "</s>", "<pad>")]
        if None in ids:
            raise ModelError("the tokenizer lacks <s>, </s> or <pad>; expected that of an XLM-R encoder")
        return cls(*(one for one in ids if one is not None))


def padded(rows: Sequence[Sequence[int]], specials: Specials) -> tuple[Tensor, Tensor]:
    """Rows of pieces with the special ones around them, as ids and mask ``(n, l)``."""
    import torch

    width = max(map(len, rows)) + 2
    ids = torch.full((len(rows), width), specials.pad)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row) + 2] = torch.tensor([specials.first, *row, specials.last])
        mask[index, : len(row) + 2] = 1
    return ids, mask


def encode(tokenizer: Tokenizer, documents: Sequence[Document]) -> list[Encoded]:
    """Normalise and tokenise documents: the title, a newline, the text, in one sequence each."""
    layouts = [_layout(document) for document in documents]
    joined = ["\n".join(field.normalised.text for field in layout) for layout in layouts]
    encodings = tokenizer.encode_batch(joined, add_special_tokens=False)
    return [
        _encoded(document, layout, text, encoding.ids, encoding.offsets)
        for document, layout, text, encoding in zip(documents, layouts, joined, encodings, strict=True)
    ]


def _layout(document: Document) -> list[ReadField]:
    fields: list[ReadField] = []
    begin = 0
    named: tuple[tuple[Field, str], ...] = (("title", document.title), ("text", document.text))
    for name, stored in named:
        if stored:
            fields.append(ReadField(name, stored, normalise(stored), begin))
            begin = fields[-1].end + 1
    return fields


def _encoded(
    document: Document, fields: list[ReadField], joined: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]]
) -> Encoded:
    lang = document.lang if document.lang in ("ja", "en") else detect(joined)
    starts: list[int] = []
    ends: list[int] = []
    for start, end in offsets:
        # A piece that begins a word may claim the space before it.
        while start < end and joined[start].isspace():
            start += 1  # noqa: PLW2901
        starts.append(max(start, starts[-1] if starts else 0))
        ends.append(max(end, ends[-1] if ends else 0))
    encoded = Encoded(lang, joined, fields, ids, starts, ends, [])
    statements = []
    for field in fields:
        for start, end in split(field.stored, lang):
            low, high = field.normalised.normalised_span(start, end)
            first, last = encoded.pieces(field.begin + low, field.begin + high)
            if first < last:
                statements.append(Statement(field.name, start, end, first, last))
    return Encoded(lang, joined, fields, ids, starts, ends, statements)
