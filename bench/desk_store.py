"""A desk with very many tickets: half a year of them, most done, in bulk; the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, create_engine, insert
from sqlalchemy.engine import make_url

from desk.accounts import token_hash
from koe.account import Account, Role
from koe.analysis import Analysis, Segment, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.taxonomy import Intent, Polarity, Sentiment
from koe.ticket import Priority
from storage.database import Database, open_database
from storage.models import CounterRow, OutboxRow, ReplyRow, TicketEventRow, TicketRow
from storage.statements import batched
from storage.work import Work

PRODUCTS = [f"PRD-{number:02}" for number in range(40)]
QUEUES = {"support": 60, "questions": 15, "social": 12, "moderation": 8, "escalations": 3, "safety": 2}
_MODEL = "hand-made-1"
_ISSUES, _MEMBERS = 120, 20_000
_TEXTS, _WIDTH = 4_000, 384  # koe reads equal texts once
_BATCH = 10_000
_SPAN = timedelta(weeks=26)
_WORDS = {
    "ja": (
        (
            "充電中に",
            "箱から出してすぐ",
            "一週間使ったら",
            "妻が触ると",
            "寒い朝だけ",
            "アプリを更新してから",
            "旅先で",
        ),
        (
            "音が出ない",
            "ボタンが効かない",
            "電源が落ちる",
            "蓋が割れた",
            "画面が真っ暗になる",
            "異音がする",
            "動かない",
        ),
        ("です。", "ので困っています。", "。交換できますか？", "。説明書も見ました。", "。前の製品は平気でした。"),
    ),
    "en": (
        ("While charging ", "Out of the box ", "After a week ", "On cold mornings ", "Since the update "),
        ("there is no sound", "the button sticks", "it turns itself off", "the lid cracked", "the screen stays black"),
        (".", ", please help.", ". Can I swap it?", ". I read the manual too.", ". The old one was fine."),
    ),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made, and the sessions of the people who work there."""

    tickets: int
    ongoing: int
    events: int
    replies: int
    tokens: list[str]


def fill(url: str, count: int, people: int, seed: int = 7) -> Filled:
    """Fill an empty database; it has ``people`` agents who are signed in."""
    rng, now = random.Random(seed), datetime.now(UTC).replace(microsecond=0)
    database = open_database(url)
    database.migrate()
    texts = [_text(rng) for _ in range(_TEXTS)]
    said = [_feedback(rng, number, texts, now) for number in range(1, count + 1)]
    _store_feedback(database, rng, said, now)
    with database.work() as work:
        tokens = [_sign_in(work, number, now) for number in range(people)]
        work.commit()
    database.close()
    with _connect(url) as connection:
        ongoing, events, replies = _store_tickets(connection, rng, said, now, people)
        connection.exec_driver_sql("ANALYZE")  # what PostgreSQL does by itself a minute later
        connection.commit()
    return Filled(count, ongoing, events, replies, tokens)


def _connect(url: str) -> Connection:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed).connect()


def _text(rng: random.Random) -> tuple[str, str]:
    lang = rng.choice(("ja", "ja", "en"))
    return lang, " ".join("".join(rng.choice(part) for part in _WORDS[lang]) for _ in range(rng.randint(1, 4)))


def _feedback(rng: random.Random, number: int, texts: list[tuple[str, str]], now: datetime) -> Feedback:
    lang, text = rng.choice(texts)
    person = rng.randrange(30_000)  # some write again
    return Feedback(
        source="shop",
        external_id=f"r{number}",
        channel=rng.choice(list(Channel)),
        created_at=now - timedelta(days=3) - _SPAN * rng.random(),
        product_id=rng.choice(PRODUCTS),
        rating=float(rng.randint(1, 5)),
        text=text,
        lang=lang,
        author=f"author{person}",
        customer_id=f"C{person}" if person % 2 else None,
    )


def _store_feedback(database: Database, rng: random.Random, said: list[Feedback], now: datetime) -> None:
    read: set[str] = set()
    for part in batched(said, _BATCH):
        with database.work() as work:
            work.feedback.upsert(part, now)
            new = {one.text_hash: one for one in part if one.text_hash not in read}
            work.analyses.save([(digest, _analysis(rng, one)) for digest, one in new.items()])
            read |= new.keys()
            work.commit()
    about: dict[str | None, list[Feedback]] = {product: [] for product in PRODUCTS}
    for one in said:
        about[one.product_id].append(one)
    sizes = [1 / rank for rank in range(1, _ISSUES + 1)]
    with database.work() as work:
        for rank, size in enumerate(sizes):
            product = PRODUCTS[rank % len(PRODUCTS)]
            label = Label(f"不具合その{rank + 1}", f"fault number {rank + 1}")
            issue = work.issues.create(product, label, now - _SPAN, np.ones(4, np.float32), now)
            several = rng.sample(about[product], min(len(about[product]), round(_MEMBERS * size / sum(sizes))))
            work.issues.add_members(issue.id, [(Span(one.key, 1, "text", 0, 8), 0.9) for one in several], now)
        work.commit()


