"""The Prefect flow ``route``: feedback that needs somebody becomes a ticket in a queue."""

from __future__ import annotations

from prefect import flow, task

from flows.retrying import passing_trouble
from flows.steps import route as steps
from flows.wiring import Wiring


@task(retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=passing_trouble)
def fill_queues(config: str | None, week: str | None) -> int:
    """Route in one unit of work; returns the number of tickets made."""
    wiring = Wiring.from_config(config)
    return steps.route(wiring, wiring.end_of(week)).tickets


@flow(name="route")
def route(config: str | None = None, week: str | None = None) -> int:
    """Route what has not been routed; returns the number of tickets made."""
    return fill_queues(config, week)
