"""Japanese clauses that read as a full statement, told by their parts of speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlp.discovery.statements import RUN, Statement, inside
from nlp.discovery.words import Token, japanese_words, tokens, word_set

#: The longest run of clauses looked at, and how long a name reads at a glance, in characters.
_LONGEST = 32
_GOOD = (6, 22)
_OPENING, _CLOSING = "「『（(【“", "」』）)】”"
_LEANING = frozenset({"助詞", "助動詞", "補助記号", "空白", "接続詞", "感動詞", "記号"})
#: Adverbs and the like that only colour what follows.
_COLOUR = word_set(
    """
    もう また しかも やはり やっぱり ただ 結局 正直 本当に ほんと とにかく なんと 何か なんか まだ そして その
    この あの
    """
)
#: What a clause loses in reading well when such a particle is cut from its end: it was a condition, or a concession.
_CUT = {
    "と": 0.6,
    "ば": 0.6,
    "ながら": 0.6,
    "つつ": 0.6,
    "まで": 0.6,
    "たら": 0.6,
    "けど": 0.3,
    "けれど": 0.3,
    "が": 0.3,
    "けれども": 0.3,
    "のに": 0.45,
    "に": 0.5,
    "で": 0.35,
    "て": 0.35,
    "し": 0.1,
    "から": 0.15,
    "ので": 0.1,
}
_TIME_NOUNS = word_set("時 とき 間 際 途中 後 前 状態 中 たび 度 為 ため 所 ところ よう まま 頃 うち")


def japanese_statements(text: str, phrases: Sequence[str] = ()) -> Iterator[Statement]:
    """Clauses between marks and connecting particles, runs of them, and phrases, as far as they can stand alone."""
    words = tokens(text)
    ends = [0, *(at for at in range(1, len(words)) if _clause_ends(words, at)), len(words)]
    runs = [
        (ends[first], ends[last])
        for first in range(len(ends) - 1)
        for last in range(first + 1, min(first + RUN, len(ends) - 1) + 1)
    ]
    for start, end in [*runs, *inside(text, phrases, [(word.start, word.end) for word in words])]:
        ending = next((at for at in range(end, len(words)) if words[at].kind != "助動詞"), len(words))
        one = _trimmed(text, words[start:ending], words[ending:])
        if one:
            yield one


def _clause_ends(words: list[Token], at: int) -> bool:
    before, after = words[at - 1], words[at]
    if before.kind in ("補助記号", "空白"):
        return after.kind not in ("補助記号", "空白")
    joins = before.kind == "助詞" and before.detail == "接続助詞"
    return joins and after.kind != "助詞" and after.use != "非自立可能" and after.detail != "非自立可能"


def _trimmed(text: str, words: list[Token], after: list[Token]) -> Statement | None:
    """``after`` is what follows: a phrase that ends before its particle is cut there as well."""
    leads_on = after and after[0].kind == "助詞" and after[0].detail == "接続助詞"
    lost = _CUT.get(after[0].surface, 0.0) if leads_on else 0.0
    while words and (words[0].kind in _LEANING or words[0].surface in _COLOUR):
        words = words[1:]
    while words:
        last, before = words[-1], words[-2] if len(words) > 1 else None
        nominal = before is not None and before.detail == "準体助詞"
        if last.kind in ("補助記号", "空白", "記号", "感動詞") or (
            last.kind == "助動詞" and (nominal or last.surface == "ん")
        ):
            words = words[:-1]
        elif last.kind == "助詞":
            lost = max(lost, 0.0 if last.detail in ("終助詞", "準体助詞") else _CUT.get(last.surface, 0.5))
            words = words[:-1]
        else:
            break
    if not words or words[0].kind == "接尾辞":
        return None
    name = text[words[0].start : words[-1].end].replace("\n", " ")
    if len(name) > _LONGEST or _unbalanced(name):
        return None
    least, most = _GOOD
    lost += 0.3 * max(least - len(name), 0) + 0.05 * max(len(name) - most, 0)
    return Statement(name, max(_says(words) - lost, 0.0), frozenset(japanese_words(words)))


def _says(words: list[Token]) -> float:
    last = words[-1]
    things = any(word.kind == "名詞" and word.use != "助数詞可能" and word.detail != "数詞" for word in words)
    told = any(word.kind in ("動詞", "形容詞", "形状詞") for word in words) or last.use == "サ変可能"
    bound = any(word.kind == "助詞" and word.surface in ("が", "は", "も", "を", "に", "の") for word in words)
    conditional = any(word.form.startswith("仮定形") for word in words)
    reads = _ending(last, words) - (0.6 if conditional else 0.0) - (0.0 if things else 0.3) - (0.0 if told else 0.4)
    return reads + (0.1 if bound and told and things else 0.0)


def _ending(last: Token, words: list[Token]) -> float:
    if last.kind in ("動詞", "形容詞", "助動詞"):
        form = last.form.split("-")[0]
        full = {"終止形": 0.9, "連体形": 0.9, "意志推量形": 0.5, "命令形": 0.2, "連用形": 0.35}
        return full.get(form, 0.0)
    if last.base in _TIME_NOUNS:
        return 0.1
    if last.kind == "形状詞" or last.use == "サ変可能":
        return 0.75
    return 0.55 if last.kind in ("名詞", "副詞") else 0.4 if last.kind == "接尾辞" else 0.3


def _unbalanced(name: str) -> bool:
    pairs = zip(_OPENING, _CLOSING, strict=True)
    return any(name.count(opening) != name.count(closing) for opening, closing in pairs) or name.count('"') % 2 == 1
