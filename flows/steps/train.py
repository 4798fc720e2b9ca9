"""The step ``train``: the company's own rated feedback and corrections make the model fit its customers better."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from koe.analysis import Document
from koe.errors import UsageError
from koe.feedback import Feedback, RefusedRow
from koe.issue import Issue, LedgerEvent, LedgerKind

if TYPE_CHECKING:
    from flows.wiring import Wiring
    from koe.settings import SourceSettings
    from nlp.training.adapt import Adaptation, Start
    from nlp.training.examples import Example
    from nlp.training.fit import Progress
    from nlp.training.rated import RatedText
    from storage.work import Work

#: Where the ledger says which issue somebody put segments into. By a new name or a fix nobody says what belongs to it.
_PUT_INTO = {LedgerKind.MERGED: "into", LedgerKind.SPLIT: "into", LedgerKind.MOVED: "to"}

#: How many reasons of refused rows are told.
_REASONS = 3


@dataclass(frozen=True, slots=True)
class RatedRows:
    """The rows of a file with stars and words; how many were refused, and the first reasons with their places."""

    rated: list[RatedText]
    refused: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """The refused rows in words."""
        more = "; …" if self.refused > len(self.reasons) else ""
        return f"{self.refused} rows refused: {'; '.join(self.reasons)}{more}"


def rated_in_store(wiring: Wiring) -> list[RatedText]:
    """The feedback in the store that has stars and words, and was neither paid for nor copied."""
    with wiring.database.work() as work:
        copies = work.feedback.copies()
        seen = [stored.feedback for stored in work.feedback.seen(wiring.clock())]
    return list(_rated(one for one in seen if one.counted and one.key not in copies))


def rated_in_file(wiring: Wiring, file: Path, source: SourceSettings) -> RatedRows:
    """The rows of a file that have stars and words.

    Raises:
        InputError: when the file cannot be read.
        UsageError: when no row has both.
    """
    from storage.sources.read import read_rows

    settings = wiring.settings
    feedback: list[Feedback] = []
    refused: list[RefusedRow] = []
    for row in read_rows(file, source, file.stem, settings.zone, wiring.clock(), settings.max_row_bytes):
        if isinstance(row, RefusedRow):
            refused.append(row)
        elif row.counted:
            feedback.append(row)
    reasons = tuple(f"{row.position}: {row.reason}" for row in refused[:_REASONS])
    rows = RatedRows(list(_rated(feedback)), len(refused), reasons)
    if not rows.rated:
        raise UsageError(
            f"{file}: no row has a rating from 1 to 5 and a text; name the columns with "
            "--map rating=COLUMN --map text=COLUMN" + (f" ({rows})" if refused else "")
        )
    return rows


def corrections_in_store(wiring: Wiring) -> list[Example]:
    """What people corrected, as examples: members of an issue that they put segments into say the same thing, those of
    issues they dismissed do not complain.
    """
    from nlp.training.examples import Example, Statement

    said: defaultdict[str, list[tuple[int, str, Statement]]] = defaultdict(list)
    with wiring.database.work() as work:
        issues = {stored.id: stored.issue for stored in work.issues.all()}
        confirmed = _confirmed(work, issues)
        for member in work.issues.members():
            span = member.span
            if issues[member.issue].dismissed:
                statement = Statement(span.start, span.end, 0.0)
            elif member.issue in confirmed:
                statement = Statement(span.start, span.end, 1.0, member.issue)
            else:
                continue
            said[span.feedback].append((span.version, span.field, statement))
        held = work.feedback.load(said)
    examples = []
    for key, stored in sorted(held.items()):
        one = stored.feedback
        # An example's text is the title where there is no other; its statements stand in that field.
        title, text, field = (one.title or "", one.text, "text") if one.text else ("", one.title or "", "title")
        statements = [statement for version, place, statement in said[key] if (version, place) == (one.version, field)]
        if statements:
            topic = f"product {one.product_id}"
            example = Example(
                "corrections", text, one.lang or "", statements=tuple(statements), topic=topic, title=title
            )
            examples.append(example)
    return examples


def train(
    wiring: Wiring,
    rated: list[RatedText],
    out: Path,
    *,
    corrections: Sequence[Example] = (),
    held_back: float = 0.2,
    whole: bool | None = None,
    begun: Callable[[Start], None] = lambda start: None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Adaptation | None:
    """Adapt the model in use to rated texts and corrections, into a folder; see :func:`nlp.training.adapt.adapt`.

    Raises:
        UsageError: also when koe.yaml has another model tell the sentiment.
    """
    from nlp.training.adapt import adapt

    _check_sentiment(wiring)
    return adapt(
        wiring.model_folder,
        rated,
        out,
        corrections=corrections,
        held_back=held_back,
        whole=whole,
        begun=begun,
        tell=tell,
    )


def _check_sentiment(wiring: Wiring) -> None:
    other = wiring.settings.model.sentiment
    if other:
        raise UsageError(
            f"koe.yaml has {other.name} tell the sentiment, so what koe's own model learns would not be used; "
            "remove `sentiment:` under `model:` in koe.yaml first"
        )


def _confirmed(work: Work, issues: Mapping[str, Issue]) -> set[str]:
    """The issues that people put segments into, by merging, splitting or moving; of merged ones, where they went."""
    found = set()
    for stored in work.issues.ledger():
        issue = _put_into(stored.event)
        while issue and issues[issue].merged_into:
            issue = issues[issue].merged_into
        if issue:
            found.add(issue)
    return found


def _put_into(event: LedgerEvent) -> str | None:
    place = _PUT_INTO.get(event.kind)
    target = event.details.get(place) if place else None
    return None if target is None else str(target)


def _rated(feedback: Iterable[Feedback]) -> Iterator[RatedText]:
    from nlp.training.rated import RatedText

    for one in feedback:
        if one.rating is not None and ((one.text or "").strip() or (one.title or "").strip()):
            yield RatedText(Document(one.text or "", one.title or "", one.lang), float(one.rating))
