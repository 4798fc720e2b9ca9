"""The Prefect flow ``ingest``: the files of all sources into the store, refused rows into the quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from flows.retrying import passing_trouble
from flows.steps import ingest as steps
from flows.wiring import Wiring

if TYPE_CHECKING:
    from storage.ingest import IngestCounts


@task(retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=passing_trouble)
def ingest_source(config: str | None, source: str) -> IngestCounts:
    """Take in one source; the same files again change nothing."""
    wiring = Wiring.from_config(config)
    wiring.database.migrate()
    return steps.ingest(wiring, [source])[source]


@flow(name="ingest")
def ingest(config: str | None = None) -> int:
    """Take in all sources; completes also when rows were refused, with a warning artifact. Returns the rows refused."""
    sources = Wiring.from_config(config).settings.sources
    counts = {source: ingest_source(config, source) for source in sources}
    refused = sum(one.refused for one in counts.values())
    if refused:
        lines = [f"| {name} | {one.rows} | {one.refused} |" for name, one in counts.items() if one.refused]
        table = "\n".join(["| source | rows | refused |", "| --- | --- | --- |", *lines])
        create_markdown_artifact(
            f"**{refused} rows were refused.** `koe quarantine list` says why.\n\n{table}",
            key="refused-rows",
            description="Warning: rows in quarantine",
        )
    return refused
