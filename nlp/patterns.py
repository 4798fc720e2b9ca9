"""Pattern rules beside the heads: evidence for what little data teaches, and the trigger types of koe.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from koe.analysis import TriggerPhrase
from koe.settings import TaxonomySettings, TriggerPattern
from koe.taxonomy import TRIGGER_TYPES, Intent
from nlp.encoding import Encoded
from nlp.pattern_words import DENIED_AFTER, DENIED_BEFORE, HARMLESS, RULES, SPAM, Rule
from nlp.spans import trim

if TYPE_CHECKING:
    from nlp.model import Calibration

_HARMLESS_EVIDENCE = -2.5

#: Log-odds beyond this are the head's self-confidence, not knowledge.
_HEAD_CAP = 6.0

_SPAM_EVIDENCE = 4.0

#: The heads saw two or three dozen threats and advertisements: without a word that names one, they must be very sure.
_UNNAMED_THREAT, _UNNAMED_SPAM = -3.0, -1.5

#: The ending of a Japanese verb belongs to the phrase.
_ENDING = re.compile(
    r"(?:し|って?|て|で)?(?:き|い|しま|しまい)?(?:ました|ます|った|いた|た|だ|る|い)(?![ぁ-んァ-ヶ一-龯])|(?:ました|ます|てきた|てしまった|った|た|る)"
)


@dataclass(frozen=True, slots=True)
class Signals:
    """Triggers, and the probabilities of intents and of danger, after heads and patterns are weighed together."""

    triggers: tuple[TriggerPhrase, ...]
    intents: Mapping[Intent, float]
    safety: float


class Patterns:
    """The rules, with koe.yaml's changes to the trigger types: types renamed, switched off, added."""

    def __init__(self, taxonomy: TaxonomySettings) -> None:
        self._rename = taxonomy.rename
        self._off = frozenset(taxonomy.off)
        self._own = [pattern for pattern in taxonomy.add if pattern.words]
        self._words = [_literal(pattern.words) for pattern in self._own]
        self._matchers = _Matchers([pattern for pattern in taxonomy.add if pattern.pattern])

    def weigh(
        self,
        encoded: Encoded,
        triggers: Sequence[TriggerPhrase],
        intents: Mapping[Intent, float],
        safety: float,
        calibration: Calibration,
    ) -> Signals:
        """Add the evidence of the words to the heads' log-odds, and the phrases that the tagging head missed."""
        matches = word_matches(encoded)
        signs = signs_of_danger(encoded, triggers, safety, matches)
        safety = _logistic(
            calibration.danger["bias"] + sum(calibration.danger[name] * value for name, value in signs.items())
        )
        weighed = dict(intents)
        for intent in Intent:
            unnamed = _UNNAMED_THREAT if intent is Intent.LEGAL_THREAT else 0.0
            evidence = max((rule.evidence for rule, _ in matches if rule.intent is intent), default=unnamed)
            weighed[intent] = _shifted(weighed.get(intent, 0.0), evidence)
        spam = _SPAM_EVIDENCE if SPAM.search(encoded.joined) else _UNNAMED_SPAM
        weighed[Intent.SPAM] = _shifted(weighed[Intent.SPAM], spam)
        found = list(triggers)
        for rule, (start, end) in matches:
            score = safety if rule.safety else weighed[rule.intent] if rule.intent else 0.6
            enough = calibration.safety if rule.safety else calibration.intents.get(rule.intent or "", 0.5)
            if (rule.stands or score >= enough) and rule.intent is not Intent.LEGAL_THREAT:
                phrase = _phrase(encoded, start, end, rule.type, rule.polarity, score)
                if phrase and not any(_same_place(phrase, other) for other in found):
                    found.append(phrase)
        return Signals(self._named([*found, *self._own_phrases(encoded)]), weighed, safety)

    def _own_phrases(self, encoded: Encoded) -> Iterator[TriggerPhrase]:
        for pattern, words in zip(self._own, self._words, strict=True):
            if pattern.lang in (None, encoded.lang):
                for match in words.finditer(encoded.joined):
                    phrase = _phrase(encoded, *match.span(), pattern.type, pattern.polarity, 1.0)
                    if phrase:
                        yield phrase
        for pattern, start, end in self._matchers.find(encoded):
            phrase = _phrase(encoded, start, end, pattern.type, pattern.polarity, 1.0)
            if phrase:
                yield phrase

    def _named(self, triggers: Sequence[TriggerPhrase]) -> tuple[TriggerPhrase, ...]:
        kept = (
            replace(one, type=self._rename.get(one.type, one.type)) for one in triggers if one.type not in self._off
        )
        distinct = {(one.field != "title", one.start, one.end, one.type): one for one in kept}
        return tuple(distinct[key] for key in sorted(distinct))


