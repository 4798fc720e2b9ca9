"""The whole pipeline on exports as users have them. ``KOE_REAL_DATA`` names the folder that holds them.

The shipped model reads them; the long run over all airline posts is a benchmark (``python -m bench tweets``).
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from itertools import islice
from pathlib import Path

import pytest

from flows.steps.run import RunResult, run, silent
from flows.wiring import Wiring
from koe.week import Week
from reports.verify import verify

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
REAL = os.environ.get("KOE_REAL_DATA")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(not REAL, reason="KOE_REAL_DATA names no folder with real exports"),
]


def _file(name: str) -> Path:
    assert REAL is not None
    return Path(REAL) / name


def _run(example: str, folder: Path, week: Week) -> tuple[Wiring, RunResult]:
    shutil.copy(EXAMPLES / f"{example}.yaml", folder / "koe.yaml")
    wiring = Wiring.from_config(folder / "koe.yaml")
    return wiring, run(wiring, silent, week)


def _verified(wiring: Wiring, result: RunResult) -> dict[str, object]:
    report: dict[str, object] = json.loads(next(p for p in result.reports if p.suffix == ".json").read_text("utf-8"))
    assert verify(wiring.database, report, wiring.settings) == []
    return report


def test_speaker_reviews_become_issues_and_tickets(tmp_path: Path) -> None:
    shutil.copy(_file("en-alexa/amazon_alexa.tsv"), tmp_path)
    wiring, result = _run("speaker-reviews", tmp_path, Week(2018, 30))
    counts = result.ingested["speaker-reviews"]
    # 3,150 rows without an id: the 714 that repeat are told apart by their number; stars alone are feedback too.
    assert (counts.rows, counts.new, counts.refused) == (3150, 3150, 0)
    assert result.discovered.born >= 1
    assert result.routed.tickets >= 200
    report = _verified(wiring, result)
    assert isinstance(report["totals"], dict)
    assert report["totals"]["complaint_segments"] > 0
    with wiring.database.work(write=False) as work:
        stored = list(work.feedback.seen(Week(2018, 31).end(wiring.settings.zone)))
    assert {"variation"} == {name for one in stored for name in one.feedback.attributes}
    assert sum(one.feedback.text is None for one in stored) == 79


def test_airline_posts_keep_their_offset_and_find_their_queues(tmp_path: Path) -> None:
    with (
        _file("en-airline-tweets/Tweets.csv").open(encoding="utf-8", newline="") as whole,
        (tmp_path / "Tweets.csv").open("w", encoding="utf-8", newline="") as part,
    ):
        csv.writer(part).writerows(islice(csv.reader(whole), 1201))
    wiring, result = _run("airline-tweets", tmp_path, Week(2015, 9))
    counts = result.ingested["tweets"]
    assert counts.rows == 1200
    assert counts.new + counts.edited + counts.unchanged == 1200
    assert counts.refused == 0
    assert result.discovered.born >= 1
    assert result.routed.tickets >= 300
    _verified(wiring, result)


def test_product_questions_wait_for_answers(tmp_path: Path) -> None:
    shutil.copy(_file("en-amazon-pqa/hetPQA_answer_generation_dev.csv"), tmp_path)
    wiring, result = _run("product-questions", tmp_path, Week(2021, 52))
    assert result.ingested["questions"].new == result.ingested["questions"].rows > 390
    with wiring.database.work(write=False) as work:
        tickets = work.tickets.list(limit=1000)
    assert sum(ticket.queue == "questions" for ticket in tickets) >= 350
    _verified(wiring, result)
