"""The brake on guessed passwords: after some failures in a row, each further one doubles the wait.

Both the name and the address count: one address that tries many names is slowed as one name that is tried from many
addresses. An attempt during the wait is not looked at and does not make the wait longer, so that nobody can lock
somebody else out for good: the longest wait is a quarter of an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from koe.errors import TooManyAttemptsError

if TYPE_CHECKING:
    from storage.work import Work

#: Failures in a row that cost no wait; an office shares an address.
FREE_BY_NAME = 5
FREE_BY_ADDRESS = 20
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted as a failure before anybody looked at it; a success takes that back."""

    name: str
    address: str
    failures_of_address: int


def begin(work: Work, name: str, address: str, now: datetime) -> Attempt:
    """Count an attempt before the password is looked at, so that many at once are not looked at together.

    Raises:
        TooManyAttemptsError: when the name or the address has to wait; nothing is counted then.
    """
    by_name, by_address = f"name:{name[:64]}", f"address:{_network(address)}"
    # In one order (address before name), or two attempts could wait for each other.
    counts = {
        subject: _failures_so_far(work, subject, free, now)
        for subject, free in ((by_address, FREE_BY_ADDRESS), (by_name, FREE_BY_NAME))
    }
    for subject, count in counts.items():
        work.sign_ins.set_failures(subject, count + 1, now)
    return Attempt(by_name, by_address, counts[by_address])


def count_wrong_token(work: Work, address: str, now: datetime) -> None:
    """Count a token of an application that does not work. The caller commits.

    Apart from passwords, so that a program with an old token keeps nobody of its office from signing in. Tokens that
    work are never slowed.

    Raises:
        TooManyAttemptsError: when the address has to wait; nothing is counted then.
    """
    subject = f"token:{_network(address)}"
    work.sign_ins.set_failures(subject, _failures_so_far(work, subject, FREE_BY_ADDRESS, now) + 1, now)


def release(work: Work, attempt: Attempt, now: datetime) -> None:
    """The attempt succeeded: the name begins anew. The address only gets this one back, or whoever has one password
    could try others without end.
    """
    work.sign_ins.clear_failures(attempt.name)
    work.sign_ins.set_failures(attempt.address, attempt.failures_of_address, now)
    work.sign_ins.forget_failures(now - FORGOTTEN_AFTER)


def wait_after(failures: int, free: int) -> timedelta:
    """How long nothing is looked at after so many failures in a row: 1 s after ``free`` of them, then doubled."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_WAIT)


def _failures_so_far(work: Work, subject: str, free: int, now: datetime) -> int:
    failures = work.sign_ins.hold_failures(subject, now)
    count = 0 if failures.last_at + FORGOTTEN_AFTER <= now else failures.count
    wait = wait_after(count, free)
    if wait and failures.last_at + wait > now:
        raise TooManyAttemptsError(failures.last_at + wait - now)
    return count


def _network(address: str) -> str:
    """An address, or the network that one household or office has in IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
