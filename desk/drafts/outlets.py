"""Outlets: how long a reply may be where it will stand, counted as it is counted there.

===========  =====  ====================================================================================
outlet       limit  counted in
===========  =====  ====================================================================================
google_play  350    UTF-16 code units
app_store    5,970  UTF-16 code units
x            280    weights of twitter-text v3: Latin 1, kana, kanji and an emoji 2, a link 23
any          none
===========  =====  ====================================================================================

Google says "more than approximately 350 characters will be rejected" (Play Developer API, reviews.reply) and neither
store says what a character is; no text has more characters, by any definition, than UTF-16 code units.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Outlet(StrEnum):
    """Where a reply will stand; ``ANY`` has no limit."""

    GOOGLE_PLAY = "google_play"
    APP_STORE = "app_store"
    X = "x"
    ANY = "any"

    @property
    def limit(self) -> int | None:
        """The greatest length; ``None`` without a limit."""
        return _LIMITS.get(self)

    def length(self, text: str) -> int:
        """How long a text is here."""
        return weighted_length(text) if self is Outlet.X else utf16_length(text)

    def fits(self, text: str) -> bool:
        """Whether a text may stand here."""
        return self.limit is None or self.length(text) <= self.limit

    def over(self, text: str) -> int | None:
        """The offset of the first character that is too much; ``None`` when the text fits."""
        if self.fits(text):
            return None
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.fits(text[:middle]) else (low, middle - 1)
        return low


_LIMITS = {Outlet.GOOGLE_PLAY: 350, Outlet.APP_STORE: 5970, Outlet.X: 280}


def utf16_length(text: str) -> int:
    """UTF-16 code units: most characters are one, emoji and rare kanji two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def weighted_length(text: str) -> int:
    """The length of a post on X (twitter-text, config v3).

    What looks like a link weighs 23, without a scheme at least as much as its letters; an emoji sequence weighs 2.
    """
    text = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for match in _PARTS.finditer(text):
        total += sum(map(_weight, text[place : match.start()]))
        if match["emoji"]:
            total += 2
        else:
            total += _LINK if match["scheme"] else max(_LINK, sum(map(_weight, match[0])))
        place = match.end()
    return total + sum(map(_weight, text[place:]))


_LINK = 23
#: Code points that weigh one; all others weigh two.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_PICTURE = r"[\U0001f000-\U0001faff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff]"
_PARTS = re.compile(
    r"(?P<scheme>https?://)[!-~]*[\w/#=&+-]"
    r"|(?<![@\w.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/(?:[!-~]*[\w/#=&+-])?)?(?![@\w])"
    r"|(?P<emoji>[\U0001f1e6-\U0001f1ff]{2}"
    rf"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*)",
    re.IGNORECASE | re.ASCII,
)


@lru_cache(maxsize=4096)
def _weight(char: str) -> int:
    return 1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2
