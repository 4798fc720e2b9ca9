"""Which of koe's two languages a text is in, told by its letters."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["ja", "en", "und"]

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005]")
_WORD = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_OTHER = re.compile(r"[\u0370-\u1fff\uac00-\ud7af]")

#: Words that are frequent in one language and no words of English; they unmask French, Spanish, German and others.
_FOREIGN = frozenset(
    re.findall(
        r"\S+",
        "le les des est une je ne pas que qui pour dans avec mais très c'est el los las es muy con por para pero una "
        "der die das und ist nicht ich mit sehr ein eine von il di che non per sono molto o um uma não com é muito",
    )
)
_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        "the a an and or but is are was were it its i my me you your they this that not no to of in on for with as at "
        "have has had do does did be been so very too good great bad love works work",
    )
)


def detect(text: str) -> Language:
    """The language of a text: ``ja``, ``en``, or ``und`` for another one, or for no words at all.

    A Japanese text may be full of Latin product names: one kana or kanji weighs as much as one Latin word.
    """
    kana = len(_KANA.findall(text))
    japanese = kana * 2 + len(_HAN.findall(text))
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if japanese and japanese >= len(words):
        return "ja"
    if not words or len(_OTHER.findall(text)) > sum(map(len, words)):
        return "und"
    foreign = sum(word in _FOREIGN for word in words)
    return "und" if foreign >= 2 and foreign > sum(word in _ENGLISH for word in words) else "en"
