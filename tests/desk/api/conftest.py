"""A desk with four tickets in two queues, two reports, and applications with tokens of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from desk import accounts
from desk.web.app import create_app
from desk.web.site import Site
from koe.account import Role
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import Settings
from koe.ticket import Priority, Routing
from storage.database import Database, open_database
from storage.work import Work

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
V1 = "/api/v1"
#: The applications: role and queues. CASE-000001, 2 and 4 are in support, CASE-000003 is in safety.
APPLICATIONS = {
    "reads": (Role.VIEWER, ()),
    "acts": (Role.AGENT, ()),
    "reads-support": (Role.VIEWER, ("support",)),
    "acts-safety": (Role.AGENT, ("safety",)),
}


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Program:
    """Another program; without a token it is nobody."""

    client: TestClient
    token: str = ""

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(_whole(path), headers=self._all(headers))

    def post(self, path: str, body: object = None, **headers: str) -> Response:
        return self.client.post(_whole(path), json=body, headers=self._all(headers))

    def reply(self, text: str, key: str = "k1", case: str = "CASE-000001") -> Response:
        return self.post(f"/tickets/{case}/reply", {"text": text}, idempotency_key=key)

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return {**({"authorization": f"Bearer {self.token}"} if self.token else {}), **given}


def _whole(path: str) -> str:
    return path if path.startswith("/api") else V1 + path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = open_database(url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    products = {"SPK-10": {"name": {"ja": "コト", "en": "Koto"}, "owner": "audio"}}
    return Settings(folder=tmp_path, products=products)  # type: ignore[arg-type]


@pytest.fixture
def site(database: Database, settings: Settings, clock: Clock) -> Site:
    with database.work() as work:
        _tickets(work)
        _issues(work)
        work.commit()
    folder = settings.folder / settings.output
    folder.mkdir()
    for week in ("2026-W46", "2026-W47"):
        (folder / f"koe-{week}.json").write_text(json.dumps(_report(week), ensure_ascii=False), "utf-8")
    (folder / "koe-notes.json").write_text("[]", "utf-8")
    return Site(settings, database, clock, lambda work: "none")


@pytest.fixture
def as_(site: Site) -> Callable[[str], Program]:
    """The program of an application, or of nobody."""
    client = TestClient(create_app(site), base_url="http://localhost", follow_redirects=False)

    def make(name: str) -> Program:
        if name == "nobody":
            return Program(client)
        role, queues = APPLICATIONS[name]
        with site.database.work() as work:
            token = accounts.make_api_token(work, name, role, "test", NOW, timedelta(days=1), queues)
            work.commit()
        return Program(client, token)

    return make


def make_ticket(work: Work, number: str, queue: str, priority: Priority, **fields: Any) -> None:
    """A feedback of the shop and its ticket."""
    given = {"lang": "ja", "text": "充電中に音が出ない。", "product_id": "SPK-10", "at": NOW, "due": 4, **fields}
    said = Feedback(
        "shop",
        number,
        Channel.REVIEW,
        NOW - timedelta(days=1),
        text=given["text"],
        lang=given["lang"],
        product_id=given["product_id"],
    )
    work.feedback.upsert([said], NOW)
    routing = Routing(queue, priority, needs_response=True, rule="complaint", reasons=("A complaint",))
    due = None if given["due"] is None else given["at"] + timedelta(hours=given["due"])
    work.tickets.create(said.key, routing, due, given["at"], given["lang"])


def _tickets(work: Work) -> None:
    make_ticket(work, "1", "support", Priority.HIGH)
    make_ticket(work, "2", "support", Priority.NORMAL, lang="en", text="It broke.", product_id="MIX-2")
    make_ticket(work, "3", "safety", Priority.URGENT, text="煙が出ました。")
    make_ticket(work, "4", "support", Priority.LOW, at=NOW + timedelta(hours=1), due=None)


def _issues(work: Work) -> None:
    centre = np.ones(4, np.float32)
    for ja, en in (("充電中の無音", "silent while charging"), ("音が出ない", "no sound"), ("重い", "heavy")):
        product = "MIX-2" if en == "heavy" else "SPK-10"
        issue = work.issues.create(product, Label(ja, en), NOW, centre, NOW)
        if en != "heavy":
            key = "1" if en == "no sound" else "4"
            work.issues.add_members(issue.id, [(Span(f"shop:{key}", 1, "text", 0, 5), 0.9)], NOW)
    # What was ISSUE-0001 goes by ISSUE-0002 now.
    work.issues.merge("ISSUE-0001", "ISSUE-0002", by="lea", effective_at=NOW)


def _report(week: str) -> dict[str, object]:
    standing = {"state": "rising", "alert": True, "severity": 41.5, "count": 7, "previous_count": 2}
    return {
        "week": week,
        "generated_at": "2026-11-23T00:00:00Z",
        "model": "hand-made-1",
        "issues": [{"id": "ISSUE-0002", **standing, "exposure": 70.0, "rate": 0.1}],
        "totals": {"feedback": 4},
    }
