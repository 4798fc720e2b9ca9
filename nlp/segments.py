"""Segments: the stretches of a text that make one statement each."""

from __future__ import annotations

import re

_EMOJI = "[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"
_EMOJI_RUN = f"(?:{_EMOJI}[\ufe0f\u200d\U0001f3fb-\U0001f3ff\u2640\u2642]*)+"
_CLOSERS = r"[」』）)\]】\"”’']*"

#: What ends a sentence in either language. A full stop needs white space after it, and no abbreviation before it.
_END = re.compile(
    r"[ \t]*(?:"
    r"\s*[\r\n]+\s*"
    rf"|[。｡！？!?‼⁉]+{_CLOSERS}(?:{_EMOJI_RUN})?(?!\s*(?:と|って|との|という)(?![^\s、。]{{0,2}}[、。]))"
    rf"|(?<!\b[A-Za-z])(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bvs)(?<!\bMrs)(?<!\be\.g)(?<!\bi\.e)\.{_CLOSERS}(?=\s|$)"
    rf"|(?:…|‥|\.\.+|・・+)+[。.!！?？]*{_CLOSERS}"
    r"|(?<![0-9０-９])[〜～~]+(?=\s|$|[^\u3041-\u309fー0-9０-９a-zA-Z])"
    rf"|{_EMOJI_RUN}"
    r")"
)

#: Where a contrast parts a sentence: after the Japanese conjunction, before the English one.
_TURN_JA = re.compile(
    r"(?:ですが|ますが|たが|いが|だが|るが|けれども|けれど|けども|けど|ものの|のに|一方で|反面)[、,，]"
)
_TURN_EN = re.compile(
    r"(?<!\bnothing)(?<!\banything)(?<!\ball)(?<!\bnone)(?:[,;]\s*|\s+)"
    r"(?=(?:but(?!\s+also\b)|however|although|though,)\b)",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\w")


def split(text: str, lang: str) -> list[tuple[int, int]]:
    """The statements of a stored text as ``(start, end)`` offsets, in order, without white space around them.

    Newline, 。！？…〜 and emoji end a sentence; a contrast (が、けど、but) parts one when something stands on both
    sides. The spans never overlap; a stretch without a letter or digit belongs to the statement before it.
    """
    spans: list[tuple[int, int]] = []
    begin = 0
    for match in _END.finditer(text):
        _append(spans, text, begin, match.end())
        begin = match.end()
    _append(spans, text, begin, len(text))
    return [part for start, end in spans for part in _turns(text, start, end, lang)]


def _append(spans: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    piece = text[begin:end]
    start = begin + len(piece) - len(piece.lstrip())
    end = begin + len(piece.rstrip())
    if start >= end:
        return
    if spans and (not _SAYS.search(piece) or not _SAYS.search(text, *spans[-1])):
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _turns(text: str, start: int, end: int, lang: str) -> list[tuple[int, int]]:
    least = 4 if lang == "ja" else 8
    borders = [match.end() for match in (_TURN_JA if lang == "ja" else _TURN_EN).finditer(text, start, end)]
    parts: list[tuple[int, int]] = []
    for border in borders:
        if border - start >= least and end - border >= least:
            parts.append((start, start + len(text[start:border].rstrip())))
            start = border + len(text[border:end]) - len(text[border:end].lstrip())
    return [*parts, (start, end)]
