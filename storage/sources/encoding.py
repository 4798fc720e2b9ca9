"""Which encoding a text file is in, told from a part of it, and reading on past bytes that are broken."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from koe.errors import InputError

#: The error handler that keeps a byte that cannot be decoded as a mark in the text; see :func:`bad_byte`.
MARK = "koe-mark"

_SAMPLE = 1 << 20
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What files say that call themselves Shift_JIS is Windows' code page, as web browsers read it too.
_ALIASES = {"shift_jis": "cp932", "utf_8": "utf-8-sig"}
_MARKED = re.compile("[\udc00-\udcff]")
#: Bytes that cp932 has no character for, and what Python's codec reads them as nevertheless.
_UNASSIGNED = {"\x80": 0x80, "\xa0": 0xA0, "\uf8f0": 0xA0, "\uf8f1": 0xFD, "\uf8f2": 0xFE, "\uf8f3": 0xFF}
_MARKED_CP932 = re.compile(f"[\udc00-\udcff{''.join(_UNASSIGNED)}]")
#: UTF-8's characters of three and four bytes; cp932 text looks like them once in a great while only.
_MULTIBYTE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def encoding_of(path: Path, explicit: str | None = None) -> str:
    """The encoding of a text file, as a codec's name: the explicit one, or the one its bytes speak for.

    A byte order mark decides. Without one: UTF-16 shows in zero bytes at every other place; between UTF-8 and cp932
    the fewer broken bytes decide, counted from the first place that is not ASCII.

    Raises:
        InputError: when the explicit encoding is unknown.
    """
    codecs.register_error(MARK, _mark)
    if explicit is not None:
        try:
            name = codecs.lookup(explicit).name.replace("-", "_")
        except LookupError as error:
            raise InputError(
                f"unknown encoding {explicit!r}; expected utf-8, cp932, utf-16 or another codec"
            ) from error
        return _ALIASES.get(name, name)
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        for mark, name in _BOMS:
            if sample.startswith(mark):
                return name
        if sixteen := _utf16(sample):
            return sixteen
        # A file may be ASCII for megabytes before its first name or emoji.
        part = sample
        while part and part.isascii():
            part = file.read(_SAMPLE)
    return _utf8_or_cp932(part)


def bad_byte(text: str, encoding: str) -> str | None:
    """What is wrong with text that was decoded with ``errors=MARK``, or ``None``."""
    if text.isascii():
        return None
    found = _marks(encoding).search(text)
    if found is None:
        return None
    byte = _UNASSIGNED.get(found[0], ord(found[0]) - 0xDC00)
    return f"the byte 0x{byte:02X} cannot be read as {encoding.removesuffix('-sig')}"


def as_read(text: str) -> str:
    """The text for people: bytes that could not be decoded in the form ``\\x83``."""
    return _MARKED.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", text)


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), error.end


def _utf16(sample: bytes) -> str | None:
    even = sample[: len(sample) // 2 * 2]
    if not even:
        return None
    places = len(even) // 2
    first, second = even[0::2].count(0), even[1::2].count(0)
    # Even Japanese text has delimiters, digits and line ends; a stray U+0000 in a UTF-8 file is rarer by far.
    if second > places * 0.05 and first <= second * 0.05:
        return "utf-16-le"
    if first > places * 0.05 and second <= first * 0.05:
        return "utf-16-be"
    return None


def _utf8_or_cp932(sample: bytes) -> str:
    as_utf8 = _broken(sample, "utf-8")
    if not as_utf8 or len(_MULTIBYTE.findall(sample)) >= as_utf8:
        return "utf-8-sig"
    return "utf-8-sig" if as_utf8 <= _broken(sample, "cp932") else "cp932"


def _broken(sample: bytes, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)(errors=MARK)
    # Not final: the sample may end inside a character.
    return len(_marks(encoding).findall(decoder.decode(sample)))


def _marks(encoding: str) -> re.Pattern[str]:
    return _MARKED_CP932 if encoding == "cp932" else _MARKED
