"""The step ``analyse``: the model reads every text that it has not read yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.wiring import Wiring

#: Texts read by the model between two commits: what a killed run has to read again at most.
BATCH = 512


@dataclass(frozen=True, slots=True)
class AnalyseCounts:
    """How many distinct texts the model read in this run."""

    texts: int


def analyse(
    wiring: Wiring,
    until: datetime | None = None,
    progress: Callable[[int], None] | None = None,
    batch: int = BATCH,
) -> AnalyseCounts:
    """Read every text that has no Analysis under the current model, in batches that are stored as they are read."""
    model = wiring.analyser
    done = 0
    while True:
        with wiring.database.work() as work:
            pending = work.analyses.pending(model.version, batch, until)
        if not pending:
            return AnalyseCounts(done)
        hashes = [text_hash for text_hash, _ in pending]
        told = None if progress is None else partial(_tell, progress, done)
        read = [(hashes[index], analysis) for index, analysis in model.analyse([doc for _, doc in pending], told)]
        with wiring.database.work() as work:
            work.analyses.save(read)
            work.commit()
        done += len(read)


def _tell(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)