def _sign_in(work: Work, number: int, now: datetime) -> str:
    name, token = f"agent{number}", f"token-of-agent-{number}"
    work.accounts.add(Account(name, Role.AGENT, now, queues=list(QUEUES)[: 2 + number % 5]))
    work.sign_ins.begin_session(token_hash(token), name, now, now + timedelta(days=1))
    return token


def _store_tickets(
    connection: Connection, rng: random.Random, said: list[Feedback], now: datetime, people: int
) -> tuple[int, int, int]:
    ongoing = events = replies = 0
    for numbered in batched(enumerate(said, start=1), _BATCH):
        rows: dict[Table, list[dict[str, Any]]] = {
            table.table(): [] for table in (TicketRow, TicketEventRow, ReplyRow, OutboxRow)
        }
        for number, feedback in numbered:
            ticket = _ticket(rng, number, feedback, now, people)
            told = list(_story(ticket, feedback.created_at, now))
            ongoing += ticket["state"] not in ("resolved", "closed")
            rows[TicketRow.table()].append(ticket)
            rows[TicketEventRow.table()] += told
            if any(event["kind"] == "reply" for event in told):
                rows[ReplyRow.table()].append(_reply(ticket, feedback.created_at))
                rows[OutboxRow.table()].append(_sent(number, feedback.created_at))
        for table, values in rows.items():
            connection.execute(insert(table), values)
        events += len(rows[TicketEventRow.table()])
        replies += len(rows[ReplyRow.table()])
    connection.execute(insert(CounterRow.table()).values(name="ticket", value=len(said)))
    return ongoing, events, replies


def _ticket(rng: random.Random, number: int, feedback: Feedback, now: datetime, people: int) -> dict[str, Any]:
    priority = rng.choices(list(Priority), (2, 13, 60, 25))[0]
    states = ("open", "claimed", "waiting", "replied", "resolved", "closed")
    state = rng.choices(states, (6, 1, 2, 3, 60, 28))[0]
    return {
        "number": number,
        "feedback": feedback.key,
        "lang": feedback.lang,
        "queue": rng.choices(list(QUEUES), list(QUEUES.values()))[0],
        "priority": priority.value,
        "rank": priority.rank,
        "state": state,
        "needs_response": priority is not Priority.LOW,
        "rule": "complaint",
        "reasons": ["A complaint that someone can act on"],
        "due_at": feedback.created_at + timedelta(hours=48 if state in ("resolved", "closed") else 24 * 200),
        "created_at": feedback.created_at,
        "assignee": None if state == "open" else f"agent{rng.randrange(people)}",
        "claimed_until": now + timedelta(hours=4) if state == "claimed" else None,
    }


def _story(ticket: dict[str, Any], start: datetime, now: datetime) -> Iterator[dict[str, Any]]:
    """What happened to a ticket until it came into its state."""
    ways = {
        "open": (),
        "claimed": ("claimed",),
        "waiting": ("claimed", "reply", "waiting"),
        "replied": ("claimed", "reply"),
        "resolved": ("claimed", "reply", "resolved"),
        "closed": ("claimed", "closed"),
    }
    for place, kind in enumerate(("created", *ways[ticket["state"]])):
        yield {
            "ticket": ticket["number"],
            "at": start + timedelta(hours=3 * place),
            "kind": kind,
            "by": ticket["assignee"] if place else "koe",
            "state": {"created": "open", "reply": "replied"}.get(kind, kind),
            "queue": ticket["queue"],
            "priority": ticket["priority"],
            "note": "",
        }


def _reply(ticket: dict[str, Any], start: datetime) -> dict[str, Any]:
    text_of = {"ja": "ご不便をおかけし、申し訳ございません。", "en": "We are sorry for the trouble."}[ticket["lang"]]
    at = start + timedelta(hours=6)
    return {"id": ticket["number"], "ticket": ticket["number"], "text": text_of, "by": ticket["assignee"], "at": at}


def _sent(number: int, start: datetime) -> dict[str, Any]:
    at = start + timedelta(hours=6)
    return {
        "key": f"key-{number}",
        "reply": number,
        "ticket": number,
        "target": "file",
        "state": "delivered",
        "attempts": 1,
        "failures": 0,
        "next_try_at": at,
        "created_at": at,
    }


def _analysis(rng: random.Random, feedback: Feedback) -> Analysis:
    said = feedback.text or ""
    vector = np.array([rng.gauss(0, 1) for _ in range(_WIDTH)], np.float32)
    bad = feedback.rating is not None and feedback.rating < 4
    mood = Sentiment.NEGATIVE if bad else Sentiment.NEUTRAL
    kind, way = ("defect", Polarity.NEGATIVE) if bad else ("question", Polarity.NEUTRAL)
    return Analysis(
        model=_MODEL,
        lang=feedback.lang or "ja",
        sentiment=SentimentReading(mood, 0.0, {label: float(label is mood) for label in Sentiment}),
        intents={Intent.COMPLAINT if bad else Intent.QUESTION: 0.9},
        safety=False,
        safety_score=0.02,
        triggers=(TriggerPhrase("text", 0, 8, said[:8], kind, way, 0.9),),
        segments=(Segment("text", 0, len(said), 0.9 if bad else 0.1, vector),),
        embedding=vector,
    )
