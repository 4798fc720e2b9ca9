"""Signing in and out, choosing the first password, and choosing a language."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from desk.accounts import use_setup_token
from desk.sign_in import sign_in, sign_out
from desk.web.language import LANGUAGES
from desk.web.pages import after, page
from desk.web.visits import (
    AnyVisit,
    ReadingVisit,
    SentForm,
    begin_session,
    end_session,
    keep_language,
    session_cookie,
)
from koe.errors import AccessError, TooManyAttemptsError, UsageError

router = APIRouter()


@router.get("/login")
def show_login(visit: AnyVisit, next: str = "/") -> Response:
    """The form to sign in; who is signed in already goes on."""
    if visit.account is not None:
        return RedirectResponse(_inside(next), 303)
    return page(visit, "login.html.j2", next=_inside(next), name="")


@router.post("/login")
def log_in(form: SentForm) -> Response:
    """Sign in; wrong names and wrong passwords look the same."""
    visit, site = form.visit, form.visit.site
    wanted, name = _inside(form.get("next")), form.get("name")
    client = visit.request.client
    try:
        signed_in = sign_in(
            site.database, site.passwords, name, form.get("password"), client.host if client else "?", site.clock()
        )
    except TooManyAttemptsError as error:
        said = visit.language.gettext("Too many attempts failed. Try again in %(wait)s.")
        wait = visit.language.span(error.wait) if error.wait.total_seconds() >= 60 else f"{error.wait.seconds + 1} s"
        response = page(visit, "login.html.j2", 429, said % {"wait": wait}, next=wanted, name=name)
        response.headers["retry-after"] = str(int(error.wait.total_seconds()) + 1)
        return response
    except AccessError:
        said = visit.language.gettext("The name or the password is wrong.")
        return page(visit, "login.html.j2", 401, said, next=wanted, name=name)
    onwards = RedirectResponse(wanted, 303)
    begin_session(onwards, site, signed_in.token)
    return onwards


@router.post("/logout")
def log_out(form: SentForm) -> Response:
    """End the session, here and in the store."""
    site = form.visit.site
    sign_out(site.database, form.visit.request.cookies.get(session_cookie(site), ""), site.clock())
    response = after("/login", "signed-out")
    end_session(response, site)
    return response


@router.get("/setup")
def show_setup(visit: AnyVisit) -> Response:
    """The form to choose a password with a one-time token."""
    return page(visit, "setup.html.j2")


@router.post("/setup")
def set_up(form: SentForm) -> Response:
    """Choose a password; the token is used up, and sessions of the account end."""
    visit, site = form.visit, form.visit.site
    if form.get("password") != form.get("again"):
        return page(visit, "setup.html.j2", 400, visit.language.gettext("The two passwords are not the same."))
    try:
        with site.database.work() as work:
            use_setup_token(work, site.passwords, form.get("token").strip(), form.get("password"), site.clock())
            work.commit()
    except UsageError:
        said = visit.language.gettext("This password is too short or too easy: take 10 characters or more.")
        return page(visit, "setup.html.j2", 400, said)
    except AccessError:
        said = visit.language.gettext("This token does not work (any more). Ask for another one.")
        return page(visit, "setup.html.j2", 403, said)
    return after("/login", "password")


@router.post("/language")
def choose_language(form: SentForm) -> Response:
    """Show all pages in another language from now on."""
    response = RedirectResponse(_inside(form.get("next")), 303)
    if form.get("language") in LANGUAGES:
        keep_language(response, form.visit.site, form.get("language"))
    return response


@router.get("/help")
def show_help(visit: ReadingVisit) -> Response:
    """Which keys do what, and what the words mean."""
    return page(visit, "help.html.j2")


def _inside(path: str) -> str:
    """A path of this desk; anything that leads elsewhere becomes the first page."""
    parts = urlsplit(path)
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if plain and path.isprintable() and "\\" not in path else "/"
