"""From the driver's errors to koe's."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from koe.errors import BusyError, KoeError, StorageError

_BUSY_SQLITE = ("locked", "busy")
_BUSY_STATES = {"40001", "40P01", "55P03", "53300", "57P03"}  # serialisation, deadlock, lock, connections, starting up
_ABSENT_STATES = {"42P01", "42703"}  # no such table, no such column
_FULL_STATE = "53100"


def as_koe_error(error: DBAPIError, where: str) -> KoeError | None:
    """The error for the person at the terminal, or ``None`` when it is a mistake in koe itself."""
    words = str(error.orig).strip() or type(error.orig).__name__
    state = getattr(error.orig, "sqlstate", None)
    lowered = words.lower()
    told: KoeError | None = None
    if state in _BUSY_STATES or (state is None and any(word in lowered for word in _BUSY_SQLITE)):
        told = BusyError(f"The database {where} is busy: {words}. Another koe is writing to it; try again.")
    elif state in _ABSENT_STATES or lowered.startswith(("no such table", "no such column")):
        told = StorageError(
            f"The database {where} has no tables of this koe ({words}). `koe init` makes them, `koe run` brings old "
            "ones up to date."
        )
    elif "not a database" in lowered:
        told = StorageError(f"{where} is no SQLite database. Name another file under database: in koe.yaml.")
    elif "is full" in lowered or "no space" in lowered or state == _FULL_STATE:
        told = StorageError(f"There is no room left for the database {where} ({words}). Free some space, then repeat.")
    elif "readonly" in lowered or "unable to open" in lowered:
        told = StorageError(f"The database {where} cannot be written ({words}). Check the folder and its permissions.")
    elif isinstance(error, OperationalError | InterfaceError):
        told = StorageError(f"The database {where} cannot be used: {words}. Check database: in koe.yaml.")
    return told
