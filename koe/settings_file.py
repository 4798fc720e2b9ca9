"""Reading ``koe.yaml``: where it is, what it says, and on which line a mistake stands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from koe.errors import SettingsError
from koe.settings import Settings
from koe.settings_environment import WHERE_FROM, as_variable, variable_of
from koe.settings_yaml import Loader, line_of

FILE_NAME = "koe.yaml"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings from a file, from ``KOE_CONFIG``, or from ``koe.yaml`` in the current folder.

    Without any file the defaults (and the environment) hold.

    Raises:
        SettingsError: when a named file is missing, or a key or a value is wrong; with the line.
    """
    named = path or (Path(os.environ["KOE_CONFIG"]) if os.environ.get("KOE_CONFIG") else None)
    file = named or Path(FILE_NAME)
    if not file.exists():
        if named is not None:
            raise SettingsError("no such file", where=str(file), expected="a koe.yaml; `koe init` writes one")
        return _build({}, None, Path(FILE_NAME))
    try:
        text = file.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=Loader)
        values = yaml.load(text, Loader=Loader)
    except UnicodeDecodeError as error:
        raise SettingsError("not UTF-8", where=str(file), expected="a text file in UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else str(file)
        raise SettingsError(f"not YAML: {getattr(error, 'problem', error)}", where=where) from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise SettingsError(
            "not a mapping", where=f"{file}:1", expected="key: value lines", example="timezone: Asia/Tokyo"
        )
    return _build(values, root, file)


def place_of(settings: Settings, keys: Sequence[str | int]) -> str:
    """Where a key stands, for a mistake found after loading: ``koe.yaml:12``, or the name of the variable.

    Where neither gives it, the dotted key.
    """
    text = settings.file.read_text(encoding="utf-8-sig") if settings.file else ""
    variable = variable_of(keys, yaml.load(text, Loader=Loader) or {}, Settings)
    if variable or settings.file is None:
        return variable or ".".join(str(key) for key in keys)
    root = yaml.compose(text, Loader=Loader)
    return f"{settings.file}:{line_of(root, keys)}"


def _build(values: Mapping[str, object], root: yaml.Node | None, file: Path) -> Settings:
    for name in WHERE_FROM & values.keys():
        raise _unknown([name], f"{file}:{line_of(root, [name])}")
    try:
        known = {"folder": file.resolve().parent, "file": file if root is not None else None}
        return Settings(**{**values, **known})  # type: ignore[arg-type]
    except ValidationError as error:
        raise _as_settings_error(error, values, root, file) from error


def _as_settings_error(
    error: ValidationError, values: Mapping[str, object], root: yaml.Node | None, file: Path
) -> SettingsError:
    first = error.errors()[0]
    keys = [part for part in first["loc"] if not (isinstance(part, str) and "[" in part)]
    variable = variable_of(keys, values, Settings)
    where = variable or f"{file}:{line_of(root, keys)}"
    dotted = ".".join(str(key) for key in keys) or "(top)"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        return _unknown(keys, where)
    value = first.get("input")
    plain = isinstance(value, str | int | float | bool) and keys[:1] != ["notify"]  # addresses there are secrets
    shown = f" (found {value!r})" if plain else ""
    example = _EXAMPLES.get(str(keys[0]) if keys else "", "")
    if variable:
        example = as_variable(keys, example)
    return SettingsError(f"{dotted}{shown}", where=where, expected=message, example=example)


def _unknown(keys: Sequence[object], where: str) -> SettingsError:
    known = ", ".join(_known_keys(keys[:-1])) or "see `koe init`"
    return SettingsError(f"unknown key {'.'.join(str(key) for key in keys)}", where=where, expected=f"one of {known}")


def _known_keys(path: Sequence[object]) -> list[str]:
    """The keys that a part of the settings may have, by walking the JSON schema."""
    schema = Settings.model_json_schema()
    node: dict[str, object] = schema
    for key in path:
        node = _resolve(node, schema)
        properties = node.get("properties")
        if isinstance(properties, dict) and key in properties:
            node = properties[key]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]  # type: ignore[assignment]
        elif isinstance(node.get("items"), dict):
            node = node["items"]  # type: ignore[assignment]
    properties = _resolve(node, schema).get("properties")
    hidden = frozenset() if path else WHERE_FROM
    return sorted(set(properties) - hidden) if isinstance(properties, dict) else []


def _resolve(node: dict[str, object], schema: dict[str, object]) -> dict[str, object]:
    options = node.get("anyOf") or node.get("allOf")
    if isinstance(options, list):
        node = next((option for option in options if "$ref" in option or "items" in option), node)
    reference = node.get("$ref")
    if isinstance(reference, str):
        return schema["$defs"][reference.rsplit("/", 1)[-1]]  # type: ignore[index,no-any-return]
    return node


_EXAMPLES = {
    "database": "database: sqlite:///koe.sqlite",
    "timezone": "timezone: Asia/Tokyo",
    "languages": "languages: [ja, en]",
    "sources": "sources: {shop: {channel: review, path: reviews.csv, map: {text: body}}}",
    "products": "products: {SPK-10: {name: {en: Koto speaker}, owner: audio}}",
    "taxonomy": "taxonomy: {off: [availability], rename: {delivery: shipping}}",
    "routing": "routing: {rules: [{name: danger, when: {safety: true}, queue: safety, priority: urgent}]}",
    "calendars": "calendars: {office: {hours: {mon-fri: [09:00-12:00, 13:00-18:00]}, holidays: JP}}",
    "queues": "queues: {support: {due: {urgent: 4h, high: 1d}}}",
    "delivery": "delivery: {targets: {shop: {webhook: {url: https://…, secret: ${SECRET}}}}, sources: {shop: shop}}",
    "drafts": "drafts: {company: {ja: アサナギ製作所, en: Asanagi Works}, actions: [exchange]}",
    "detection": "detection: {level: 0.05}",
    "notify": 'notify: [{url: "${CHAT_ADDRESS}", languages: [en], when: alert}]',
    "discovery": "discovery: {min_members: 4}",
    "model": "model: {name: default, sentiment: {name: models/my-bert, labels: {LABEL_0: negative}}}",
}
