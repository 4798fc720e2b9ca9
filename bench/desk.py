"""The desk under load: 100,000 tickets and 50 people who open lists and tickets, against `koe desk` in its own process.

Every simulated person opens a list (with a filter, a word or a further page), opens some of the tickets in it, and
thinks in between. Twice: with as much thinking as makes 20 requests a second together, and with none.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from uuid import uuid4

from bench.desk_store import PRODUCTS, QUEUES, Filled, fill

if TYPE_CHECKING:
    import httpx

PEOPLE = 50
REQUESTS_PER_SECOND = 20
_WORDS = ["充電中", "音が出ない", "sound", "交換", "mornings", "author123"]


@dataclass
class Taken:
    """How long pages of each kind took, in seconds, and what was answered with something else than a page."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    last: float = 0.0

    def figures(self, begin: float) -> dict[str, object]:
        """Pages a second up to the last one, and the median and the 95th percentile of each kind in milliseconds."""
        count = sum(map(len, self.seconds.values()))
        kinds = {
            kind: {"pages": len(some), "median_ms": round(median(some) * 1e3), "p95_ms": round(_p95(some) * 1e3)}
            for kind, some in sorted(self.seconds.items())
        }
        return {"pages_per_second": round(count / (self.last - begin), 1), "failed": self.failed, "kinds": kinds}


def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, load, print."""
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder), arguments.sqlite) as (kind, url):
        start = time.perf_counter()
        filled = fill(url, arguments.tickets, PEOPLE)
        made = time.perf_counter() - start
        with _served(Path(folder), url) as address:
            asyncio.run(_load(address, filled, think=1, seconds=5))  # warm
            at_rate = asyncio.run(_load(address, filled, think=PEOPLE / REQUESTS_PER_SECOND, seconds=arguments.seconds))
            figures = _figures(address, filled)
            saturated = asyncio.run(_load(address, filled, think=0, seconds=arguments.seconds))
    found = {
        "database": kind,
        "tickets": filled.tickets,
        "to_be_done": filled.ongoing,
        "events": filled.events,
        "replies": filled.replies,
        "people": PEOPLE,
        "seconds_to_fill": round(made, 1),
        "at_rate": at_rate,
        "saturated": saturated,
        "figures_page_seconds": figures,
    }
    print(json.dumps(found, ensure_ascii=False))
    print(as_markdown(found))


def as_markdown(found: dict[str, object]) -> str:
    """The figures as a table: a line for each kind of page."""
    lines = [
        f"{found['tickets']:,} tickets ({found['to_be_done']:,} to be done) in {found['database']}, "
        f"{found['people']} people at once.",
        "",
        "| load | pages a second | page | median | 95th percentile |",
        "|---|--:|---|--:|--:|",
    ]
    for name, title in (("at_rate", f"{REQUESTS_PER_SECOND} requests a second"), ("saturated", "no thinking")):
        load = found[name]
        assert isinstance(load, dict)
        for kind, one in load["kinds"].items():
            lines.append(
                f"| {title} | {load['pages_per_second']} | {kind} | {one['median_ms']} ms | {one['p95_ms']} ms |"
            )
    lines += ["", f"The page of figures over 8 weeks, alone: {found['figures_page_seconds']} s."]
    return "\n".join(lines)


def _figures(address: str, filled: Filled) -> float:
    """Seconds that the page of figures takes with nothing else to do: it goes through all tickets of 8 weeks."""
    import httpx

    begin = time.perf_counter()
    httpx.get(f"{address}/figures", cookies={"koe_session": filled.tokens[4]}, timeout=300).raise_for_status()
    return round(time.perf_counter() - begin, 1)


async def _load(address: str, filled: Filled, think: float, seconds: float) -> dict[str, object]:
    import httpx

    taken = Taken()
    limits = httpx.Limits(max_connections=PEOPLE, max_keepalive_connections=PEOPLE)
    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:
        begin = time.perf_counter()
        people = [_Person(client, number, token, taken, think) for number, token in enumerate(filled.tokens)]
        await asyncio.gather(*(one.work(begin + seconds) for one in people))
        return taken.figures(begin)


class _Person:
    def __init__(self, client: httpx.AsyncClient, number: int, token: str, taken: Taken, think: float) -> None:
        self._client, self._taken, self._mean = client, taken, think
        self._cookie = {"cookie": f"koe_session={token}"}
        self._rng = random.Random(number)
        self._queues = list(QUEUES)[: 2 + number % 5]

    async def work(self, end: float) -> None:
        """Open lists and tickets until a moment of the clock."""
        await asyncio.sleep(self._rng.random() * self._mean)
        while time.perf_counter() < end:
            text = await self._open(*_list(self._rng, self._queues))
            found = re.findall(r'href="(/tickets/CASE-\d+)" data-row', text)
            for case in self._rng.sample(found, min(len(found), self._rng.randint(1, 2))):
                await self._think()
                if time.perf_counter() >= end:
                    return
                await self._open("ticket", case)
            await self._think()

    async def _think(self) -> None:
        await asyncio.sleep(self._rng.expovariate(1 / self._mean) if self._mean else 0)

    async def _open(self, kind: str, path: str) -> str:
        begin = time.perf_counter()
        answer = await self._client.get(path, headers=self._cookie)
        if answer.status_code != 200:
            self._taken.failed += 1
            return ""
        self._taken.last = time.perf_counter()
        self._taken.seconds.setdefault(kind, []).append(self._taken.last - begin)
        return answer.text


def _list(rng: random.Random, own: list[str]) -> tuple[str, str]:
    """A list that somebody opens: its kind and its address."""
    chance = rng.random()
    if chance < 0.1:
        return "queues", "/"
    if chance < 0.2:
        return "search", f"/tickets?text={rng.choice(_WORDS)}&state=all"
    wishes = {
        "queue": rng.choice(["", *own]),
        "state": rng.choice(["", "", "", "waiting", "resolved", "all"]),
        "priority": rng.choice(["", "", "high"]),
        "product": rng.choice(["", "", "", rng.choice(PRODUCTS)]),
        "at": str(rng.choice([1, 1, 1, 2, 5])),
    }
    return "list", "/tickets?" + "&".join(f"{name}={value}" for name, value in wishes.items() if value)


@contextmanager
def _database(folder: Path, sqlite: bool) -> Iterator[tuple[str, str]]:
    server = os.environ.get("KOE_TEST_POSTGRES_URL")
    if sqlite or not server:
        if not sqlite:
            print("for PostgreSQL: scripts/with-postgres .venv/bin/python -m bench desk", file=sys.stderr)
        yield "SQLite", f"sqlite:///{folder / 'koe.sqlite'}"
        return
    import psycopg

    schema = f"koe_bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield "PostgreSQL", f"{server}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def _served(folder: Path, url: str) -> Iterator[str]:
    """`koe desk` over a database; its address."""
    import httpx

    (folder / "koe.yaml").write_text(f"database: {json.dumps(url)}\n", "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "flows.cli", "--config", str(folder / "koe.yaml"), "desk", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(f"{address}/healthz").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _p95(some: list[float]) -> float:
    return quantiles(some, n=20, method="inclusive")[-1] if len(some) > 1 else some[0]
