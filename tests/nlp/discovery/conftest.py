from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from koe.issue import Span
from nlp.discovery import ComplaintSegment

WIDTH = 128
START = datetime(2026, 8, 3, tzinfo=UTC)

#: What customers say of each fault, in both languages.
SAID: dict[str, dict[str, list[str]]] = {
    "silent": {
        "ja": ["充電中に音が出ない", "充電すると無音になる", "充電しながら音が出ません", "ケーブルを挿すと音が消える"],
        "en": ["no sound while charging", "goes silent when it charges", "no audio while it is charging"],
    },
    "strap": {
        "ja": ["ストラップがすぐ切れた", "ストラップの金具が取れた", "ひもがちぎれました"],
        "en": ["the strap snapped on day two", "strap broke off", "the strap came off its hook"],
    },
    "button": {
        "ja": ["ボタンが押せない", "ボタンが引っ込んだまま戻らない", "音量ボタンが固い"],
        "en": ["volume button is stuck", "button stopped clicking", "buttons are far too stiff"],
    },
}


class Speaker:
    """Makes segments: a fault is a direction, a language another one, a person some noise."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(3)
        self.directions = {name: self.rng.normal(size=WIDTH) for name in [*SAID, "ja", "en", "raw"]}
        self.told = 0

    def says(
        self, fault: str | None, lang: str, *, counted: bool = True, product: str | None = "SPK"
    ) -> ComplaintSegment:
        number = self.told
        self.told += 1
        noise = self.rng.normal(size=WIDTH)
        # every vector shares one great direction, as those of e5 do
        vector = 6 * self.directions["raw"] + 3 * self.directions[lang]
        vector = vector + (1.2 * self.directions[fault] + 1.0 * noise if fault else 1.6 * noise)
        text = SAID[fault][lang][number % len(SAID[fault][lang])] if fault else self._remark()
        return ComplaintSegment(
            span=Span(f"shop:{number:04d}", 1, "text", 0, len(text)),
            product_id=product,
            text=text,
            lang=lang,
            created_at=START + timedelta(hours=number),
            embedding=(vector / np.linalg.norm(vector)).astype(np.float32),
            phrases=(text,) if fault else (),
            counted=counted,
        )

    def _remark(self) -> str:
        return "".join(chr(code) for code in self.rng.integers(ord("a"), ord("z") + 1, 20))


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def crowd(speaker: Speaker) -> Callable[..., list[tuple[str | None, ComplaintSegment]]]:
    """Segments of each fault in both languages, and lone complaints among them, with their fault."""

    def make(each: int = 8, alone: int = 12, **options: object) -> list[tuple[str | None, ComplaintSegment]]:
        faults = [fault for fault in SAID for _ in range(each)] + [None] * alone
        speaker.rng.shuffle(faults)  # type: ignore[arg-type]
        return [
            (fault, speaker.says(fault, "ja" if number % 2 else "en", **options)) for number, fault in enumerate(faults)
        ]

    return make
