"""What keeps strangers out of the pages: headers, names of hosts, sizes, forms that only our own pages can send."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.api.problems import problem

#: The most that a form may send, in bytes; far more than any reply.
MOST_BYTES = 256 * 1024

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_log = logging.getLogger("koe.desk")
_OVER_TLS = {"strict-transport-security": "max-age=31536000"}
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_STATIC_LIFE = "public, max-age=3600"
#: A program may keep what the API said, and asks each time whether it is still so.
_API_LIFE = "private, no-cache"


class Guard:
    """ASGI middleware around the whole application.

    Answers only to known host names (a foreign name that points at loopback would read the pages otherwise), takes
    forms from our own pages alone, refuses bodies that are too large, and puts the headers on every answer.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], secure: bool) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._headers = HEADERS | (_OVER_TLS if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, self._with_headers(scope, send))
            return
        await self._answer(scope, receive, self._with_headers(scope, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            # What nobody expected: the reader gets a sentence, the log the place; nothing of it goes into the page.
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await PlainTextResponse("Something went wrong here. The log of the desk says more.\n", 500)(
                scope, receive, send
            )

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _without_port(host) not in self._hosts:
            return _refused(scope, 400, f"The desk does not answer to the name {host!r:.80}.")
        if scope["method"] not in _CHANGES:
            return None
        origin = headers.get("origin")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
            origin not in (None, "null") and urlsplit(origin).netloc.lower() != host.lower()
        ):
            return _refused(scope, 403, "This form was sent from another site; nothing was changed.")
        return _too_large(scope, headers)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].startswith("/static/"):
                    headers["cache-control"] = _STATIC_LIFE
                elif _is_api(scope):
                    headers["cache-control"] = _API_LIFE
            await send(message)

        return sending


def form_token(secret: str) -> str:
    """The token of every form of a visitor, from the secret in the visitor's cookie, which no script can read."""
    return hashlib.sha256(f"koe form\0{secret}".encode()).hexdigest()


def same_token(given: object, secret: str) -> bool:
    """Whether a form brought the visitor's token; takes the same time whatever it brought."""
    told = given if isinstance(given, str) else ""
    return hmac.compare_digest(told.encode(), form_token(secret).encode())


def _is_api(scope: Scope) -> bool:
    return bool(scope["path"].startswith("/api/"))


def _too_large(scope: Scope, headers: Headers) -> Response | None:
    length = headers.get("content-length", "")
    if not length and "transfer-encoding" not in headers and _is_api(scope):
        return None  # no body
    if not (length.isascii() and length.isdigit()):
        return _refused(scope, 411, "The length of the form is missing.")
    if len(length) > 9 or int(length) > MOST_BYTES:
        return _refused(scope, 413, f"A form may send {MOST_BYTES // 1024} kB at most; nothing was changed.")
    return None


def _refused(scope: Scope, status: int, said: str) -> Response:
    return problem(status, said) if _is_api(scope) else PlainTextResponse(f"{said}\n", status)


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
