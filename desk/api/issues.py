"""Issues: recurring complaints, with how they stand in the last stored report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as Folder
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from desk.api.answers import TOLD, answer, link_to, next_page
from desk.api.callers import Asking, Caller
from desk.api.cursors import issue_cursor, issue_place
from desk.api.problems import told_problems
from desk.api.shapes import IssueDetail, IssueLine, Issues, Name, Standing, WeekCount
from desk.api.tickets import CURSOR
from desk.case_view import issue_cards
from koe.issue import Issue, IssueState
from reports.stored import last_standings

if TYPE_CHECKING:
    from storage.issue_state import StoredIssue

router = APIRouter(prefix="/issues", tags=["issues"])

_STANDING = ("state", "alert", "severity", "count", "previous_count", "exposure", "rate")


class Wanted(BaseModel):
    """Which issues are wanted; several values of one filter are alternatives."""

    model_config = ConfigDict(extra="forbid")

    product: str | None = Field(default=None, max_length=500, description="Only this product.")
    owner: str | None = Field(default=None, max_length=500, description="Only those of this team.")
    state: list[IssueState] = Field(default=[], description="Only these states in the last stored report.")
    alert: bool | None = Field(default=None, description="Only those that alert in the last report, or do not.")
    severity: float | None = Field(
        default=None, ge=0, le=100, allow_inf_nan=False, description="Only from this severity on, in the last report."
    )
    dismissed: bool = Field(default=False, description="Also those that people said are none.")
    limit: int = Field(default=50, ge=1, le=200, description="The most issues of a page.")
    cursor: str | None = Field(default=None, pattern=CURSOR, description="From `next` of the page before.")


class _Standings:
    """How issues stand in the last stored report."""

    def __init__(self, caller: Caller) -> None:
        settings = caller.site.settings
        self._owners = {product: entry.owner for product, entry in settings.products.items()}
        self._week, self._entries = last_standings(Folder(settings.folder) / settings.output)

    def line(self, issue: Issue) -> dict[str, Any]:
        """An issue as a line tells of it."""
        entry: Mapping[str, Any] | None = self._entries.get(issue.id)
        standing = None
        if entry is not None:
            standing = Standing(week=str(self._week), **{name: entry[name] for name in _STANDING})
        return {
            "id": issue.id,
            "product_id": issue.product_id,
            "label": Name.of(issue.label),
            "owner": issue.owner or self._owners.get(issue.product_id or ""),
            "first_seen": issue.first_seen,
            "dismissed": issue.dismissed,
            "fixed_from": issue.fixed_from,
            "standing": standing,
        }


@router.get("", response_model=Issues, responses={**TOLD, **told_problems()})
def list_issues(request: Request, caller: Asking, wanted: Annotated[Wanted, Query()]) -> Response:
    """The issues by number; one that was merged stands under the id it goes by now."""
    after = issue_place(wanted.cursor) if wanted.cursor else 0
    standings = _Standings(caller)
    with caller.site.database.work(write=False) as work:
        every = work.issues.all()
    shown: list[IssueLine] = []
    cursor = None
    last = after
    for stored in every:
        if stored.number <= after or not _is_wanted(stored, wanted):
            continue
        line = IssueLine(**standings.line(stored.issue))
        if not _stands_as_wanted(line, wanted):
            continue
        if len(shown) == wanted.limit:
            cursor = issue_cursor(last)
            break
        shown.append(line)
        last = stored.number
    address = next_page(request, cursor)
    return answer(request, Issues(items=shown, next=address), link_to(address))


@router.get("/{issue}", response_model=IssueDetail, responses={**TOLD, **told_problems()})
def show_issue(
    request: Request,
    caller: Asking,
    issue: Annotated[str, Path(pattern=r"^ISSUE-[0-9]{4,9}$", description="An id.", examples=["ISSUE-0001"])],
) -> Response:
    """One issue; the id of one that was merged answers with the one it was merged into."""
    standings = _Standings(caller)
    with caller.site.database.work(write=False) as work:
        found = work.issues.get(issue).issue
        card = issue_cards(work, [found], caller.site.settings.zone, caller.site.clock())[0]
    told = IssueDetail(
        **standings.line(found),
        feedback=card.count,
        trend=[WeekCount(week=str(point.week), count=int(point.count)) for point in card.trend],
        workarounds=card.workarounds,
    )
    here = request.url.path.rpartition("/")[0]
    return answer(request, told, {"content-location": f"{here}/{found.id}"})


def _is_wanted(stored: StoredIssue, wanted: Wanted) -> bool:
    issue = stored.issue
    if issue.merged_into is not None or (issue.dismissed and not wanted.dismissed):
        return False
    return wanted.product is None or issue.product_id == wanted.product


def _stands_as_wanted(line: IssueLine, wanted: Wanted) -> bool:
    standing = line.standing
    if wanted.owner is not None and line.owner != wanted.owner:
        return False
    if wanted.state and (standing is None or standing.state not in wanted.state):
        return False
    if wanted.alert is not None and (standing is not None and standing.alert) is not wanted.alert:
        return False
    return wanted.severity is None or (standing is not None and standing.severity >= wanted.severity)
