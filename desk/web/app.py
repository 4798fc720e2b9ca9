"""The application: routes, headers, and what an error becomes on a page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from urllib.parse import quote

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from desk.api.app import PREFIX, create_api
from desk.api.problems import problem
from desk.web import acts, corrections, deliveries, figures, lists, moderating, people, signing, tickets
from desk.web.pages import page
from desk.web.security import Guard
from desk.web.site import Site
from desk.web.telling import router as telling_router
from desk.web.visits import ForgedFormError, NotSignedInError, Visit, visit_of
from desk.web.words import N_
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

_log = logging.getLogger("koe.desk")
#: How many requests are worked on at once.
_THREADS = 8

#: What an error becomes; the first class that fits. The texts say what to do.
_ANSWERS: tuple[tuple[type[KoeError], int, str], ...] = (
    (
        ForgedFormError,
        403,
        N_("This form was too old or not from this desk. Nothing was changed; load the page again."),
    ),
    (ForbiddenError, 403, N_("Your role does not allow this.")),
    (TooManyAttemptsError, 429, N_("Too many attempts to sign in failed. Wait a while and try again.")),
    (AccessError, 403, N_("This is not allowed.")),
    (NotFoundError, 404, N_("There is no such page here, or it is in a queue that you are not in.")),
    (UsageError, 400, N_("Something in the form does not fit.")),
    (ConflictError, 409, N_("Somebody else was faster, or the case is in another state by now.")),
    (BusyError, 503, N_("The database is busy. Try again in a moment.")),
    (KoeError, 500, N_("Something went wrong here. The log of the desk says more.")),
)


def create_app(site: Site) -> FastAPI:
    """The desk over a store; nothing is read before the first request."""
    app = FastAPI(title="koe", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_few_threads)
    app.state.site = site
    app.mount("/static", StaticFiles(directory=str(files("desk.web").joinpath("static"))), name="static")
    for module in (signing, lists, tickets, acts, corrections, deliveries, figures, moderating, people):
        app.include_router(module.router)
    app.mount(PREFIX, create_api(site))
    app.include_router(telling_router)
    app.add_api_route("/healthz", _healthy, response_class=PlainTextResponse)
    app.add_exception_handler(KoeError, _on_koe_error)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _on_http_error)  # type: ignore[arg-type]
    app.add_middleware(Guard, hosts=site.hosts, secure=site.secure)
    return app


@asynccontextmanager
async def _few_threads(_app: FastAPI) -> AsyncIterator[None]:
    # Pages are work for the processor, and Python does one thing at a time: more threads only take turns, and each
    # wants a connection.
    current_default_thread_limiter().total_tokens = _THREADS
    yield


def _healthy() -> str:
    return "ok\n"


async def _on_koe_error(request: Request, error: KoeError) -> Response:
    if isinstance(error, NotSignedInError):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = f"?next={quote(wanted, safe='/')}" if request.method == "GET" and wanted != "/" else ""
        return RedirectResponse(f"/login{back}", 303)
    status, words = next((status, words) for kind, status, words in _ANSWERS if isinstance(error, kind))
    if status >= 500:
        _log.error("%s %s failed: %s", request.method, request.url.path, error)
    return await _error_page(request, status, words)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    if request.url.path.startswith(f"{PREFIX}/"):
        # A line break in an address: the mounted application never gets to see it.
        return problem(error.status_code, "There is no such address here.")
    words = N_("There is no such page here.") if error.status_code == 404 else N_("This address takes no such request.")
    return await _error_page(request, error.status_code, words)


async def _error_page(request: Request, status: int, words: str) -> Response:
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is None:
        visit = await run_in_threadpool(visit_of, request)
    return await run_in_threadpool(page, visit, "error.html.j2", status, visit.language.gettext(words))
