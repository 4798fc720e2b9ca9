"""A small shop on a desk of its own process, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from desk import accounts, queues
from desk.passwords import Passwords
from desk.web.language import Language
from koe.account import Role
from koe.analysis import Analysis, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import Settings
from koe.settings_file import load_settings
from koe.taxonomy import Intent, Polarity, Sentiment
from koe.ticket import Priority, Routing
from storage.database import Database, open_database
from storage.work import Work

MODEL = "hand-made-1"
PASSWORD = "correct horse of {}"
CONFIG = """\
database: sqlite:///koe.sqlite
timezone: Asia/Tokyo
products:
  SPK-10: {name: {ja: ポータブルスピーカー コト, en: Koto portable speaker}, owner: audio}
  MIX-5: {name: {ja: スタンドミキサー コネ, en: Kone stand mixer}, owner: kitchen}
"""
#: Of the checkout, and nothing of one's own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KOE_")}
ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).parents[2])
#: Nobody guesses here: the cheapest parameters. The desk makes the hash anew at the first log-in.
_QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
_REASON = "A complaint that someone can act on"
_QUIET_QUEUES = ("questions", "safety", "social")

#: What customers said: language, product, stars, title, text, the phrase that carries the signal, its type.
_SAID: Sequence[tuple[str, str, float, str, str, str, str]] = (
    ("ja", "SPK-10", 2, "残念", "音質は気に入っているのですが、充電中だけ音が出ないんです。", "音が出ない", "defect"),
    ("en", "SPK-10", 1, "Mute on the cable", "It goes silent as soon as I plug the cable in.", "goes silent", "defect"),
    (
        "ja",
        "SPK-10",
        1,
        "充電すると無音",
        "ケーブルを挿すと鳴らなくなります。前にも書きました。",
        "鳴らなくなります",
        "defect",
    ),
    ("ja", "MIX-5", 1, "", "生地をこねていたら本体から煙が出て、怖くなりました。", "煙が出て", "safety"),
    ("en", "MIX-5", 4, "Bowls", "Does the 3 litre bowl fit the old stand?", "Does the 3 litre bowl fit", "question"),
    (
        "en",
        "SPK-10",
        2,
        "",
        "Third letter about the same thing. " + "Nobody answers. " * 12,
        "Nobody answers",
        "support",
    ),
    ("ja", "MIX-5", 5, "買ってよかった", "母にも贈りました。静かで使いやすいです。", "使いやすい", "praise"),
)


@dataclass(frozen=True)
class Desk:
    """The desk as `koe desk` serves it; ``complain`` and ``hire`` bring a ticket and somebody to answer it."""

    url: str
    folder: Path
    settings: Settings
    database: Database

    def complain(self, external_id: str, lang: str) -> str:
        now, told = datetime.now(UTC).replace(microsecond=0), _SAID[0] if lang == "ja" else _SAID[1]
        feedback = _feedback(external_id, now, *told[:5])
        with self.database.work() as work:
            work.feedback.upsert([feedback], now)
            work.analyses.save([(feedback.text_hash, _analysis(feedback, *told[5:]))])
            case = _ticket(work, feedback, "support", Priority.NORMAL, now)
            work.commit()
        return case

    def hire(self, name: str) -> str:
        with self.database.work() as work:
            _add_person(work, self.settings, name, Role.AGENT, ["support"])
            work.commit()
        return name

    def koe(self, *words: str) -> str:
        """What a command says."""
        command = [sys.executable, "-m", "flows.cli", *words]
        return subprocess.run(
            command, cwd=self.folder, env=ENVIRONMENT, check=True, capture_output=True, text=True
        ).stdout


@dataclass
class Visitor:
    """Somebody at a page, in a language; what the browser complains of is kept in ``complaints``."""

    page: Page
    desk: Desk
    language: Language
    complaints: list[str]

    def say(self, message: str) -> str:
        """A message of the pages in the visitor's language."""
        return self.language.gettext(message)

    def go(self, path: str) -> None:
        self.page.goto(self.desk.url + path)

    def press(self, message: str) -> None:
        self.page.get_by_role("button", name=self.say(message)).first.click()

    def log_in(self, name: str) -> None:
        self.go("/")
        self.page.get_by_label(self.say("Name")).fill(name)
        self.page.get_by_label(self.say("Password")).fill(PASSWORD.format(name))
        self.press("Sign in")

    def fits(self) -> bool:
        """Whether nothing is wider than the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _told(self, message: ConsoleMessage) -> None:
        # A page that says what was refused has a status of 4xx, which Chromium notes as an error of the network.
        refused = message.text.startswith("Failed to load") and message.location.get("url") == self.page.url
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("shop")
    settings, database = _build(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "flows.cli", "desk", "--port", str(port)]
    with (folder / "desk.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process, folder / "desk.log")
            yield Desk(f"http://127.0.0.1:{port}", folder, settings, database)
        finally:
            process.terminate()
            process.wait(30)
            database.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, desk: Desk) -> Iterator[Callable[..., Visitor]]:
    """Makes a visitor with a browser of their own; at the end no browser may have complained."""
    made: list[Visitor] = []

    def make(lang: str, width: int = 1280, dark: bool = False) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="ja-JP" if lang == "ja" else "en-GB",
            color_scheme="dark" if dark else "light",
        )
        page = context.new_page()
        visitor = Visitor(page, desk, Language.of(lang, desk.settings.zone), [])
        page.on("console", visitor._told)
        page.on("pageerror", lambda error: visitor.complaints.append(f"{page.url}: {error}"))
        made.append(visitor)
        return visitor

    yield make
    for one in made:
        one.page.context.close()
    assert [told for one in made for told in one.complaints] == []


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer in a minute")


def _build(folder: Path) -> tuple[Settings, Database]:
    (folder / "koe.yaml").write_text(CONFIG, "utf-8")
    settings = load_settings(folder / "koe.yaml")
    database = open_database(f"sqlite:///{folder / 'koe.sqlite'}")
    database.migrate()
    now = datetime.now(UTC).replace(microsecond=0)
    with database.work() as work:
        for role in Role:
            _add_person(work, settings, role.value, role)
        said = [_feedback(number, now, *one[:5]) for number, one in enumerate(_SAID, start=1)]
        work.feedback.upsert(said, now)
        readings = zip(said, _SAID, strict=True)
        work.analyses.save([(one.text_hash, _analysis(one, *told[5:])) for one, told in readings])
        _tickets(work, settings, said, now)
        issue = work.issues.create(
            "SPK-10", Label("充電中に音が出ない", "silent while charging"), now, np.ones(4, np.float32), now
        )
        spans = [(Span(f"shop:{number}", 1, "text", 0, 5), 0.9) for number in (1, 2, 3)]
        work.issues.add_members(issue.id, spans, now)
        work.commit()
    return settings, database


def _add_person(work: Work, settings: Settings, name: str, role: Role, in_queues: Sequence[str] = ()) -> None:
    now = datetime.now(UTC)
    accounts.add(work, settings, name, accounts.Changes(role=role, queues=in_queues), "test", now)
    accounts.set_password(work, _QUICK, name, PASSWORD.format(name), "test", now)


def _tickets(work: Work, settings: Settings, said: Sequence[Feedback], now: datetime) -> None:
    cases, opened = [], now - timedelta(days=1)
    for place, feedback in enumerate(said):  # the first two are late
        priority = Priority.URGENT if "煙" in (feedback.text or "") else list(Priority)[1 + place % 3]
        cases.append(_ticket(work, feedback, _QUIET_QUEUES[place % 3], priority, opened, place - 2))
    waiting, answered, resolved, closed = cases[1], cases[4], cases[2], cases[6]
    for case in (answered, resolved):
        text = "Thank you for asking." if case == answered else "ご不便をおかけし、申し訳ございません。"
        queues.reply(work, settings, case, text, "agent", now - timedelta(hours=3))
    queues.wait(work, settings, waiting, "lead", now - timedelta(hours=2), "asked for a photo")
    queues.resolve(work, resolved, "agent", now - timedelta(hours=1), "sent another cable")
    queues.close(work, closed, "lead", now - timedelta(hours=1))
    queues.claim(work, settings, cases[5], "agent", now)


def _ticket(work: Work, feedback: Feedback, queue: str, priority: Priority, opened: datetime, hours: float = 8) -> str:
    routing = Routing(queue, priority, needs_response=True, rule="complaint", reasons=(_REASON,))
    due = opened + timedelta(days=1, hours=hours)
    return work.tickets.create(feedback.key, routing, due, opened, feedback.lang).id


def _feedback(number: object, now: datetime, lang: str, product: str, stars: float, title: str, text: str) -> Feedback:
    return Feedback(
        source="shop",
        external_id=str(number),
        channel=Channel.REVIEW,
        created_at=now - timedelta(days=7 * int(number) if isinstance(number, int) else 1),
        product_id=product,
        rating=stars,
        title=title or None,
        text=text,
        lang=lang,
        author="mia" if lang == "en" else "みどり",
        customer_id="C-1" if lang == "ja" else None,
        attributes={"colour": "red"} if lang == "en" else {"色": "赤"},
    )


def _analysis(feedback: Feedback, words: str, kind: str) -> Analysis:
    text = feedback.text or ""
    start = text.index(words)
    good = {"praise": Polarity.POSITIVE, "question": Polarity.NEUTRAL}.get(kind, Polarity.NEGATIVE)
    mood = {Polarity.POSITIVE: Sentiment.POSITIVE, Polarity.NEUTRAL: Sentiment.NEUTRAL}.get(good, Sentiment.NEGATIVE)
    intent = {"praise": Intent.PRAISE, "question": Intent.QUESTION}.get(kind, Intent.COMPLAINT)
    return Analysis(
        model=MODEL,
        lang=feedback.lang or "ja",
        sentiment=SentimentReading(mood, 0.0, {label: float(label is mood) for label in Sentiment}),
        intents={intent: 0.9},
        safety=kind == "safety",
        safety_score=0.9 if kind == "safety" else 0.05,
        triggers=(TriggerPhrase("text", start, start + len(words), words, kind, good, 0.9),),
        segments=(),
        embedding=np.zeros(4, np.float32),
    )