def signs_of_danger(
    encoded: Encoded,
    triggers: Sequence[TriggerPhrase],
    safety: float,
    matches: Sequence[tuple[Rule, tuple[int, int]]] | None = None,
) -> dict[str, float]:
    """What speaks for danger: the head's log-odds, the surest safety phrase, the evidence of words for and against."""
    if matches is None:
        matches = word_matches(encoded)
    words = sum(sorted((rule.evidence for rule, _ in matches if rule.safety), reverse=True)[:2])
    if HARMLESS.search(encoded.joined):
        words += _HARMLESS_EVIDENCE
    return {
        "head": max(-_HEAD_CAP, min(_HEAD_CAP, _log_odds(safety))),
        "phrase": max((one.score for one in triggers if one.type == "safety"), default=0.0),
        "words": words,
    }


def word_matches(encoded: Encoded) -> list[tuple[Rule, tuple[int, int]]]:
    """The word rules that hold in a document, with the place of their words in its joined text."""
    return [(rule, span) for rule in RULES for span in _matches(rule, encoded.joined)]


class _Matchers:
    """spaCy Matcher patterns of koe.yaml, by language; spaCy loads only when there is one."""

    def __init__(self, patterns: Sequence[TriggerPattern]) -> None:
        self._patterns = patterns
        self._ready: dict[str, tuple[Any, Any]] = {}

    def find(self, encoded: Encoded) -> Iterator[tuple[TriggerPattern, int, int]]:
        """Matches as offsets of the joined text."""
        lang = "ja" if encoded.lang == "ja" else "en"
        if not any(pattern.lang in (None, lang) for pattern in self._patterns):
            return
        tokenizer, matcher = self._ready.get(lang) or self._prepare(lang)
        doc = tokenizer(encoded.joined)
        for key, first, last in matcher(doc):
            span = doc[first:last]
            yield self._patterns[int(doc.vocab.strings[key])], span.start_char, span.end_char

    def _prepare(self, lang: str) -> tuple[Any, Any]:
        from spacy.matcher import Matcher

        from nlp.spacy_text import blank

        language = blank(lang)
        matcher = Matcher(language.vocab)
        for number, pattern in enumerate(self._patterns):
            if pattern.lang in (None, lang):
                matcher.add(str(number), [pattern.pattern], greedy="LONGEST")
        self._ready[lang] = (language.make_doc, matcher)
        return self._ready[lang]


def _matches(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    for match in rule.words.finditer(text):
        start, end = match.span()
        if start == end or DENIED_AFTER.match(text, end) or DENIED_BEFORE.search(text[max(0, start - 40) : start]):
            continue
        if any(saying.start() <= start < saying.end() for saying in HARMLESS.finditer(text)):
            continue
        tail = _ENDING.match(text, end) if text[end - 1] > "\u3040" else None
        yield start, tail.end() if tail else end


def _phrase(encoded: Encoded, start: int, end: int, kind: str, polarity: Any, score: float) -> TriggerPhrase | None:
    for field in encoded.fields:
        if field.begin <= start < field.end:
            low, high = trim(field.stored, *field.stored_span(start, end))
            if low < high:
                return TriggerPhrase(field.name, low, high, field.stored[low:high], kind, polarity, score)
    return None


def _same_place(one: TriggerPhrase, other: TriggerPhrase) -> bool:
    return one.type == other.type and one.field == other.field and one.start < other.end and other.start < one.end


def _literal(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in ordered), re.IGNORECASE)


def _bounded(word: str) -> str:
    """Latin words match as whole words, Japanese ones anywhere."""
    escaped = re.escape(word)
    before = r"(?<![A-Za-z0-9])" if word[:1].isascii() and word[:1].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return before + escaped + after


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _shifted(probability: float, evidence: float) -> float:
    if not evidence:
        return probability
    return _logistic(_log_odds(probability) + evidence)


def known_types(taxonomy: TaxonomySettings) -> tuple[str, ...]:
    """Every type that a trigger phrase can have under these settings."""
    names = [taxonomy.rename.get(name, name) for name in TRIGGER_TYPES if name not in taxonomy.off]
    return tuple(dict.fromkeys([*names, *(pattern.type for pattern in taxonomy.add)]))
