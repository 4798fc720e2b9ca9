"""Which posts take part, and that an airline's issues stay its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import tweets
from bench.groupings import Grouped

ROWS = """tweet_id,airline,negativereason,negativereason_confidence,text
1,United,Late Flight,1.0,late again
2,United,Late Flight,0.6,late perhaps
3,Delta,Can't Tell,1.0,awful
4,Delta,,,thanks
5,Delta,Lost Luggage,0.65,no bag
"""


def test_posts_with_a_sure_reason_take_part(tmp_path: Path) -> None:
    file = tmp_path / "Tweets.csv"
    file.write_text(ROWS, "utf-8")
    assert [row["tweet_id"] for row in tweets.labelled(file)] == ["1", "5"]


def test_an_issue_belongs_to_one_airline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tweets, "koe_groups", lambda grouped, settings: ["ISSUE-0001"] * (len(grouped.texts) - 1) + ["alone 9"]
    )
    every = Grouped(["a", "b", "c", "d"], [None] * 4, [None] * 4)  # type: ignore[list-item]
    told = tweets.by_airline(every, ["United", "Delta", "United", "Delta"])
    assert told == ["United ISSUE-0001", "Delta ISSUE-0001", "alone 2", "alone 3"]
