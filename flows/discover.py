"""The Prefect flow ``discover``: complaint segments become members of known or new issues."""

from __future__ import annotations

from prefect import flow, task

from flows.retrying import passing_trouble
from flows.steps import discover as steps
from flows.wiring import Wiring


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=passing_trouble)
def group_complaints(config: str | None, week: str | None) -> steps.DiscoverCounts:
    """Group in one unit of work: all of it or nothing."""
    wiring = Wiring.from_config(config)
    return steps.discover(wiring, wiring.end_of(week))


@flow(name="discover")
def discover(config: str | None = None, week: str | None = None) -> int:
    """Group the complaints (of a week and before, where one is given); returns how many issues were born."""
    return group_complaints(config, week).born
