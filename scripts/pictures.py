#!/usr/bin/env python3
"""Takes the pictures for docs/images from a demo: .venv/bin/python scripts/pictures.py koe-demo

Needs Chromium on the PATH and the package playwright (the extra "dev"); Japanese needs a font such as Noto Sans CJK.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from desk.accounts import token_hash
from storage.database import open_database

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def main() -> None:
    """Open the report, serve the demo's desk, sign its lead in, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="the folder that `koe demo` built")
    parser.add_argument("--case", default="", help="the case to show (default: the first of the list)")
    parser.add_argument("--issue", default="", help="the issue whose card to show (default: the first)")
    parser.add_argument("--out", type=Path, default=IMAGES)
    arguments = parser.parse_args()
    token = sign_in(arguments.demo)
    with sync_playwright() as playwright, served(arguments.demo) as desk:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, locale, width, height in (("", "en-GB", 1280, 900), ("-phone", "ja-JP", 390, 844)):
            context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
            context.add_cookies([{"name": "koe_session", "value": token, "url": desk}])
            take(context, desk, arguments.out, name, arguments.case)
        page = browser.new_page(viewport={"width": 1100, "height": 760})
        report = max((arguments.demo / "koe-out").glob("koe-*.en.html"))
        page.goto(report.resolve().as_uri())
        page.screenshot(path=arguments.out / "report-top.png")
        card = page.locator("article", has_text=arguments.issue or "ISSUE-").first
        card.screenshot(path=arguments.out / "report-card.png")
        browser.close()


def take(context: BrowserContext, desk: str, out: Path, name: str, case: str) -> None:
    """The list and a case, as far as the screen goes."""
    page = context.new_page()
    page.goto(f"{desk}/tickets")
    page.screenshot(path=out / f"desk-cases{name}.png")
    first = re.search(r"CASE-\d+", page.content())
    page.goto(f"{desk}/tickets/{case or (first[0] if first else '')}")
    page.screenshot(path=out / f"desk-case{name}.png")


@contextmanager
def served(demo: Path) -> Iterator[str]:
    """`koe desk` over the demo; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "flows.cli", "desk", "--port", str(port)]
    process = subprocess.Popen(words, cwd=demo, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def sign_in(demo: Path) -> str:
    """A session of the demo's lead, for an hour."""
    database, token, now = open_database(f"sqlite:///{demo / 'koe.sqlite'}"), "for-the-pictures", datetime.now(UTC)
    with database.work() as work:
        work.sign_ins.end_session(token_hash(token))
        work.sign_ins.begin_session(token_hash(token), "lead", now, now + timedelta(hours=1))
        work.commit()
    database.close()
    return token


def wait_for(url: str) -> None:
    """Wait until the desk answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    main()
