"""Every page of the desk: nothing that axe-core calls a serious fault, nothing wider than a phone, dark as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute

from desk.web.app import create_app
from desk.web.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Desk, Visitor

    MakeVisitor = Callable[..., Visitor]

#: What stands for the parts of an address.
_PARTS = {"case": ["CASE-000002", "CASE-000003", "CASE-000006"], "issue": ["ISSUE-0001"]}
#: Pages that a page's own address does not show: an empty list, a filtered one, something that is not there.
_MORE = ["/tickets?text=nothing-like-this", "/tickets?queue=safety&state=all", "/tickets/CASE-999999"]


def pages(desk: Desk) -> list[str]:
    """The address of every page, from the routes of the application."""
    app = create_app(Site(desk.settings, desk.database, lambda: datetime.now(UTC), lambda work: ""))
    found = []
    for route in app.routes:
        if not isinstance(route, APIRoute) or "GET" not in route.methods or not _is_page(route.path):
            continue
        names = re.findall(r"\{(\w+)\}", route.path)
        assert set(names) <= _PARTS.keys(), f"{route.path}: say in _PARTS what stands for its parts"
        values = _PARTS[names[0]] if names else [""]
        found += [re.sub(r"\{\w+\}", value, route.path) for value in values]
    return found + _MORE


def _is_page(path: str) -> bool:
    return not path.startswith("/api/") and path not in ("/healthz", "/login", "/setup") and "." not in path


def faults(page: Page) -> list[str]:
    """What is seriously wrong for people who cannot see, point or tell colours; also in what is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def look_at(visitor: Visitor, paths: Sequence[str]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        visitor.go(path)
        told = faults(visitor.page)
        if not visitor.fits():
            told.append("wider than the screen")
        if told:
            found[path] = told
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_page_shuts_anybody_out(desk: Desk, visitor: MakeVisitor, lang: str) -> None:
    admin = visitor(lang)
    assert look_at(admin, ["/login", "/setup"]) == {}
    admin.log_in("admin")
    assert look_at(admin, pages(desk)) == {}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_page_is_wider_than_a_phone(desk: Desk, visitor: MakeVisitor, lang: str) -> None:
    admin = visitor(lang, 390)
    admin.log_in("admin")
    wide = []
    for path in pages(desk):
        admin.go(path)
        admin.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        if not admin.fits():
            wide.append(path)
    assert wide == []


def test_a_fault_would_be_found(visitor: MakeVisitor) -> None:
    anybody = visitor("en")
    anybody.go("/login")
    anybody.page.evaluate("document.querySelector('label[for=name]').remove()")
    assert [told.partition(":")[0] for told in faults(anybody.page)] == ["label"]


def test_in_the_dark(desk: Desk, visitor: MakeVisitor) -> None:
    lead = visitor("en", dark=True)
    lead.log_in("lead")
    assert lead.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 20, 18)"
    assert look_at(lead, ["/", "/tickets", "/tickets/CASE-000003", "/figures", "/help"]) == {}


def test_the_language_is_chosen_by_a_button(visitor: MakeVisitor) -> None:
    lead = visitor("en")
    lead.log_in("lead")
    lead.go("/figures?weeks=4")
    lead.page.get_by_role("button", name="日本語").click()
    assert lead.page.get_attribute("html", "lang") == "ja"
    assert lead.page.url.endswith("/figures?weeks=4")
