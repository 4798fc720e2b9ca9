"""The words of a statement that say what it is about: stems in English, dictionary forms in Japanese."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any


def word_set(words: str) -> frozenset[str]:
    """Words written one after the other."""
    return frozenset(words.split())


#: SudachiPy refuses more than 49,149 bytes at once; what follows in so long a statement says nothing new.
_LONGEST = 4000
_ENGLISH_WORD = re.compile(r"[a-z0-9]+(?:[’'][a-z]+)*")
#: What :func:`content_words` gives for any negation.
NEGATIONS = frozenset({"not", "ない"})
_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞"})
#: Japanese words that stand in any statement.
_EMPTY = word_set(
    """
    する ある いる なる できる しまう くる いく みる もらう くれる おく こと もの の よう とき ところ ため 中 時
    日 回 何 人 これ それ あれ ここ そこ 私 自分 うち 今 前 後 思う 言う 使う 買う 商品 もう
    """
)
#: English words that stand in any complaint, beside the usual stop words.
_EMPTY_ENGLISH = word_set(
    """
    i'm i've i'd it's that's there's im ive one two just get got getting goes went go make made thing product
    bought buy use used using day days week weeks month months time times still even really
    """
)


@dataclass(frozen=True, slots=True)
class Token:
    """A Japanese word with its place in the text; ``kind`` and ``detail`` are parts of speech, ``form`` inflection.

    ``normal`` is the dictionary form in its usual spelling (きれる and 切れる are one).
    """

    start: int
    end: int
    surface: str
    base: str
    kind: str
    detail: str
    use: str
    form: str
    normal: str


def spoken(text: str) -> str:
    """The text as its words are compared: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def content_words(text: str, lang: str) -> list[str]:
    """The words of a statement that carry meaning, in their order, with repetitions."""
    if lang == "ja":
        return japanese_words(tokens(spoken(text)))
    return english_words(text)


def english_words(text: str) -> list[str]:
    """Stems of the English words without those that any sentence has; a negation counts as ``not``."""
    words = []
    for word in _ENGLISH_WORD.findall(spoken(text).replace("’", "'")):
        if word in _negations():
            words.append("not")
        elif word not in _stop_words() and (len(word) > 1 or word.isdigit()):
            words.append(stem(word.removesuffix("'s")))
    return words


def japanese_words(statement: list[Token]) -> list[str]:
    """Dictionary forms of nouns, verbs and adjectives; a negation counts as ``ない``."""
    words = []
    for token in statement:
        if token.base in ("ない", "ぬ", "ず") and token.kind in ("助動詞", "形容詞"):
            words.append("ない")
        elif token.kind in _CONTENT and token.base not in _EMPTY and token.detail != "数詞":
            words.append(token.base)
    return words


def tokens(text: str) -> list[Token]:
    """The Japanese words of a text, by SudachiPy in its middle-sized units."""
    found = []
    for word in _sudachi().tokenize(text[:_LONGEST]):
        kind, detail, use, _, _, form = word.part_of_speech()
        base, normal = word.dictionary_form(), word.normalized_form()
        found.append(Token(word.begin(), word.end(), word.surface(), base, kind, detail, use, form, normal))
    return found


def stem(word: str) -> str:
    """An English word without its commonest endings: drops, dropped and dropping are one."""
    for ending, least in (("ies", 2), ("ing", 3), ("ied", 2), ("ed", 3), ("es", 4), ("s", 3), ("ly", 4)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith(("ss", "us")):
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


@cache
def _sudachi() -> Any:
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary()
    make = dictionary.tokenizer if hasattr(dictionary, "tokenizer") else dictionary.create
    return make(mode=SplitMode.B)


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    # these sklearn takes for empty, and a complaint hangs on them
    kept = {"fire", "bill", "system", "empty", "bottom", "top", "side", "full", "off", "down", "amount", "call", "cry"}
    return frozenset(ENGLISH_STOP_WORDS - kept | _EMPTY_ENGLISH)


@cache
def _negations() -> frozenset[str]:
    verbs = "do does did is are was were has have had ca can could wo would should ai must"
    return (
        frozenset({"not", "no", "never", "nothing", "none", "without", "cannot"})
        | frozenset(f"{verb}n't" for verb in verbs.split())
        | frozenset({"can't", "won't", "dont", "doesnt", "cant", "wont", "didnt", "isnt"})
    )
