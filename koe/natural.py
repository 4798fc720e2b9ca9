"""Natural order: lots, versions and sizes as people count them."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"[0-9]+|[^0-9]+")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts ``"B-9"`` before ``"B-10"``, ``"2.9"`` before ``"2.10"`` and ``"A"`` before ``"B"``.

    Runs of digits compare as whole numbers and come before letters. Width, case and spaces at the ends play no part,
    nor do leading zeros: texts that differ in nothing else have the same key.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return tuple(_part(part) for part in _PARTS.findall(folded))


def _part(part: str) -> tuple[int, int, str]:
    if part[0] not in "0123456789":
        return (1, 0, part)
    digits = part.lstrip("0")
    # Numbers without leading zeros order by length first; Python would not turn very long ones into an int.
    return (0, len(digits), digits)
