"""Passwords: kept as Argon2id hashes (RFC 9106), and checked in the same time whether or not there is such a person."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from koe.errors import UsageError

#: NIST SP 800-63B asks for length, and for nothing else that people would only work around.
SHORTEST = 10
#: Longer ones would only cost time.
LONGEST = 1_000

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


class Passwords:
    """Makes and checks hashes, by argon2-cffi's own parameters (64 MiB, 3 passes) unless others are given."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, name: str, password: str) -> str:
        """The hash of a new password for somebody.

        Raises:
            UsageError: when it is too short, too long, or says the name and little else.
        """
        plain = _plain(password)
        if not SHORTEST <= len(plain) <= LONGEST:
            raise UsageError(f"a password has {SHORTEST} to {LONGEST:,} characters; this one has {len(plain)}")
        if len(plain.casefold().replace(name, "")) < SHORTEST // 2 or len(set(plain)) < SHORTEST // 2:
            raise UsageError("the password is too easy to guess; expected more than a name or a few letters repeated")
        return self._hasher.hash(plain)

    def match(self, password_hash: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed.

        ``None`` (nobody, or no password) takes as long as a wrong one: the time must not tell which names there are.
        """
        decoy = self._decoy
        try:
            right = self._hasher.verify(password_hash or decoy, _plain(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(password_hash)

    def rehash(self, password: str) -> str:
        """The hash by the parameters of now of a password that just matched."""
        return self._hasher.hash(_plain(password))

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(16))


def generated_password() -> str:
    """A password of 20 letters and digits in groups, about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def _plain(password: str) -> str:
    """Full-width letters of a Japanese keyboard are the same password as the narrow ones."""
    return unicodedata.normalize("NFKC", password)
