"""From a row of a file to a Feedback, or to the reason why it is none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from koe.errors import InputError
from koe.feedback import Feedback, RefusedRow
from storage.sources.columns import ATTRIBUTE, ColumnPlan
from storage.sources.occurrences import Occurrences
from storage.sources.refusal import Refusal
from storage.sources.rows import BrokenRow, RawRow
from storage.sources.times import read_time
from storage.sources.values import (
    check_score,
    read_attribute,
    read_attributes,
    read_channel,
    read_disclosure,
    read_lang,
    read_name,
    read_rating,
    read_reach,
    read_scale,
    read_score,
    read_text,
)
from storage.text import storable

Reader = Callable[[object], Any]


class FeedbackBuilder:
    """Makes Feedback of the rows of one file, in their order."""

    def __init__(
        self, source: str, plan: ColumnPlan, zone: tzinfo, time_format: str | None, now: datetime, place: str = ""
    ) -> None:
        self._source = source
        self._place = place
        self._now = now
        self._plan = plan
        self._readers = _readers(zone, time_format)
        self._fixed_attributes: dict[str, str] = {}
        self._fixed = self._read_fixed(plan.fixed)
        self._steps = [(field, column, self._reader(field)) for field, column in plan.columns.items()]
        self._identity = [(field, column) for field, column in sorted(plan.columns.items()) if field != "external_id"]
        self._occurrences = Occurrences()

    def close(self) -> None:
        """Give back what was needed for numbering equal rows."""
        self._occurrences.close()

    def build(self, row: RawRow | BrokenRow) -> Feedback | RefusedRow:
        """The Feedback that a row holds."""
        if isinstance(row, BrokenRow):
            return RefusedRow(self._source, self._place + row.position, row.raw, row.reason)
        try:
            return self._feedback(row.values)
        except Refusal as refusal:
            return RefusedRow(self._source, self._place + row.position, row.raw, str(refusal))

    def _feedback(self, values: Mapping[str, object]) -> Feedback:
        fields: dict[str, Any] = dict(self._fixed)
        attributes = dict(self._fixed_attributes)
        for field, column, read in self._steps:
            value = values.get(column)
            if value is None or value == "":
                continue
            try:
                found = read(value)
            except Refusal as refusal:
                shown = field if field == column else f"{field} ({column})"
                raise Refusal(f"{shown}: {refusal}") from refusal
            if found is None:
                continue
            if field == "attributes":
                attributes.update(found)
            elif field.startswith(ATTRIBUTE):
                attributes[field.removeprefix(ATTRIBUTE)] = found
            else:
                fields[field] = found
        rest = self._plan.attributes
        for column in [name for name in values if name not in self._plan.taken] if rest is None else rest:
            value = values[column]
            if value is not None and value != "" and (found := read_attribute(value)) is not None:
                attributes[storable(column)] = found
        self._check(fields)
        if "external_id" not in fields:
            fields["external_id"] = self._made_id(values)
        return Feedback(source=self._source, attributes=attributes, **fields)

    def _check(self, fields: Mapping[str, Any]) -> None:
        if not ("text" in fields or "title" in fields or "rating" in fields or "score" in fields):
            raise Refusal("nothing said and nothing rated: neither text nor title, rating or score")
        if "created_at" not in fields:
            raise Refusal("no date: created_at is empty; set: {created_at: …} gives one to a whole file")
        if "channel" not in fields:
            raise Refusal("no channel: expected one of review, qa, survey, social")
        for name in ("created_at", "updated_at"):
            moment = fields.get(name)
            if moment is not None and moment > self._now:
                raise Refusal(f"{name}: {moment:%Y-%m-%d %H:%M} UTC lies in the future")
        if "score" in fields:
            check_score(fields["score"], fields.get("scale"))

    def _made_id(self, values: Mapping[str, object]) -> str:
        """A hash of what the mapped columns hold, and the number of its occurrence in the file."""
        said = "\x1f".join(
            f"{field}={value}"
            for field, column in self._identity
            if (value := values.get(column)) is not None and value != ""
        )
        digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12)
        return f"{digest.hexdigest()}-{self._occurrences.number(digest.digest())}"

    def _read_fixed(self, fixed: Mapping[str, object]) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for field, value in fixed.items():
            try:
                found = self._reader(field)(value)
            except Refusal as refusal:
                raise InputError(f"source {self._source}, set: {field}: {refusal}") from refusal
            if field == "attributes":
                self._fixed_attributes.update(found)
            elif field.startswith(ATTRIBUTE):
                self._fixed_attributes[field.removeprefix(ATTRIBUTE)] = found or ""
            elif found is not None:
                read[field] = found
        return read

    def _reader(self, field: str) -> Reader:
        return read_attribute if field.startswith(ATTRIBUTE) else self._readers[field]


def _readers(zone: tzinfo, time_format: str | None) -> Mapping[str, Reader]:
    def moment(value: object) -> datetime | None:
        if isinstance(value, str) and not value.strip():
            return None
        return read_time(value, zone, time_format)

    return {
        "external_id": read_name,
        "channel": read_channel,
        "created_at": moment,
        "updated_at": moment,
        "product_id": read_name,
        "author": read_name,
        "customer_id": read_name,
        "title": read_text,
        "text": read_text,
        "rating": read_rating,
        "score": read_score,
        "scale": read_scale,
        "lang": read_lang,
        "reach": read_reach,
        "disclosure": read_disclosure,
        "parent_id": read_name,
        "attributes": read_attributes,
    }
