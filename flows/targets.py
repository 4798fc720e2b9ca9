"""The targets of ``notify:``: what they are called without their secrets, and how something is sent to them."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koe.errors import KoeError, UsageError

if TYPE_CHECKING:
    from apprise import Apprise

    from koe.settings import Settings
    from koe.settings_notify import NotifySettings

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")

# Apprise and what it sends with log addresses, which are secrets.
_LOGGERS = ("apprise", "urllib3")


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its number in koe.yaml (from 1), its settings, and the variables of its address."""

    number: int
    settings: NotifySettings
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        """What it is called towards people: its place in koe.yaml and its kind, ``notify 1 (slack)``."""
        try:
            address = self.settings.address(self.environment)
        except UsageError:
            address = self.settings.url.get_secret_value()
        kind = _SCHEME.match(address)
        return f"notify {self.number}" + (f" ({kind[0].lower()})" if kind else "")

    def key(self, languages: Sequence[str]) -> str:
        """What it is remembered by, 64 hex digits: the address as koe.yaml has it, and its languages.

        A slow hash (PBKDF2): who reads the database cannot try passwords by the million.
        """
        content = "\0".join([self.settings.url.get_secret_value(), *languages])
        return hashlib.pbkdf2_hmac("sha256", content.encode(), b"koe notify", 100_000).hex()

    def check(self) -> None:
        """See whether the address can be understood; asks nothing of the network.

        Raises:
            UsageError: a variable is not set, or Apprise does not know the address.
        """
        with _quiet():
            self._service()

    def send(self, title: str, body: str) -> None:
        """Send plain text.

        Raises:
            UsageError: the address cannot be understood.
            KoeError: the target did not take it; says why where that is known, and holds no part of the address.
        """
        from apprise import NotifyFormat

        with _quiet() as said:
            sent = self._service().notify(body=body, title=title, body_format=NotifyFormat.TEXT)
        if not sent:
            raise KoeError(_why(said))

    def _service(self) -> Apprise:
        from apprise import Apprise, AppriseAsset, OverflowMode

        asset = AppriseAsset(app_id="koe", app_desc="koe")
        service = Apprise.instantiate(self.settings.address(self.environment), asset=asset)
        if service is None:
            raise UsageError("Apprise does not know this address; `apprise --details` lists what it knows")
        if service.overflow_mode == OverflowMode.UPSTREAM:
            # A chat with a limit gets a long message in pieces instead of refusing it.
            service.overflow_mode = OverflowMode.SPLIT
        sender = Apprise(asset=asset)
        sender.add(service)
        return sender


def targets_of(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Target]:
    """The targets of koe.yaml in its order; ``environment`` (default: the process's) fills in their variables."""
    known = os.environ if environment is None else environment
    return [Target(number, one, known) for number, one in enumerate(settings.notify, start=1)]


def _why(said: Sequence[str]) -> str:
    """The status of an HTTP answer, where there was one; other words of a log may hold the address."""
    for message in said:
        status = re.search(r"\berror=(\d{3})\b", message)
        if status:
            return f"it answered with HTTP status {status[1]}"
    return "it could not be reached, or did not take the message"


class _Kept(logging.Handler):
    """Keeps what is logged instead of showing it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _quiet() -> Iterator[Sequence[str]]:
    """Keep Apprise's log, and that of what it sends with, to ourselves; gives the messages as they come."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    kept = _Kept()
    for logger in loggers:
        logger.addHandler(kept)
        logger.propagate = False
    try:
        with warnings.catch_warnings():
            # Apprise loads hundreds of services, some of them over modules that Python is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            yield kept.messages
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(kept)
            logger.propagate = propagate
