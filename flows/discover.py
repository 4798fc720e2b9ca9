"""The Prefect flow ``discover``: complaint segments become members of known or new issues."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task

from flows.retrying import passing_trouble
from flows.steps import discover as steps
from flows.wiring import Wiring
from koe.week import Week


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=passing_trouble)
def group_complaints(config: str | None, week: str | None) -> steps.DiscoverCounts:
    """Group in one unit of work: all of it or nothing."""
    wiring = Wiring.from_config(Path(config) if config else None)
    until = Week.parse(week).end(wiring.settings.zone) if week else None
    return steps.discover(wiring, until)


@flow(name="discover")
def discover(config: str | None = None, week: str | None = None) -> int:
    """Group the complaints (of a week and before, where one is given); returns how many issues were born."""
    return group_complaints(config, week).born
