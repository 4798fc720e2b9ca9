"""A web address as a target: a signed POST of the reply, or of the notice of a new ticket, as JSON."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import koe
from desk.delivery.adapter import as_json, notice_as_json
from koe.errors import DelayError, DeliveryError
from koe.outbox import NewTicketNotice, OutgoingReply

#: Answers after which another try may help: timeouts, too early (409: the same key is being worked on), too many.
_LATER = frozenset({408, 409, 425, 429})
#: Redirections that keep the method and the body; the others would turn the reply into a reading of a page.
_SAME_POST = frozenset({307, 308})
_REDIRECTS = 3
_LONGEST_WAIT = timedelta(days=1)
_SHOWN = 300
#: Everything that may stand in a path and a query (RFC 3986); the rest, such as kanji, is percent-encoded.
_AS_IT_IS = "/?:@!$&'()*+,;=%-._~"


class Webhook:
    """Posts to one address. Redirections are followed on the same host only: a reply goes where koe.yaml says.

    The headers are ``Idempotency-Key``, ``Koe-Timestamp`` (seconds since 1970) and ``Koe-Signature``; see
    :func:`signature`. Proxies of the environment are not used.
    """

    def __init__(self, url: str, secret: str, timeout: float, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._clock = clock

    def deliver(self, message: OutgoingReply | NewTicketNotice) -> str:
        """Post a reply or a notice; any answer from 200 to 299 means that the receiver has it.

        Raises:
            DelayError: no connection, no answer in time, 408, 409, 425, 429 or 5xx.
            DeliveryError: any other answer, or a redirection to another host.
        """
        told = notice_as_json(message) if isinstance(message, NewTicketNotice) else as_json(message)
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"koe/{koe.__version__}",
            "Idempotency-Key": message.key,
            "Koe-Timestamp": timestamp,
            "Koe-Signature": signature(self._secret, timestamp, body),
        }
        first = url = urlsplit(self._url)
        for _ in range(_REDIRECTS + 1):
            status, answered, said = self._post(url, body, headers)
            if 200 <= status < 300:
                return f"{status} {said}".strip()
            if not 300 <= status < 400:
                self._refuse(status, answered.get("Retry-After"), said)
            url = _redirected(url, first, status, answered.get("Location"))
        raise DeliveryError(f"{first.hostname} redirects more than {_REDIRECTS} times")

    def _post(self, url: SplitResult, body: bytes, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage, str]:
        host = url.hostname or ""
        connection: http.client.HTTPConnection
        if url.scheme == "https":
            secure = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, url.port, timeout=self._timeout, context=secure)
        else:
            connection = http.client.HTTPConnection(host, url.port, timeout=self._timeout)
        try:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", quote(path, safe=_AS_IT_IS), body, headers)
            answer = connection.getresponse()
            said = answer.read1(_SHOWN).decode("utf-8", "replace")
            return answer.status, answer.headers, " ".join(said.split())
        except ssl.SSLCertVerificationError as error:
            raise DeliveryError(f"{host} does not prove who it is: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            raise DelayError(f"{host} did not answer: {error or type(error).__name__}") from error
        finally:
            connection.close()

    def _refuse(self, status: int, retry_after: str | None, said: str) -> NoReturn:
        problem = f"{urlsplit(self._url).hostname} answered {status} {said}".strip()
        if status in _LATER or status >= 500:
            raise DelayError(problem, self._wait(retry_after))
        raise DeliveryError(problem)

    def _wait(self, retry_after: str | None) -> timedelta | None:
        """What ``Retry-After`` asks for: seconds or a date (RFC 9110, 10.2.3), a day at most."""
        if not retry_after:
            return None
        try:
            if retry_after.strip().isdecimal():
                wait = timedelta(seconds=min(int(retry_after), int(_LONGEST_WAIT.total_seconds())))
            else:
                wait = parsedate_to_datetime(retry_after) - self._clock()
        except (ValueError, TypeError):
            return None
        return min(max(wait, timedelta()), _LONGEST_WAIT)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``v1=`` and the HMAC-SHA256 (hex) over the timestamp, a dot and the body.

    The receiver works it out in the same way, compares with ``hmac.compare_digest``, and refuses timestamps that are
    more than a few minutes old, so that nobody can send a captured request again.
    """
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _redirected(url: SplitResult, first: SplitResult, status: int, location: str | None) -> SplitResult:
    """Where a redirection leads.

    Raises:
        DeliveryError: to another host, port or scheme, nowhere, or by a status that would change the request.
    """
    if status not in _SAME_POST or not location:
        raise DeliveryError(f"{first.hostname} answered {status}; expected 200 to 299, or 307 or 308 with a Location")
    try:
        target = urlsplit(urljoin(url.geturl(), location))
        same = (target.scheme, target.hostname, target.port) == (first.scheme, first.hostname, first.port)
    except ValueError as error:
        raise DeliveryError(f"{first.hostname} redirects to {location[:_SHOWN]!r}, which is no address") from error
    if not same:
        raise DeliveryError(f"{first.hostname} redirects to {target.hostname}, where koe.yaml sends no replies")
    return target
