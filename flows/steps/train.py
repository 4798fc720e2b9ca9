"""The step ``train``: the company's own rated feedback and corrections make the model fit its customers better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koe.analysis import Document
from koe.errors import UsageError
from koe.feedback import Feedback
from koe.issue import LedgerKind

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.settings import SourceSettings
    from nlp.training.adapt import Adaptation, RatedText
    from nlp.training.examples import Example
    from nlp.training.fit import Progress

#: What people do to an issue by which they say that its members belong together.
_CONFIRMED = {LedgerKind.MERGED, LedgerKind.SPLIT, LedgerKind.MOVED, LedgerKind.RENAMED, LedgerKind.FIXED}


def rated_in_store(wiring: Wiring) -> list[RatedText]:
    """The feedback in the store that has stars and words, and was neither paid for nor copied."""
    with wiring.database.work() as work:
        copies = work.feedback.copies()
        seen = [stored.feedback for stored in work.feedback.seen(wiring.clock())]
    return list(_rated(one for one in seen if one.counted and one.key not in copies))


def rated_in_file(wiring: Wiring, file: Path, source: SourceSettings) -> list[RatedText]:
    """The rows of a file that have stars and words.

    Raises:
        InputError: when the file cannot be read.
        UsageError: when no row has both.
    """
    from storage.sources.read import read_rows

    settings = wiring.settings
    rows = read_rows(file, source, file.stem, settings.zone, wiring.clock(), settings.max_row_bytes)
    rated = list(_rated(row for row in rows if isinstance(row, Feedback) and row.counted))
    if not rated:
        raise UsageError(
            f"{file}: no row has a rating from 1 to 5 and a text; name the columns with "
            "--map rating=COLUMN --map text=COLUMN"
        )
    return rated


def corrections_in_store(wiring: Wiring) -> list[Example]:
    """What people corrected, as examples: members of issues they put together say the same thing, those of issues
    they dismissed do not complain.
    """
    from nlp.training.examples import Example, Statement

    said: defaultdict[str, list[Statement]] = defaultdict(list)
    with wiring.database.work() as work:
        touched: defaultdict[str, set[LedgerKind]] = defaultdict(set)
        for stored in work.issues.ledger():
            if stored.event.issue and stored.event.by != "koe":
                touched[stored.event.issue].add(stored.event.kind)
        issues = {stored.id: stored.issue for stored in work.issues.all() if stored.id in touched}
        for member in work.issues.members():
            issue, span = issues.get(member.issue), member.span
            if issue is None or span.field != "text":
                continue
            if issue.dismissed:
                said[span.feedback].append(Statement(span.start, span.end, 0.0))
            elif touched[member.issue] & _CONFIRMED:
                said[span.feedback].append(Statement(span.start, span.end, 1.0, member.issue))
        held = work.feedback.load(said)
    return [
        Example(
            "corrections",
            held[key].feedback.text or "",
            held[key].feedback.lang or "",
            statements=tuple(statements),
            topic=f"product {held[key].feedback.product_id}",
        )
        for key, statements in sorted(said.items())
        if key in held
    ]


def train(
    wiring: Wiring,
    rated: list[RatedText],
    out: Path,
    *,
    corrections: Sequence[Example] = (),
    held_back: float = 0.2,
    whole: bool | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Adaptation:
    """Adapt the model in use to rated texts and corrections, into a folder; see :func:`nlp.training.adapt.adapt`."""
    from nlp.training.adapt import adapt

    return adapt(wiring.model_folder, rated, out, corrections=corrections, held_back=held_back, whole=whole, tell=tell)


def _rated(feedback: Iterable[Feedback]) -> Iterator[RatedText]:
    from nlp.training.adapt import RatedText

    for one in feedback:
        if one.rating is not None and ((one.text or "").strip() or (one.title or "").strip()):
            yield RatedText(Document(one.text or "", one.title or "", one.lang), float(one.rating))
