"""The Prefect flow ``analyse``: the model reads every text that it has not read yet."""

from __future__ import annotations

from prefect import flow, task

from flows.retrying import passing_trouble
from flows.steps import analyse as steps
from flows.wiring import Wiring


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=passing_trouble)
def read_texts(config: str | None, week: str | None) -> int:
    """Read all pending texts; what was read before a failure stays read, so a retry goes on from there."""
    wiring = Wiring.from_config(config)
    return steps.analyse(wiring, wiring.end_of(week)).texts


@flow(name="analyse")
def analyse(config: str | None = None, week: str | None = None) -> int:
    """Read all pending texts (of a week and before, where one is given); returns how many."""
    return read_texts(config, week)
