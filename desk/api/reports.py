"""Reports: the weekly defect reports that were written into the folder of the reports."""

from __future__ import annotations

from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from desk.api.answers import TOLD, answer
from desk.api.callers import Asking, Caller
from desk.api.problems import told_problems
from desk.api.shapes import Report, ReportLink, Reports
from koe.week import Week
from reports.stored import stored_report, stored_weeks

router = APIRouter(prefix="/reports", tags=["reports"])


@router.get("", response_model=Reports, responses={**TOLD, **told_problems()})
def list_reports(request: Request, caller: Asking) -> Response:
    """The weeks that have a report, the newest first."""
    here = request.url.path
    links = [ReportLink(week=str(week), href=f"{here}/{week}") for week in stored_weeks(_folder(caller))]
    return answer(request, Reports(items=links))


@router.get("/{week}", response_model=Report, responses={**TOLD, **told_problems()})
def show_report(
    request: Request,
    caller: Asking,
    week: Annotated[str, Path(pattern=r"^[0-9]{4}-W[0-9]{2}$", description="A week.", examples=["2026-W47"])],
) -> Response:
    """The report of a week as it was written: every figure and quotation; personal data in it is masked."""
    return answer(request, stored_report(_folder(caller), Week.parse(week)))


def _folder(caller: Caller) -> Folder:
    settings = caller.site.settings
    return Folder(settings.folder) / settings.output
