"""The text that every database can hold: no lone surrogates, no U+0000, and no change of length."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def storable(text: str) -> str:
    """The text with each lone surrogate and each U+0000 replaced by U+FFFD, one for one.

    SQLite's driver refuses lone surrogates, PostgreSQL refuses U+0000. The length stays, so that offsets stay true.
    """
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub(_REPLACEMENT, text)


def storable_json(value: object) -> object:
    """The same for every text inside a JSON value, keys of objects included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(item) for item in value]
    return value


def dump_json(value: object) -> str:
    """JSON in its shortest form, with every character as itself."""
    return _ENCODER.encode(value)
