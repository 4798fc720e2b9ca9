"""spaCy's tokenizers, made safe for any text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nlp.language import detect

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

#: SudachiPy refuses more than 49,149 bytes at once; a character has four at most.
_LONGEST = 12_000


class SafeTokenizer:
    """A tokenizer around another one: reads long texts in stretches, and lone surrogates as U+FFFD."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, text: str) -> Doc:
        """Tokenise; the Doc's text has the length of ``text``."""
        from spacy.tokens import Doc

        clean = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
        parts = [self._inner(part) for part in stretches(clean, _LONGEST)]
        if len(parts) == 1:
            return parts[0]
        return Doc.from_docs(parts, ensure_whitespace=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def stretches(text: str, longest: int) -> Iterator[str]:
    """A text in stretches of at most ``longest`` characters, cut after white space or a full stop where one is."""
    at = 0
    while len(text) - at > longest:
        cut = max(text.rfind(mark, at + longest // 2, at + longest) for mark in ("\n", "。", " ")) + 1
        cut = cut or at + longest
        yield text[at:cut]
        at = cut
    yield text[at:]


class BilingualTokenizer:
    """spaCy's Japanese tokenizer (SudachiPy) for Japanese texts, its English one for all others, in one pipeline."""

    def __init__(self, vocab: Any) -> None:
        from spacy.lang.en import English
        from spacy.lang.ja import JapaneseTokenizer
        from spacy.tokenizer import Tokenizer
        from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

        defaults = English.Defaults
        self._japanese = JapaneseTokenizer(vocab)
        self._english = Tokenizer(
            vocab,
            rules=defaults.tokenizer_exceptions,
            prefix_search=compile_prefix_regex(defaults.prefixes).search,
            suffix_search=compile_suffix_regex(defaults.suffixes).search,
            infix_finditer=compile_infix_regex(defaults.infixes).finditer,
            url_match=defaults.url_match,
        )

    def __call__(self, text: str) -> Doc:
        """Tokenise by the language that the letters tell."""
        return self._japanese(text) if detect(text) == "ja" else self._english(text)


def blank(lang: str) -> Language:
    """An empty pipeline: ``ja``, ``en``, or ``xx`` for one that tokenises each text by its own language."""
    import warnings

    import spacy

    with warnings.catch_warnings():
        # spaCy 3.8 builds SudachiPy's tokenizer by a method that SudachiPy has renamed.
        warnings.filterwarnings("ignore", "Dictionary.create", DeprecationWarning)
        language = spacy.blank(lang)
        inner = BilingualTokenizer(language.vocab) if lang == "xx" else language.tokenizer
    language.tokenizer = SafeTokenizer(inner)
    return language
