"""Settings from ``KOE_`` variables: how their values are read, and which of them a mistake stands in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from koe.settings_yaml import Loader

PREFIX = "KOE_"
DELIMITER = "__"

#: Fields of the settings that say where they were read from; nobody sets them.
WHERE_FROM = frozenset({"folder", "file"})


class EnvironmentSource(EnvSettingsSource):
    """Reads ``KOE_DETECTION__LEVEL=0.01``; lists and mappings as koe.yaml has them: ``KOE_LANGUAGES='[ja, en]'``."""

    def __call__(self) -> dict[str, Any]:
        """The settings that the environment gives."""
        return {name: value for name, value in super().__call__().items() if name not in WHERE_FROM}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Read a value as YAML, of which JSON is a part; what is neither stays a text, and is refused as one."""
        try:
            return yaml.load(value, Loader=Loader)
        except yaml.YAMLError:
            return value


def variable_of(keys: Sequence[object], file: Mapping[str, object], settings: type[BaseSettings]) -> str | None:
    """The variable that a key's value comes from; ``None`` where the file gives it (or nothing does)."""
    given = _depth(EnvironmentSource(settings)(), keys)
    if given == 0 or (given < len(keys) and given <= _depth(file, keys)):
        return None
    names = {name.upper(): name for name in os.environ}
    for length in range(len(keys), 0, -1):
        name = PREFIX + DELIMITER.join(str(key).upper() for key in keys[:length])
        if name in names:
            return names[name]
    return None


def as_variable(keys: Sequence[object], example: str) -> str:
    """An example of koe.yaml (``detection: {level: 0.05}``) as a variable: ``KOE_DETECTION__LEVEL=0.05``."""
    value: Any = yaml.load(example, Loader=Loader)
    names = []
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            break
        names.append(str(key).upper())
        value = value[key]
    if not names:
        return ""
    plain = value if isinstance(value, str | int | float) else yaml.safe_dump(value, default_flow_style=True).strip()
    return f"{PREFIX}{DELIMITER.join(names)}={plain if str(plain).isascii() and ' ' not in str(plain) else repr(plain)}"


def _depth(values: object, keys: Sequence[object]) -> int:
    """How many of the keys lead somewhere."""
    for depth, key in enumerate(keys):
        if isinstance(values, dict) and isinstance(key, int):
            continue  # a list of one may be written without its dash
        try:
            values = values[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(keys)
