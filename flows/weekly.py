"""The Prefect flow ``weekly``: the whole week, from the sources to the defect report and the queues."""

from __future__ import annotations

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from flows.analyse import analyse
from flows.discover import discover
from flows.ingest import ingest
from flows.retrying import passing_trouble
from flows.route import route
from flows.steps import report as steps
from flows.wiring import Wiring
from koe.week import Week


@flow(name="weekly")
def weekly(config: str | None = None, week: str | None = None) -> list[str]:
    """Ingest, analyse, discover, route, report; returns the report's paths. ``week``: default the last complete one."""
    week = week or last_complete_week(config)
    ingest(config)
    analyse(config, week)
    discover(config, week)
    route(config, week)
    return report(config, week)


def last_complete_week(config: str | None) -> str:
    """The last week that has ended in the configured time zone."""
    wiring = Wiring.from_config(config)
    return str(Week.last_complete(wiring.clock(), wiring.settings.zone))


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=passing_trouble)
def report(config: str | None, week: str) -> list[str]:
    """Keep the week's alerts, write the report, and show its first screen as a Prefect artifact."""
    wiring = Wiring.from_config(config)
    built = steps.build(wiring, Week.parse(week))
    paths = steps.write(built, wiring.output, langs=wiring.settings.languages)
    summary = next(path for path in paths if path.suffix == ".md")
    create_markdown_artifact(summary.read_text("utf-8"), key="weekly-report", description=f"Defect report {week}")
    return [str(path) for path in paths]
