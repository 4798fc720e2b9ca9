"""Pages: templates put into a language, for one visit; everything that customers wrote is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse

import koe
from desk.web.language import Language
from desk.web.visits import Visit, form_cookie, set_cookie
from desk.web.words import N_, word

#: What a page says after an act, by the name in its address: nothing of a visitor's own gets there.
SAID = {
    "taken": N_("This case is yours now."),
    "nothing": N_("Nothing waits for you here."),
    "full": N_(
        "You hold as many cases as your limit allows. Reply to one, solve it or hand it over; then take the next."
    ),
    "replied": N_("The reply is stored and will be sent."),
    "waiting": N_("The case waits for the customer; its clock stands."),
    "answered": N_("The case is open again; its clock goes on."),
    "resolved": N_("Resolved."),
    "closed": N_("Closed."),
    "reopened": N_("The case is open again."),
    "moved": N_("The case is in another queue now."),
    "handed-over": N_("The case is handed over."),
    "promised": N_("The promise is noted."),
    "promise-changed": N_("The promise is changed."),
    "promise-kept": N_("The promise is kept."),
    "promise-dropped": N_("The promise is dropped."),
    "followed-up": N_("The follow-up is stored and will be sent."),
    "no-follow-up": N_("No follow-up will be asked for."),
    "told": N_("The letters are stored and will be sent."),
    "corrected": N_("Thank you: the correction is kept, and koe learns from it."),
    "removed": N_("The post is off the desk. The store keeps it, and the audit log says who removed it."),
    "again": N_("The reply is on its way again."),
    "changed": N_("The account is changed."),
    "disabled": N_("The account is disabled; its sessions have ended."),
    "enabled": N_("The account works again."),
    "signed-out": N_("You are signed out."),
    "password": N_("The password is set. Sign in with it."),
}


def page(visit: Visit, template: str, status: int = 200, problem: str = "", **values: Any) -> HTMLResponse:
    """A page for a visit; ``problem`` is told at its top."""
    said = SAID.get(visit.request.query_params.get("said", ""), "")
    html = (
        _environment(visit.language.code, visit.site.settings.timezone)
        .get_template(template)
        .render(
            visit=visit,
            account=visit.account,
            site=visit.site,
            lang=visit.language,
            now=visit.site.clock(),
            said=visit.language.gettext(said) if said and not problem else "",
            problem=problem,
            **values,
        )
    )
    response = HTMLResponse(html, status)
    if visit.account is None and visit.request.cookies.get(form_cookie(visit.site)) != visit.secret:
        set_cookie(response, visit.site, form_cookie(visit.site), visit.secret)
    return response


def after(path: str, said: str) -> RedirectResponse:
    """Go to a page after an act, which says what was done."""
    return RedirectResponse(f"{path}{'&' if '?' in path else '?'}{urlencode({'said': said})}", 303)


@lru_cache(maxsize=8)
def _environment(code: str, timezone: str) -> Environment:
    language = Language.of(code, ZoneInfo(timezone))
    environment = Environment(
        loader=PackageLoader("desk.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["version"] = koe.__version__
    environment.globals["word"] = lambda kind, value: word(language, kind, value)
    environment.filters["moment"] = language.moment
    environment.filters["short"] = language.short
    environment.filters["field"] = language.field
    environment.filters["day"] = language.day
    environment.filters["span"] = language.span
    environment.filters["number"] = language.number
    environment.filters["gain"] = language.gain
    environment.filters["percent"] = language.percent
    environment.filters["stars"] = stars
    return environment


def stars(rating: float | None) -> str:
    """Stars as signs: ★★☆☆☆."""
    if rating is None:
        return ""
    full = round(rating)
    return "★" * full + "☆" * (5 - full)
