"""YAML as koe.yaml and the ``KOE_`` variables are written in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.1 reads ``on``, ``off``, ``yes`` and ``no`` as truth values; ``off:`` is a key of the taxonomy here."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own table, copied)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")


def line_of(node: yaml.Node | None, keys: Sequence[object]) -> int:
    """The 1-based line of the deepest key that the file has."""
    line = 1
    for key in keys:
        if isinstance(node, yaml.MappingNode) and isinstance(key, int):
            continue  # a list of one may be written without its dash
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                if name.value == str(key):
                    line, node = name.start_mark.line + 1, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return line
    return line
