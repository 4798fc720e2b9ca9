"""Masking: personal data in a text becomes █, character for character, so that every offset stays what it was."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MASK = "█"


def mask(text: str) -> str:
    """The text with mail addresses, phone, card, order and postal numbers replaced by █, of the same length.

    Full-width digits, letters and hyphens count as their half-width selves. What surrounds a number decides about
    bare digits: ``注文番号 4519`` is masked, ``4519 円`` is not. Line breaks and everything else stay.
    """
    plain = "".join(_narrow(character) for character in text)
    hidden = bytearray(len(text))
    for start, end in _personal_spans(plain):
        hidden[start:end] = b"\x01" * (end - start)
    return "".join(MASK if hide else character for character, hide in zip(text, hidden, strict=True))


# Every hyphen-like sign that Japanese keyboards put between digits, the long-vowel mark among them.
_HYPHENS = dict.fromkeys("‐‑‒–—―−－ー‧ｰ", "-")

# The look behind keeps a long word from being tried again from each of its letters.
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_HANDLE_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]+\s?(?:\[at\]|\(at\)|★|☆)\s?[A-Za-z0-9\-]+\.[A-Za-z.]{2,}"
)
_CARD = re.compile(r"(?<![\d\-])(?:\d[ \-]?){12,18}\d(?![\d\-])")
_POSTAL = re.compile(r"(?:〒\s?\d{3}[\- ]?\d{4}|(?<![\d\-])\d{3}-\d{4})(?![\d\-])")
_PHONES = (
    # Japan: a leading 0 (or +81), three groups or ten to eleven digits in one.
    re.compile(r"(?<![A-Za-z0-9\-])(?:\+81[ \-]?\(?0?\)?[1-9]|0[1-9])(?:[\d]|[ \-()](?=[\d(])){7,14}\d(?![\d\-])"),
    re.compile(r"(?<![0-9\-])\(0\d{1,4}\)[ \-]?\d{1,4}[ \-]?\d{3,4}(?![\d\-])"),
    # International, and the North American shape.
    re.compile(r"(?<![A-Za-z0-9])\+\d{1,3}(?:[ \-.()]{0,2}\d){6,13}(?!\d)"),
    re.compile(r"(?<![A-Za-z0-9\-.])(?:1[ \-.])?\(?[2-9]\d{2}\)?[ \-.]\d{3}[ \-.]\d{4}(?![\d\-])"),
)
# A number is an order number by the word before it, or by its shape (letters, hyphen, at least five digits in all).
_ORDER_WORD = re.compile(
    r"(?:注文|受注|オーダー|お問い合わせ|問い合わせ|問合せ|お客様|会員|伝票|追跡|予約)\s?(?:番号|ID|No\.?|ナンバー|コード)"
    r"?\s?(?:は|が|[:：=#])?\s?[「『(（]?\s?(?P<id>#?(?=[A-Za-z\-]{0,8}\d)[A-Za-z0-9][A-Za-z0-9\-_]{3,})"
    r"|\b(?:order|case|ticket|tracking|customer|member(?:ship)?|invoice|booking|account|reference|ref)"
    r"(?:\s?(?:number|no\.?|id|nr|code))?\s?(?:is|was|[:=#])?\s?#?(?P<id2>(?=[A-Za-z\-]{0,8}\d)[A-Za-z0-9][A-Za-z0-9\-_]{3,})",
    re.IGNORECASE,
)
_ORDER_SHAPE = re.compile(r"(?<![A-Za-z0-9\-])(?:ORD|ORDER|INV|CASE|PO|SO)[\-#]?\d[\d\-]{3,}\d", re.IGNORECASE)


def _personal_spans(plain: str) -> Iterator[tuple[int, int]]:
    for pattern in (_MAIL, _HANDLE_MAIL, _POSTAL, _ORDER_SHAPE, *_PHONES):
        for match in pattern.finditer(plain):
            yield match.span()
    for match in _CARD.finditer(plain):
        if _luhn(match[0]) or len(re.findall(r"\d{4}", match[0])) >= 4:
            yield match.span()
    for match in _ORDER_WORD.finditer(plain):
        yield match.span("id" if match["id"] else "id2")


def _narrow(character: str) -> str:
    """One character for one character: the half-width form of digits, Latin letters, signs and hyphens."""
    if character in _HYPHENS:
        return "-"
    if character == "\u3000":
        return " "
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 else character


def _luhn(number: str) -> bool:
    digits = [int(character) for character in reversed(number) if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(digits) >= 13 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
