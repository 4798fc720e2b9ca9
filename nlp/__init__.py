"""Text in, numbers and spans out: language, segments, the model and its training, discovery.

``nlp.load()`` gives a spaCy pipeline that reads customer feedback; ``nlp.pipe(texts)`` streams docs through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["load", "pipe"]


def load(model: str | Mapping[str, Any] | None = None, lang: str = "xx") -> Language:
    """A spaCy ``Language`` with the ``koe`` component.

    Its docs carry ``doc.cats``, ``doc.spans["triggers"]`` (widened to token borders; the exact offsets are in
    ``span._.start`` and ``span._.end``), ``doc._.sentiment`` and ``doc._.embedding``. ``model`` is what koe.yaml's
    ``model:`` takes. ``lang`` is ``xx`` (each text is tokenised by its own language), ``ja`` or ``en``.

    Raises:
        koe.errors.ModelError: when the model is missing, broken or of another kind.
    """
    from nlp import spacy_component  # noqa: F401  (registers the factory where koe is not installed)
    from nlp.spacy_text import blank

    language = blank(lang)
    language.add_pipe("koe", config={"model": dict(model) if isinstance(model, Mapping) else model or "default"})
    return language


def pipe(texts: Iterable[str]) -> Iterator[Doc]:
    """Stream texts through the shipped model, in order."""
    yield from _shared().pipe(texts)


@lru_cache(maxsize=1)
def _shared() -> Language:
    return load()
