"""Names: how a customer is addressed, where a real name is known.

An attribute that koe.yaml names (``drafts: name_from:``) holds a name. An author's name is often a handle, so it is
taken only when it cannot be mistaken: two or three capitalised Latin words, or a family and a given name in kanji or
kana with a space between. Masked names (``S***h``, ``佐**``) are none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from desk.persons import NOBODY
from koe.feedback import Feedback

_LATIN = re.compile(r"[A-Z][a-zà-öø-ÿ'’]+(?:-[A-Z][a-zà-öø-ÿ]+)?|[A-Z]\.|[A-Z]['’][A-Z][a-z]+")
_JAPANESE = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fc\u3400-\u9fff々]{1,6}")
#: Words that stand in handles such as "Happy Customer".
_NO_NAMES = frozenset(
    {"customer", "user", "guest", "shopper", "buyer", "reviewer", "member", "fan", "lover", "mom", "mum", "dad", "guy"}
    | {
        "girl",
        "owner",
        "reader",
        "admin",
        "anonymous",
        "kindle",
        "google",
        "amazon",
        "the",
        "happy",
        "angry",
        "mr",
        "mrs",
    }
    | {"利用者", "購入者", "匿名", "会員", "お客様", "ユーザー", "ゲスト", "さん", "ママ", "パパ", "主婦", "会社員"}
)
_LONGEST = 40


def name_of(feedback: Feedback, lang: str, name_from: Collection[str] = ()) -> str:
    """The name to address the author by in a language; empty where none is known for sure.

    Japanese names are addressed by the family name; English ones by the first name, in English only.
    """
    given = next((feedback.attributes[key] for key in name_from if feedback.attributes.get(key, "").strip()), "")
    if given:
        name = _flat(given)
        parts = _parts(name)
        return _address(parts, lang) if parts else (name if _is_plain(name) else "")
    author = _flat(feedback.author or "")
    return _address(_parts(author), lang) if author.casefold() not in NOBODY else ""


def _flat(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def _is_plain(name: str) -> bool:
    """A name that somebody put into a field for names: anything but a masked one."""
    return len(name) <= _LONGEST and all(char.isalpha() or char in " .'’-・ー々" for char in name)


def _parts(name: str) -> list[str]:
    parts = name.split(" ")
    if len(name) > _LONGEST or any(part.casefold().strip(".") in _NO_NAMES for part in parts):
        return []
    if 2 <= len(parts) <= 3 and all(_LATIN.fullmatch(part) for part in parts):
        return parts
    return parts if len(parts) == 2 and all(_JAPANESE.fullmatch(part) for part in parts) else []


def _address(parts: list[str], lang: str) -> str:
    if not parts:
        return ""
    latin = parts[0].isascii() or bool(_LATIN.fullmatch(parts[0]))
    if lang == "ja":
        return " ".join(parts) if latin else parts[0]
    # "Hello J.," would be odd; a kanji name is not spelled in Latin letters by guessing.
    return (parts[0] if len(parts[0]) > 2 else " ".join(parts)) if latin else ""
