"""Coverage: which feedback a fix covers, told by the attributes of what was bought."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from koe.errors import UsageError
from koe.natural import natural_key

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_CLAUSE = re.compile(r'\s*([^=!<>,"]*[^=!<>,"\s])\s*(<=|>=|!=|=|<|>)\s*(?:"([^"]+)"|([^=!<>,"]*[^=!<>,"\s]))\s*(,|$)')


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: the value of an attribute against another value, in natural order."""

    attribute: str
    compare: str
    value: str

    def __str__(self) -> str:
        value = f'"{self.value}"' if re.search(r"[=!<>,]|^\s|\s$", self.value) else self.value
        return f"{self.attribute}{self.compare}{value}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Conditions that all must hold, such as ``lot>=C,region=JP``."""

    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return ",".join(map(str, self.clauses))

    @classmethod
    def parse(cls, text: str) -> Coverage:
        """Read ``attribute``, one of ``= != < <= > >=`` and a value, with commas between conditions.

        A value with a comma or one of those signs in it stands in double quotes.

        Raises:
            UsageError: when it cannot be read; says from where on.
        """
        clauses = []
        place, more = 0, True
        while more:
            match = _CLAUSE.match(text, place)
            if match is None:
                rest = text[place:].strip()
                where = f"from {rest!r} on" if rest else "a condition is missing at its end"
                raise UsageError(
                    f"condition {text!r} cannot be read ({where}); expected an attribute, one of = != < <= > >= and a "
                    "value, with commas between conditions, such as lot>=C or 'region=JP,firmware>=2.1'; on a command "
                    "line put it in quotes"
                )
            clauses.append(Clause(match[1].strip(), match[2], match[3] or match[4]))
            place, more = match.end(), bool(match[5])
        return cls(tuple(clauses))

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that it asks for."""
        return frozenset(clause.attribute for clause in self.clauses)

    def covers(self, attributes: Mapping[str, str]) -> bool | None:
        """Whether every condition holds; ``None`` where an attribute is not told and the others do not decide."""
        known = True
        for clause in self.clauses:
            value = attributes.get(clause.attribute)
            if not value:
                known = False
            elif not _COMPARE[clause.compare](natural_key(value), natural_key(clause.value)):
                return False
        return True if known else None
