"""Which column fills which field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from koe.errors import InputError, NotFoundError
from koe.settings import SourceSettings

#: The fields of a Feedback that a file can fill.
FIELDS = (
    "external_id",
    "channel",
    "created_at",
    "updated_at",
    "product_id",
    "author",
    "customer_id",
    "title",
    "text",
    "rating",
    "score",
    "scale",
    "lang",
    "reach",
    "disclosure",
    "parent_id",
    "attributes",
)

#: How a single attribute is named where a field is: ``attributes.lot: ロット``.
ATTRIBUTE = "attributes."

#: What ``external_id`` may also be called, in ``map:``, in ``set:`` and in files.
_ALIASES = {"id": "external_id"}


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Columns by the field they fill, fixed values by field, and which columns are attributes.

    ``columns`` and ``fixed`` also hold single attributes (``attributes.lot``). ``mapped`` are the fields that the
    settings or the names of the columns claim. ``attributes`` is ``None`` where every row has columns of its own;
    then all but ``taken`` are attributes.
    """

    columns: Mapping[str, str]
    fixed: Mapping[str, object]
    attributes: Sequence[str] | None
    taken: frozenset[str]


def plan_columns(source: SourceSettings, columns: Sequence[str] | None, seen: Sequence[str] = ()) -> ColumnPlan:
    """Decide which column fills which field.

    ``columns`` is ``None`` where each row has its own; ``seen`` are those of the first rows then.

    What the settings say comes first, then columns that are called like a field, then ``channel:`` and ``scale:``
    of the source. Columns that no field claims become attributes, but for those in ``ignore:``.

    Raises:
        NotFoundError: when the settings name a field that there is not.
    """
    mapped = {_field(name): column for name, column in source.map.items()}
    fixed: dict[str, object] = {_field(name): value for name, value in source.set.items()}
    if source.channel is not None and "channel" not in mapped:
        fixed.setdefault("channel", source.channel.value)
    if source.scale is not None and "scale" not in mapped:
        fixed.setdefault("scale", source.scale.value)
    claimed = {**mapped}
    ignored = set(source.ignore)
    free = None if columns is None else [c for c in columns if c not in ignored and c not in mapped.values()]
    for name in (*FIELDS, *_ALIASES):
        field = _ALIASES.get(name, name)
        if field in claimed or field in fixed:
            continue
        if free is None:
            # A JSON object that has the key has the field; a name in other letters is none.
            claimed[field] = next(
                (a for a, f in _ALIASES.items() if f == field and a in seen and name not in seen), name
            )
        elif (found := _same_name(name, free)) is not None:
            claimed[field] = found
    for field in fixed:
        claimed.pop(field, None)
    taken = frozenset([*claimed.values(), *ignored])
    attributes = None if columns is None else [column for column in columns if column not in taken]
    return ColumnPlan(claimed, fixed, attributes, taken)


def check_columns(path: Path, source: SourceSettings, plan: ColumnPlan, columns: Sequence[str]) -> None:
    """Make sure that a file has the columns it is said to have, and those that feedback cannot do without.

    Raises:
        InputError: which column is missing, and which there are.
    """
    for field, column in source.map.items():
        if column not in columns:
            raise InputError(f"{path} has no column {column!r} for {field}; {_there_are(columns)}")
    filled = {*plan.columns, *plan.fixed}
    if "channel" not in filled:
        raise InputError(f"{path} does not say its channel; give channel: review, qa, survey or social")
    if "created_at" not in filled:
        raise InputError(
            f"{path} has no column for created_at; name it with map: {{created_at: …}}, or set: {{created_at: …}} one "
            f"date for all rows; {_there_are(columns)}"
        )
    if not filled & {"text", "title", "rating", "score"}:
        raise InputError(
            f"{path} has no column for text, title, rating or score; map: {{text: …}} names one; {_there_are(columns)}"
        )


def _there_are(columns: Iterable[str]) -> str:
    return "its columns are " + ", ".join(columns)


def _field(name: str) -> str:
    field = _ALIASES.get(name, name)
    if field not in FIELDS and not (field.startswith(ATTRIBUTE) and len(field) > len(ATTRIBUTE)):
        raise NotFoundError("field", name, [*FIELDS, f"{ATTRIBUTE}NAME"])
    return field


def _same_name(name: str, columns: Sequence[str]) -> str | None:
    if name in columns:
        return name
    return next((column for column in columns if column.casefold() == name), None)
