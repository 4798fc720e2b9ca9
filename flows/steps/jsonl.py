"""``koe analyse`` and ``koe cluster``: JSON lines in, JSON lines out, without a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from koe.analysis import Document
from koe.feedback import Channel, Feedback
from storage.text import storable_json

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.analysis import Analysis
    from koe.ticket import Routing


@dataclass(frozen=True, slots=True)
class Line:
    """A readable line: its number (from 1), its values, and what the model reads of it."""

    number: int
    values: Mapping[str, Any]
    document: Document


def parse_lines(lines: Sequence[str]) -> tuple[list[Line], dict[int, str]]:
    """The readable lines, and the error line (JSON) of each unreadable one by its number. Blank lines are skipped."""
    readable: list[Line] = []
    errors: dict[int, str] = {}
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            readable.append(_parse(number, raw))
        except ValueError as error:
            errors[number] = json.dumps({"line": number, "error": str(error)}, ensure_ascii=False)
    return readable, errors


def _parse(number: int, raw: str) -> Line:
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"not UTF-8 at character {error.start}; expected a line in UTF-8") from error
    try:
        values = json.loads(raw)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f'not JSON: {error}; expected an object such as {{"id": "1", "text": "…"}}') from error
    # What a database could not hold is replaced one for one, as it is on ingest: the offsets stay.
    values = storable_json(values)
    if not isinstance(values, dict):
        raise ValueError(f'expected an object such as {{"id": "1", "text": "…"}}, found {type(values).__name__}')
    if "id" not in values:
        raise ValueError('the key "id" is missing')
    if not isinstance(values.get("text"), str):
        raise ValueError('the key "text" is missing or no string')
    for key in ("title", "lang", "product_id"):
        if values.get(key) is not None and not isinstance(values[key], str):
            raise ValueError(f"{key!r} must be a string, found {values[key]!r}")
    rating = values.get("rating")
    if rating is not None and (not isinstance(rating, int | float) or isinstance(rating, bool) or not 1 <= rating <= 5):
        raise ValueError(f"'rating' must be a number from 1 to 5, found {rating!r}")
    if values.get("channel") is not None and values["channel"] not in set(Channel):
        raise ValueError(f"'channel' must be one of {', '.join(Channel)}, found {values['channel']!r}")
    reach = values.get("reach")
    if reach is not None and (not isinstance(reach, int) or isinstance(reach, bool) or reach < 0):
        raise ValueError(f"'reach' must be a whole number of people, found {reach!r}")
    return Line(number, values, Document(values["text"], values.get("title") or "", values.get("lang")))


def analyse_lines(
    lines: Sequence[str], wiring: Wiring, embeddings: bool = False, progress: Callable[[int], None] | None = None
) -> tuple[list[str], int]:
    """One result line for each input line, in order, and the number of lines that could not be read.

    Priority and needs_response are the default routing's: what comes out depends on the model and the taxonomy alone.
    """
    from desk.routing import route, rule_book
    from koe.settings import RoutingSettings

    readable, results = parse_lines(lines)
    refused = len(results)
    book = rule_book(wiring.settings.model_copy(update={"routing": RoutingSettings()}))
    for index, analysis in wiring.analyser.analyse([line.document for line in readable], progress):
        line = readable[index]
        results[line.number] = json.dumps(
            _result(line, analysis, route(_feedback(line, analysis), analysis, book), embeddings), ensure_ascii=False
        )
    return [results[number] for number in sorted(results)], refused


def _feedback(line: Line, analysis: Analysis) -> Feedback:
    """The line as Feedback, for the routing rules; its time plays no part in them."""
    values = line.values
    return Feedback(
        source="-",
        external_id=str(values["id"]),
        channel=Channel(values.get("channel") or Channel.REVIEW),
        created_at=datetime(1970, 1, 1, tzinfo=UTC),
        product_id=values.get("product_id"),
        title=values.get("title"),
        text=values["text"],
        rating=values.get("rating"),
        lang=analysis.lang,
        reach=values.get("reach"),
    )


def _result(line: Line, analysis: Analysis, routing: Routing, embeddings: bool) -> dict[str, object]:
    sentiment = analysis.sentiment
    result: dict[str, object] = {
        "id": line.values["id"],
        "lang": analysis.lang,
        "sentiment": {
            "label": sentiment.label,
            "score": round(sentiment.score, 4),
            "probs": {label: round(value, 4) for label, value in sentiment.probs.items()},
        },
        "triggers": [
            {
                "field": trigger.field,
                "start": trigger.start,
                "end": trigger.end,
                "text": trigger.text,
                "type": trigger.type,
                "polarity": trigger.polarity,
                "score": round(trigger.score, 4),
            }
            for trigger in analysis.triggers
        ],
        "intents": [{"label": label, "score": round(score, 4)} for label, score in analysis.intents.items()],
        "needs_response": routing.needs_response,
        "priority": routing.priority,
        "safety": analysis.safety,
        "safety_score": round(analysis.safety_score, 4),
    }
    if embeddings:
        result["embedding"] = [round(float(value), 4) for value in analysis.embedding]
    return result


def cluster_lines(
    lines: Sequence[str], wiring: Wiring, progress: Callable[[int], None] | None = None
) -> tuple[list[str], int]:
    """The issue of each input line, in order, and the number of lines that could not be read."""
    from nlp.discovery.cluster_texts import cluster_texts

    results = cluster_texts(lines, wiring.analyser, wiring.settings.discovery, progress)
    refused = sum("error" in result for result in results)
    return [json.dumps(storable_json(result), ensure_ascii=False) for result in results], refused
