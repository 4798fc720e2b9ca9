"""Copies: the same text told again, in another shop or by another account.

Texts are compared by their character shingles: MinHash signatures find the candidates in bands (Broder 1997, "On the
resemblance and containment of documents"; bands after Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
3.4), and the exact Jaccard similarity of the shingles decides. Time and memory grow with the number of texts.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shingles = NDArray[np.uint64]

#: Shorter texts are alike by chance («Great!»). In letters and digits of the normalised text; a Japanese character
#: says about as much as two Latin ones.
SUBSTANTIAL = 40
_ALIKE = 0.8
_SHINGLE = 5
_BANDS, _ROWS = 20, 5  # found with 99.96 % at a similarity of 0.8
_PRIME = np.uint64((1 << 31) - 1)


def find_copies(texts: Sequence[tuple[str, str | None, datetime, str]]) -> Mapping[str, str]:
    """Near-duplicates among texts of a product.

    Args:
        texts: key, product, time and text of each Feedback.

    Returns:
        For each copy's key the key of its original, the earliest text (then key) that it repeats. An original is
        never a copy itself.
    """
    multipliers, increments = _permutations()
    originals: dict[tuple[str, int, bytes], list[int]] = {}
    shingles_of: list[Shingles] = []
    keys: list[str] = []
    copies: dict[str, str] = {}
    for key, product, _, text in sorted(texts, key=lambda row: (row[2], row[0])):
        plain = _plain(text)
        if _weight(plain) < SUBSTANTIAL:
            continue
        shingles = _shingles(plain)
        signature = ((shingles[:, None] * multipliers + increments) % _PRIME).min(axis=0).reshape(_BANDS, _ROWS)
        bands = [(product or "", number, band.tobytes()) for number, band in enumerate(signature)]
        candidates = sorted({index for band in bands for index in originals.get(band, ())})
        original = next((index for index in candidates if _jaccard(shingles, shingles_of[index]) >= _ALIKE), None)
        if original is not None:
            copies[key] = keys[original]
            continue
        for band in bands:
            originals.setdefault(band, []).append(len(keys))
        keys.append(key)
        shingles_of.append(shingles)
    return copies


def _plain(text: str) -> str:
    """Letters and digits only, NFKC, lower case: layout, emoji and hashtag signs make no difference."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def _weight(plain: str) -> int:
    return sum(1 if char.isascii() else 2 for char in plain)


def _shingles(plain: str) -> Shingles:
    pieces = {plain[start : start + _SHINGLE] for start in range(max(len(plain) - _SHINGLE + 1, 1))}
    hashes = {zlib.crc32(piece.encode("utf-8", "surrogatepass")) & 0x7FFFFFFF for piece in pieces}
    return np.array(sorted(hashes), dtype=np.uint64)


def _jaccard(one: Shingles, other: Shingles) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def _permutations() -> tuple[Shingles, Shingles]:
    rng = np.random.default_rng(20)
    shape = _BANDS * _ROWS
    return (
        rng.integers(1, int(_PRIME), shape, dtype=np.uint64),
        rng.integers(0, int(_PRIME), shape, dtype=np.uint64),
    )
