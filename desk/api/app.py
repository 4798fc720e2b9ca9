"""The API as an application of its own, which the desk mounts."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

import koe
from desk.api import acts, issues, reports, tickets
from desk.api.problems import answer_problems, problem_schemas
from desk.web.site import Site

#: Where the desk mounts it; another version would get another one.
PREFIX = "/api/v1"

_ABOUT = """Tickets, issues and weekly defect reports of koe, for other programs.

Every request carries `Authorization: Bearer TOKEN`; `koe token create NAME` prints one. A token sees the queues that it
was made for. Lists come in pages: follow `next` (or the header `Link`) until it is null. Answers carry an `ETag`;
with `If-None-Match` an answer that did not change is 304. What goes wrong comes as `application/problem+json`.
"""


class _Api(FastAPI):
    """Adds the schemas of problems to the document."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        known = self.openapi_schema is not None
        document = super().openapi()
        if not known:
            document["components"]["schemas"].update(problem_schemas())
        return document


def create_api(site: Site) -> FastAPI:
    """The API over a store; nothing is read before the first request."""
    api = _Api(
        title="koe",
        version=koe.__version__,
        description=_ABOUT,
        docs_url=None,  # its page would need scripts of somebody else
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.site = site
    for module in (tickets, acts, issues, reports):
        api.include_router(module.router)
    answer_problems(api)
    return api
