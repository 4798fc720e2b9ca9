"""Why a value, and with it its row, cannot be taken."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 (not an error of the program: it ends in Quarantine)
    """A value is not what its field says; the text is the reason for Quarantine."""
