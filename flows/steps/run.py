"""The whole week in order, in one process and without a server: what ``koe run`` and ``koe demo`` do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flows.steps import report as reporting
from flows.steps.analyse import AnalyseCounts, analyse
from flows.steps.discover import DiscoverCounts, discover
from flows.steps.ingest import ingest
from flows.steps.notify import Notified, notify
from flows.steps.route import route
from koe.week import Week

if TYPE_CHECKING:
    from desk.route_step import RouteCounts
    from flows.wiring import Wiring
    from storage.ingest import IngestCounts


class ProgressFactory(Protocol):
    """Opens a progress display: a label, the total where known; gives a function that takes the number done so far."""

    def __call__(self, what: str, total: int | None = None) -> AbstractContextManager[Callable[[int], None]]:
        """Open the display."""


@contextmanager
def silent(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress display that shows nothing."""
    yield lambda done: None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did, step by step."""

    week: Week
    ingested: dict[str, IngestCounts]
    analysed: AnalyseCounts
    discovered: DiscoverCounts
    routed: RouteCounts
    reports: tuple[Path, ...]
    notified: tuple[Notified, ...] = ()

    @property
    def refused(self) -> int:
        """Rows of the input that went to Quarantine."""
        return sum(counts.refused for counts in self.ingested.values())


def run(wiring: Wiring, progress: ProgressFactory, week: Week | None = None) -> RunResult:
    """Ingest, analyse, discover, detect, route, report and notify of a week (default: the last complete one)."""
    week = week or Week.last_complete(wiring.clock(), wiring.settings.zone)
    until = week.end(wiring.settings.zone)
    wiring.database.migrate()
    with progress("ingest") as advance:
        ingested = ingest(wiring, progress=advance)
    with wiring.database.work() as work:
        pending = work.analyses.count_pending(wiring.model_version, until)
    with progress("analyse", pending) as advance:
        analysed = analyse(wiring, until, advance)
    discovered = discover(wiring, until)
    report = reporting.build(wiring, week)
    routed = route(wiring, until)
    paths = reporting.write(report, wiring.output, langs=wiring.settings.languages)
    notified = notify(wiring, report, paths)
    return RunResult(week, ingested, analysed, discovered, routed, tuple(paths), tuple(notified))
