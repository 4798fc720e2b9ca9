"""Problems: what goes wrong as ``application/problem+json`` (RFC 9457), and how the document tells of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.drafts.guard import StoppedError
from koe.errors import (
    AccessError,
    BusyError,
    ConflictError,
    ForbiddenError,
    KoeError,
    NotFoundError,
    TooManyAttemptsError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("koe.desk")
_BROKEN = "Something went wrong here. The log of the desk says more."
#: What an error becomes; the first class that fits.
_STATUS: tuple[tuple[type[KoeError], int], ...] = (
    (ForbiddenError, 403),
    (TooManyAttemptsError, 429),
    (AccessError, 401),
    (NotFoundError, 404),
    (UsageError, 422),
    (ConflictError, 409),
    (BusyError, 503),
)
_SAID = {
    400: "The body is no JSON that can be read.",
    401: "The token is missing, unknown, revoked or too old.",
    403: "The role of the token does not allow this.",
    404: "There is no such thing, or the token does not let it be seen.",
    409: "Somebody else was faster, or the state does not allow this.",
    411: "A body was sent without its length.",
    413: "The body is too large.",
    422: "Something in the request does not fit; `errors` says what.",
    429: "Too many wrong tokens came from this address; `Retry-After` says how long to wait, in seconds.",
    503: "The database is busy; the same request may go through later.",
}
#: What may happen to every request.
_ALWAYS = (401, 404, 422, 429, 503)


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(description="query, path, header or body, or the text of a reply.")
    name: str = Field(description="The parameter or the field; for a reply the stretch that may not go out.")
    problem: str = Field(description="What is wrong and what was expected.")


class Problem(BaseModel):
    """Something went wrong (RFC 9457)."""

    type: str = Field("about:blank", description="Always about:blank: the status says what kind it is.")
    title: str = Field(description="The name of the status.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What went wrong, in words.")
    errors: list[FieldProblem] = Field(default_factory=list, description="What is wrong where, if that is known.")


def problem(
    status: int, detail: str, errors: Iterable[FieldProblem] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem as the answer to a request."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    body = json.dumps(told.model_dump(), ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, dict(headers or {}), MEDIA_TYPE)


def told_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the document tells of what may go wrong in a route, beside what may happen to every request."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _SAID[status], "content": content} for status in sorted({*_ALWAYS, *statuses})}


def problem_schemas() -> dict[str, Any]:
    """The schemas that :func:`told_problems` names."""
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**whole.pop("$defs"), "Problem": whole}


def answer_problems(app: FastAPI) -> None:
    """Let an application answer with problems, whatever goes wrong."""
    app.add_exception_handler(KoeError, _on_koe_error)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _on_http_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _on_wrong_request)  # type: ignore[arg-type]
    app.add_middleware(_Unexpected)


async def _on_koe_error(_: Request, error: KoeError) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {}
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="koe"'
    if isinstance(error, TooManyAttemptsError):
        headers["retry-after"] = str(int(error.wait.total_seconds()) + 1)
    if status == 503:
        headers["retry-after"] = "5"
    if status == 500:
        _log.error("the API: %s", error)
    errors: list[FieldProblem] = []
    if isinstance(error, StoppedError):
        errors = [FieldProblem(where="text", name=one.text, problem=one.why_en) for one in error.findings]
    return problem(status, _BROKEN if status == 500 else str(error), errors, headers)


async def _on_http_error(_: Request, error: HTTPException) -> Response:
    said = {404: "There is no such address here.", 405: "This address takes no such method."}
    return problem(error.status_code, said.get(error.status_code, str(error.detail)), headers=error.headers)


async def _on_wrong_request(_: Request, error: RequestValidationError) -> Response:
    errors = []
    for one in error.errors():
        where, *names = (str(part) for part in one["loc"])
        errors.append(FieldProblem(where=where, name=".".join(names), problem=str(one["msg"])))
    said = "; ".join(f"{one.name or one.where}: {one.problem}" for one in errors)
    return problem(422, said, errors)


class _Unexpected:
    """What nobody expected: the caller gets a sentence, the log the place; nothing of it goes into the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if started or scope["type"] != "http":
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await problem(500, _BROKEN)(scope, receive, send)
