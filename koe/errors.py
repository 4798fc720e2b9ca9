"""Every error that koe raises on purpose.

    KoeError
    ├── UsageError            the caller's words are off (command line: exit 2)
    │   ├── SettingsError     koe.yaml: file, line, what was expected, an example
    │   └── NotFoundError     no such feedback, issue, ticket, queue, source …; says which there are
    ├── InputError            a file or a row cannot be read
    ├── ModelError            a model is missing, broken or of the wrong kind
    ├── StorageError          the database is missing, locked, of another version
    │   └── BusyError         passing: try again
    ├── ConflictError         somebody else was faster, or the state does not allow it
    │   └── FullError         somebody holds as many tickets as they may; says how many
    ├── AccessError           who asks is not signed in, or did not prove to be who they say
    │   ├── ForbiddenError    known, but may not do this
    │   └── TooManyAttemptsError  passing: too many guesses; says how long to wait
    ├── DeliveryError         a reply cannot be delivered, however often it is tried
    │   └── DelayError        passing: the receiver cannot be reached or does not take it now
    ├── VerificationError     a report does not match the store
    └── MissingExtraError     an optional part is not installed; says the command that installs it

``transient`` says whether the same call may go through later: it decides about retries. Only the command line turns
errors into exit codes, only the web layer into status codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from typing import ClassVar


class KoeError(Exception):
    """The root of the tree; its text is one or more full sentences for the person at the terminal."""

    transient: ClassVar[bool] = False


class UsageError(KoeError):
    """The caller's words are off."""


class SettingsError(UsageError):
    """A key or a value of the configuration is wrong."""

    def __init__(self, problem: str, *, where: str, expected: str = "", example: str = "") -> None:
        self.problem = problem
        self.where = where
        self.expected = expected
        self.example = example
        lines = [f"{where}: {problem}"]
        if expected:
            lines.append(f"  expected: {expected}")
        if example:
            lines.append(f"  example:  {example}")
        super().__init__("\n".join(lines))


class NotFoundError(UsageError):
    """A thing was named that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        self.kind = kind
        self.name = name
        self.known = tuple(known)
        shown = ", ".join(self.known[:12]) + (", …" if len(self.known) > 12 else "")
        super().__init__(f"unknown {kind} {name!r}" + (f"; known ones are {shown}" if shown else ""))


class InputError(KoeError):
    """A file or a row cannot be read."""


class ModelError(KoeError):
    """A model is missing, broken or of the wrong kind."""


class StorageError(KoeError):
    """The database is missing, locked or of another version."""


class BusyError(StorageError):
    """The database is busy; the same call may go through later."""

    transient = True


class ConflictError(KoeError):
    """Somebody else was faster, or the thing's state does not allow it."""


class FullError(ConflictError):
    """Somebody holds as many tickets as they may at once: ``held`` of them, with ``limit`` as the most."""

    def __init__(self, name: str, held: int, limit: int) -> None:
        self.held = held
        self.limit = limit
        super().__init__(
            f"{name} holds {held} tickets, and no more than {limit} at once; reply to one, resolve or close it first, "
            "hand one over on the desk, or ask an admin for a higher limit (`koe user change --limit`)"
        )


class AccessError(KoeError):
    """Who asks is not signed in, or did not prove to be who they say."""


class ForbiddenError(AccessError):
    """Somebody known may not do this."""


class TooManyAttemptsError(AccessError):
    """Too many attempts to sign in failed; ``wait`` is how long none is looked at."""

    transient = True

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"too many attempts to sign in failed; try again in {max(1, ceil(wait.total_seconds()))} s")


class DeliveryError(KoeError):
    """A reply cannot be delivered; trying again does not help until somebody mends the reason."""


class DelayError(DeliveryError):
    """A reply was not delivered now; ``wait`` is how long the receiver wants to be left alone, where it says so."""

    transient = True

    def __init__(self, problem: str, wait: timedelta | None = None) -> None:
        self.wait = wait
        super().__init__(problem)


class VerificationError(KoeError):
    """A report does not match the store."""


class MissingExtraError(KoeError):
    """An optional part is not installed."""

    def __init__(self, part: str, extra: str) -> None:
        self.part = part
        self.extra = extra
        super().__init__(f'{part} is not installed; install it with: pip install "koe[{extra}]"')
