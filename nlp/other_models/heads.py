"""The heads that other models take over, loaded."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from koe.settings import ModelSettings
from nlp.other_models.choice import Choice, pooling_of
from nlp.other_models.embedding import EmbeddingHead
from nlp.other_models.labels import labels_of, moods, tags
from nlp.other_models.loading import Running, open_passes
from nlp.other_models.sentiment import SentimentHead
from nlp.other_models.triggers import TriggerHead

if TYPE_CHECKING:
    from koe.analysis import TriggerPhrase
    from nlp.encoding import Encoded
    from nlp.reading import Reading

log = logging.getLogger("koe.models")


@dataclass(frozen=True, slots=True)
class OtherHeads:
    """Heads in the place of koe's own; ``None`` leaves koe's."""

    sentiment: SentimentHead | None = None
    triggers: TriggerHead | None = None
    embedding: EmbeddingHead | None = None

    def read_again(self, documents: Sequence[Encoded], readings: Sequence[Reading]) -> list[Reading]:
        """The readings of koe's model with mood and vectors by the other models, where there are any."""
        read = list(readings)
        if self.sentiment:
            moods = self.sentiment.read(documents)
            read = [replace(one, sentiment=mood) for one, mood in zip(read, moods, strict=True)]
        if self.embedding:
            vectors = self.embedding.read(documents)
            read = [
                replace(one, embedding=found.document, statements=found.statements)
                for one, found in zip(read, vectors, strict=True)
            ]
        return read

    def find_triggers(
        self, documents: Sequence[Encoded], own: Sequence[Sequence[TriggerPhrase]]
    ) -> list[list[TriggerPhrase]]:
        """The phrases by the other model, or koe's ``own``.

        A model that knows no ``safety`` leaves koe's phrases of that type: danger is told by them too.
        """
        if self.triggers is None:
            return [list(phrases) for phrases in own]
        found = self.triggers.find(documents)
        if "safety" in self.triggers.types:
            return found
        return [
            [*phrases, *(one for one in mine if one.type == "safety")] for phrases, mine in zip(found, own, strict=True)
        ]


def open_heads(settings: ModelSettings, chosen: Sequence[Choice], running: Running) -> OtherHeads:
    """Load the models that :func:`nlp.other_models.choice.choices` found for the settings.

    Raises:
        ModelError: when one cannot be loaded.
    """
    of = {choice.head: choice for choice in chosen}
    sentiment, triggers, embedding = None, None, None
    if settings.sentiment and (choice := of.get("sentiment")):
        meaning = moods(choice.name, labels_of(choice.config), settings.sentiment.labels)
        sentiment = SentimentHead(open_passes(choice, running, offsets=False), meaning)
    if settings.triggers and (choice := of.get("triggers")):
        known = tags(choice.name, labels_of(choice.config), settings.triggers.labels)
        triggers = TriggerHead(open_passes(choice, running, offsets=True), known)
    for choice in chosen:
        if choice.doubt:
            log.warning("model for %s: %s", choice.head, choice.doubt)
    if settings.embedding and (choice := of.get("embedding")):
        cls = pooling_of(choice.name, settings.embedding, choice.folder) == "cls"
        passes = open_passes(choice, running, offsets=not cls, prefix=settings.embedding.prefix)
        embedding = EmbeddingHead(passes, cls)
    return OtherHeads(sentiment, triggers, embedding)
