"""A desk with four people, a few tickets in two queues, and a browser without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from starlette.testclient import TestClient

from desk import accounts
from desk.passwords import Passwords
from desk.web.app import create_app
from desk.web.site import Site
from koe.account import Role
from koe.analysis import Analysis, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import Settings
from koe.taxonomy import Intent, Polarity, Sentiment
from koe.ticket import Priority, Routing
from storage.database import Database, open_database
from storage.work import Work

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
MODEL = "hand-made-1"
#: What a hostile customer writes.
EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'
PASSWORD = "correct horse {}"
#: Nobody guesses here: the cheapest parameters, or the tests would wait for Argon2.
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PEOPLE = {
    "vera": (Role.VIEWER, ()),
    "aki": (Role.AGENT, ("support",)),
    "ben": (Role.AGENT, ("safety",)),
    "lea": (Role.LEAD, ()),
    "ada": (Role.ADMIN, ()),
}


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Browser:
    """Sends forms as a browser would: with the hidden token of the page it looks at."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=lambda: {"accept-language": "en"})

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=self.headers | headers)

    def token(self, path: str = "/help") -> str:
        found = re.search(r'name="form_token" value="([0-9a-f]{64})"', self.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

    def post(self, path: str, **fields: object) -> Response:
        data = {"form_token": self.token()} | fields
        return self.client.post(path, data=data, headers=self.headers)

    def log_in(self, name: str, password: str | None = None) -> Response:
        data = {"form_token": self.token("/login"), "name": name, "password": password or PASSWORD.format(name)}
        return self.client.post("/login", data=data, headers=self.headers)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def settings() -> Settings:
    return Settings(products={"SPK-10": {"name": {"ja": "コト", "en": "Koto"}}})  # type: ignore[dict-item]


@pytest.fixture
def site(database: Database, settings: Settings, clock: Clock) -> Site:
    with database.work() as work:
        for name, (role, queues) in PEOPLE.items():
            accounts.add(work, settings, name, accounts.Changes(role=role, queues=queues), "test", NOW)
            accounts.set_password(work, QUICK, name, PASSWORD.format(name), "test", NOW)
        _feedback_and_tickets(work)
        work.commit()
    return Site(settings, database, clock, lambda work: MODEL, QUICK)


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(TestClient(create_app(site), base_url="http://localhost", follow_redirects=False))


@pytest.fixture
def signed_in(site: Site) -> Callable[[str], Browser]:
    """A browser in which somebody is signed in."""
    app = create_app(site)

    def make(name: str) -> Browser:
        browser = Browser(TestClient(app, base_url="http://localhost", follow_redirects=False))
        assert browser.log_in(name).status_code == 303
        return browser

    return make


def _feedback_and_tickets(work: Work) -> None:
    said = [
        _feedback("1", "充電中に音が出ない。", title="残念", customer_id="C-1"),
        _feedback("2", f"It broke. {EVIL}", lang="en", author=EVIL, title=EVIL, product_id="=1+1"),
        _feedback("3", "煙が出ました。", customer_id="C-1"),
        _feedback("4", "充電中に音が出ないです。"),
    ]
    work.feedback.upsert(said, NOW)
    phrases = {
        "1": ("音が出ない", "defect"),
        "2": ("broke", "defect"),
        "3": ("煙", "safety"),
        "4": ("音が出ない", "defect"),
    }
    work.analyses.save([(one.text_hash, _analysis(one, *phrases[one.external_id])) for one in said])
    cases = [
        ("1", "support", Priority.HIGH),
        ("2", "support", Priority.NORMAL),
        ("3", "safety", Priority.URGENT),
        ("4", "support", Priority.LOW),
    ]
    for number, queue, priority in cases:
        routing = Routing(
            queue, priority, needs_response=True, rule="complaint", reasons=("A complaint that someone can act on",)
        )
        work.tickets.create(f"shop:{number}", routing, NOW + timedelta(hours=4), NOW, "en" if number == "2" else "ja")
    issue = work.issues.create(
        "SPK-10", Label("充電中の無音", "silent while charging"), NOW, np.ones(4, np.float32), NOW
    )
    spans = [(Span(f"shop:{number}", 1, "text", 0, 5), 0.9) for number in ("1", "4")]
    work.issues.add_members(issue.id, spans, NOW)


def _feedback(number: str, text: str, **fields: object) -> Feedback:
    given = {
        "source": "shop",
        "channel": Channel.REVIEW,
        "created_at": NOW - timedelta(days=int(number)),
        "product_id": "SPK-10",
        "rating": 2.0,
        "lang": "ja",
        "author": "mia",
        **fields,
    }
    return Feedback(external_id=number, text=text, **given)  # type: ignore[arg-type]


def _analysis(feedback: Feedback, words: str, kind: str) -> Analysis:
    text = feedback.text or ""
    start = text.index(words)
    phrase = TriggerPhrase("text", start, start + len(words), words, kind, Polarity.NEGATIVE, 0.9)
    mood = SentimentReading(
        Sentiment.NEGATIVE, -0.8, {label: float(label is Sentiment.NEGATIVE) for label in Sentiment}
    )
    return Analysis(
        model=MODEL,
        lang=feedback.lang or "ja",
        sentiment=mood,
        intents={Intent.COMPLAINT: 0.9},
        safety=kind == "safety",
        safety_score=0.9 if kind == "safety" else 0.05,
        triggers=(phrase,),
        segments=(),
        embedding=np.zeros(4, np.float32),
    )
