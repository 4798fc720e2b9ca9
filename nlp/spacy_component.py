"""The Analyser as a spaCy pipeline component, factory ``koe``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from koe.analysis import Analysis, Document, TriggerPhrase
from nlp.language import detect

if TYPE_CHECKING:
    from nlp.analyser import Analyser

_DOC_EXTENSIONS = ("sentiment", "embedding", "analysis")
_SPAN_EXTENSIONS = ("start", "end", "polarity", "score")


class KoeComponent:
    """Sets ``doc.cats``, ``doc.spans["triggers"]``, ``doc._.sentiment``, ``doc._.embedding``, ``doc._.analysis``.

    A trigger's span is widened to token borders; ``span._.start`` and ``span._.end`` are its exact offsets, and
    ``span._.polarity`` and ``span._.score`` what the model says of it.
    """

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser
        for name in _DOC_EXTENSIONS:
            Doc.set_extension(name, default=None, force=True)
        for name in _SPAN_EXTENSIONS:
            Span.set_extension(name, getter=partial(_trigger, name=name), force=True)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one doc."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        """Annotate docs in batches, in the order in which they come."""
        for docs in minibatch(stream, size=batch_size):
            documents = [Document(text=doc.text, lang=_language(doc)) for doc in docs]
            analyses = dict(self.analyser.analyse(documents))
            for index, doc in enumerate(docs):
                annotate(doc, analyses[index])
                yield doc

    def to_disk(self, path: Any, exclude: Any = ()) -> None:
        """Nothing to keep: the model is named in the configuration."""

    def from_disk(self, path: Any, exclude: Any = ()) -> KoeComponent:
        """Nothing to read."""
        return self

    def to_bytes(self, exclude: Any = ()) -> bytes:
        """Nothing to keep."""
        return b""

    def from_bytes(self, data: bytes, exclude: Any = ()) -> KoeComponent:
        """Nothing to read."""
        return self


@Language.factory("koe", default_config={"model": "default"})  # type: ignore[untyped-decorator]
def make_koe(nlp: Language, name: str, model: Any) -> KoeComponent:
    """The factory behind ``nlp.add_pipe("koe")``; ``model`` as in koe.yaml: a name or a mapping."""
    from koe.settings import ModelSettings
    from nlp.analyser import load_analyser

    return KoeComponent(load_analyser(ModelSettings.model_validate(model)))


def annotate(doc: Doc, analysis: Analysis) -> None:
    """Write an Analysis of the doc's text onto it."""
    doc.cats = {str(mood): probability for mood, probability in analysis.sentiment.probs.items()}
    doc.cats |= {str(intent): probability for intent, probability in analysis.intents.items()}
    doc.cats["safety"] = analysis.safety_score
    exact: dict[_Place, TriggerPhrase] = {}
    spans = []
    for trigger in sorted(analysis.triggers, key=lambda one: -one.score):
        span = doc.char_span(trigger.start, trigger.end, label=trigger.type, alignment_mode="expand")
        if span is not None and _place(span) not in exact:
            exact[_place(span)] = trigger
            spans.append(span)
    doc.user_data[_EXACT] = exact
    doc.spans["triggers"] = sorted(spans, key=lambda span: (span.start, span.end, span.label_))
    doc._.sentiment = analysis.sentiment
    doc._.embedding = analysis.embedding
    doc._.analysis = analysis


_Place = tuple[int, int, str]
_EXACT = "koe.triggers"


def _place(span: Span) -> _Place:
    return span.start, span.end, span.label_


def _trigger(span: Span, name: str) -> Any:
    """Spans of two types may stand on the same tokens, where spaCy's own extension values would collide."""
    trigger = span.doc.user_data.get(_EXACT, {}).get(_place(span))
    return None if trigger is None else getattr(trigger, name)


def _language(doc: Doc) -> str:
    """What the letters say; where they say nothing, the pipeline's language."""
    found = detect(doc.text)
    return doc.lang_ if found == "und" else found
