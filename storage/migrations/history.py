"""Which versions of the tables this koe knows, oldest first."""

from __future__ import annotations

VERSIONS = ("0001",)
HEAD = VERSIONS[-1]
