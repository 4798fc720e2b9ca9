"""A small store: two products, sixteen weeks, one rise from one lot, one fault that was fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from koe.analysis import Analysis, Segment, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Disclosure, Feedback, text_hash
from koe.issue import Label, LedgerEvent, LedgerKind, Span
from koe.settings import Settings
from koe.taxonomy import Intent, Polarity, Sentiment
from koe.week import Week
from reports.report import Report
from reports.weekly import build_report
from storage.database import Database, open_database

MODEL = "tiny-1"
LAST = Week(2026, 20)
FIRST = LAST - 15
NOW = datetime(2026, 5, 19, 1, 0, tzinfo=UTC)
ZERO = np.zeros(4, dtype=np.float32)
WIDTH = 4

SILENT = [
    "充電しながらだと音が出なくなります",
    "no sound at all while it is charging",
    "ケーブルを挿すと無音になる",
    "goes silent as soon as I plug it in",
]


def feedback(number: int, week: Week, text: str, **fields: object) -> Feedback:
    """A review on the week's Tuesday at noon in Tokyo."""
    created = datetime.combine(week.monday + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=3)
    values: dict[str, object] = {
        "source": "shop",
        "external_id": f"R{number:04d}",
        "channel": Channel.REVIEW,
        "created_at": created,
        "product_id": "SPK-10",
        "text": text,
        "rating": 4.0,
        "attributes": {"lot": "B-2409"},
        **fields,
    }
    return Feedback(**values)  # type: ignore[arg-type]


def analysis(text: str, title: str = "", *, complaint: float = 0.0, safety: bool = False, lang: str = "ja") -> Analysis:
    """One segment over the whole text; a complaint carries one trigger phrase over its last six characters."""
    end = len(text)
    start = max(0, end - 6)
    kind = "safety" if safety else "defect"
    triggers = (TriggerPhrase("text", start, end, text[start:end], kind, Polarity.NEGATIVE, 0.9),) if complaint else ()
    label = Sentiment.NEGATIVE if complaint else Sentiment.POSITIVE
    return Analysis(
        model=MODEL,
        lang=lang,
        sentiment=SentimentReading(label, -0.5 if complaint else 0.5, {label: 1.0}),
        intents={Intent.COMPLAINT: 0.9} if complaint else {Intent.PRAISE: 0.9},
        safety=safety,
        safety_score=0.97 if safety else 0.01,
        triggers=triggers,
        segments=(Segment("text", 0, end, complaint, ZERO),),
        embedding=ZERO,
    )


class Shop:
    """Collects feedback with its analysis and issue, and stores it all."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.number = 0
        self.members: dict[str, list[tuple[Span, float]]] = {}
        self.rows: list[Feedback] = []
        self.analyses: dict[str, Analysis] = {}
        self.unassigned: list[tuple[Span, str]] = []

    def say(
        self,
        week: Week,
        text: str,
        issue: str | None = None,
        *,
        alone: bool = False,
        safety: bool = False,
        **fields: object,
    ) -> Feedback:
        self.number += 1
        row = feedback(self.number, week, text, **fields)
        lang = "en" if text.isascii() else "ja"
        complaint = 0.9 if issue or alone or safety else 0.0
        self.rows.append(row)
        self.analyses[text_hash(row.title, row.text)] = analysis(text, complaint=complaint, safety=safety, lang=lang)
        span = Span(row.key, 1, "text", 0, len(text))
        if issue:
            self.members.setdefault(issue, []).append((span, 0.8))
        if alone:
            self.unassigned.append((span, "stands alone: nobody else says so"))
        return row

    def store(self, issues: Mapping[str, tuple[str, Label]], at: datetime = NOW) -> None:
        with self.database.work() as work:
            work.feedback.upsert(self.rows, at)
            work.analyses.save(self.analyses.items())
            for name, (product, label) in issues.items():
                created = work.issues.create(product, label, self.rows[0].created_at, ZERO + 0.5, at)
                work.issues.add_members(created.id, self.members.get(name, []), at)
            work.issues.set_unassigned(self.unassigned, at)
            work.commit()


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate(
        {
            "products": {
                "SPK-10": {"name": {"ja": "スピーカー コト", "en": "Koto speaker"}, "owner": "audio"},
                "MIX-5": {"name": {"ja": "ミキサー コネ", "en": "Kone mixer"}, "owner": "kitchen"},
            }
        }
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def empty_shop(database: Database) -> Shop:
    """A store to fill."""
    return Shop(database)


@pytest.fixture
def shop(database: Database) -> Database:
    """The store, filled."""
    fill(database)
    return database


@pytest.fixture
def empty(database: Database) -> Shop:
    """A shop that nobody has said anything about yet."""
    return Shop(database)


def fill(database: Database) -> None:
    """Sixteen weeks with ISSUE-0001 (silent, rising from lot B-2417) and ISSUE-0002 (coupling, fixed)."""
    shop = Shop(database)
    for index in range(16):
        week = FIRST + index
        for number in range(14):
            lot = "B-2417" if number == 0 and index >= 10 else "B-2409"
            shop.say(week, f"とても良い音です{index}-{number}", attributes={"lot": lot}, rating=5.0)
        for number in range(10):
            shop.say(week, f"kneads well {index}-{number}", product_id="MIX-5", attributes={"part": "C1"})
        if index in (3, 8):
            shop.say(week, f"音がたまに出ない{index}", "silent", rating=3.0)
        if index < 8:
            for number in range(3):
                shop.say(week, f"the coupling broke {index}-{number}", "coupling", product_id="MIX-5", rating=2.0)
    for number in range(9):
        shop.say(LAST, f"{SILENT[number % 4]} {number}", "silent", attributes={"lot": "B-2417"}, rating=2.0)
    for number in range(2):
        shop.say(LAST, f"音が出ません。注文番号 88213{number} です", "silent", rating=1.0)
    shop.say(LAST, "staff say it is silent too", "silent", disclosure=Disclosure.STAFF)
    copy = shop.say(LAST, f"{SILENT[0]} 0", "silent", source="other")
    shop.say(LAST, "5 stars, but smoke came out of the base", safety=True, rating=5.0, product_id="MIX-5")
    shop.say(LAST, "the handle squeaks", alone=True, rating=2.0)
    shop.store(
        {
            "silent": ("SPK-10", Label("音が出ない", "goes silent")),
            "coupling": ("MIX-5", Label("カップリングが割れる", "coupling breaks")),
        }
    )
    original = next(row for row in shop.rows if row.text == copy.text)
    with database.work() as work:
        work.feedback.set_copies({copy.key: original.key})
        fixed = LedgerEvent("ISSUE-0002", LedgerKind.FIXED, (FIRST + 9).start(Settings().zone), {}, "ando")
        work.issues.record(fixed)
        work.commit()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def more() -> Feedback:
    """Feedback of the last week that comes in after its report was made."""
    return feedback(9000, LAST, "音が出ない、また", product_id="SPK-10", rating=1.0)


@pytest.fixture
def report_of_last_week(shop: Database, settings: Settings) -> Report:
    with shop.work() as work:
        report = build_report(work, LAST, settings, MODEL, NOW)
        work.commit()
    return report
