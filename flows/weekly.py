"""The Prefect flow ``weekly``: the whole week, from the sources to the defect report and the queues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.analyse import analyse
from flows.discover import discover
from flows.ingest import ingest
from flows.retrying import passing_trouble
from flows.route import route
from flows.steps import report as steps
from flows.steps.notify import notify, place_of
from flows.wiring import Wiring
from koe.week import Week

if TYPE_CHECKING:
    from reports.report import Report


@flow(name="weekly")
def weekly(config: str | None = None, week: str | None = None) -> list[str]:
    """Ingest, analyse, discover, route, report, notify; returns the report's paths.

    ``week``: default the last complete one.
    """
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
    """Keep the week's alerts, write the report, tell the targets of koe.yaml, and show it as Prefect artifacts."""
    wiring = Wiring.from_config(config)
    built = steps.build(wiring, Week.parse(week))
    paths = steps.write(built, wiring.output, langs=wiring.settings.languages)
    for one in notify(wiring, built, paths):
        if one.reason:
            get_run_logger().warning("%s did not get the report: %s", one.target, one.reason)
    show(wiring, built, paths)
    return [str(path) for path in paths]


def show(wiring: Wiring, built: Report, paths: list[Path]) -> None:
    """The week on one screen, a table of its issues, and a link to the page, in the first language of koe.yaml."""
    from reports.render.summary import summary
    from reports.tables import tables
    from reports.wording import Wording

    lang = wiring.settings.languages[0]
    place = place_of(wiring, paths, lang)
    told = f"Defect report {built.week}"
    create_markdown_artifact(summary(built, lang, place), key="weekly-report", description=told)
    issues = tables(built, lang)[Wording.of(lang, built.timezone)("issue")]
    rows = [{str(head): cell for head, cell in row.items()} for row in issues.to_dict("records")]
    create_table_artifact(rows, key="weekly-issues", description=f"Issues of {built.week}")
    link = place if wiring.settings.output_url else Path(place).resolve().as_uri()
    create_link_artifact(link, link_text=told, key="weekly-page", description=told)
