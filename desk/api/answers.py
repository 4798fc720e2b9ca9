"""Answers: JSON with a strong ETag, so that who has it already gets 304 and no body (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

JSON = "application/json"
_ETAG = {"description": "Changes with every change of the body.", "schema": {"type": "string"}}

#: How the document tells of an answer that may be known already.
TOLD: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _ETAG}},
    304: {"description": "What `If-None-Match` names is still so; there is no body."},
}


def answer(request: Request, body: BaseModel | bytes, headers: Mapping[str, str] | None = None) -> Response:
    """A body that the caller may have already."""
    content = body if isinstance(body, bytes) else body.model_dump_json().encode("utf-8", "replace")
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {**(headers or {}), "etag": etag, "vary": "authorization"}
    if request.method == "GET" and _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=told)
    return Response(content, headers=told, media_type=JSON)


def next_page(request: Request, cursor: str | None) -> str | None:
    """The address of the page that a cursor leads to, with the filters of this one."""
    if cursor is None:
        return None
    given = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*given, ('cursor', cursor)])}"


def link_to(next_address: str | None) -> dict[str, str]:
    """The header that leads to the next page (RFC 8288), where there is one."""
    return {} if next_address is None else {"link": f'<{next_address}>; rel="next"'}


def _has(asked: str, etag: str) -> bool:
    told = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return etag in told or "*" in told
