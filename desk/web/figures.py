"""The page of figures, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from desk.figures import Figures
from desk.web.boards import Board
from desk.web.charts import Point, bars
from desk.web.lists import visible_queues
from desk.web.pages import page
from desk.web.visits import ReadingVisit, Visit
from desk.web.words import word
from koe.errors import NotFoundError

router = APIRouter()

#: How many weeks can be looked at.
SPANS = (4, 8, 13, 26)
_USUAL = 8
_COLUMNS = (
    "group",
    "name",
    "cases",
    "answered",
    "within_target",
    "first_response_median_h",
    "first_response_p90_h",
    "resolved",
    "resolution_median_h",
    "resolution_p90_h",
    "reopened",
    "time_spent_h",
    "backlog",
    "stars_gained_after_reply",
    "stars_gained_without_reply",
)
#: Signs with which a spreadsheet takes a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/figures")
def show_figures(visit: ReadingVisit, weeks: str = "", queue: str = "") -> Response:
    """How the desk does, by week, queue, person, product and kind of customer."""
    count = _count(weeks)
    board = _board(visit, count, queue)
    return page(
        visit,
        "figures.html.j2",
        board=board,
        chosen={"weeks": count, "queue": queue},
        spans=SPANS,
        queues=visible_queues(visit),
        charts=_charts(board, visit),
        queue_title=lambda name: visit.site.queue_title(name, visit.language),
        product_name=lambda name: visit.site.product_name(name, visit.language),
        own_name=lambda name: name,
        kind_name=lambda name: word(visit.language, "customer", name),
    )


@router.get("/figures.csv")
def export_figures(visit: ReadingVisit, weeks: str = "", queue: str = "") -> Response:
    """The figures as CSV in UTF-8 with a mark, which spreadsheets open; nothing in it can become a formula."""
    board = _board(visit, _count(weeks), queue)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for group, some in (("week", board.weeks), ("queue", board.queues), ("person", board.people)):
        writer.writerows([_row(group, one) for one in some])
    writer.writerows([_row("product", one) for one in board.products])
    writer.writerows([_row("customer", one) for one in board.kinds])
    headers = {"content-disposition": 'attachment; filename="koe-figures.csv"'}
    return Response("\ufeff" + file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _board(visit: Visit, count: int, queue: str) -> Board:
    if queue and not visit.sees(queue):
        raise NotFoundError("queue", queue)
    queues = [queue] if queue else visit.queues
    return visit.site.boards.of(visit.site, count, None if queues is None else frozenset(queues))


def _count(weeks: str) -> int:
    return int(weeks) if weeks.isdecimal() and int(weeks) in SPANS else _USUAL


def _charts(board: Board, visit: Visit) -> list[tuple[str, Markup]]:
    say = visit.language.gettext
    return [
        _chart(visit, say("New cases"), board, lambda one: one.cases),
        _chart(visit, say("Backlog at the end of the week"), board, lambda one: one.backlog),
        _chart(visit, say("Answered within target"), board, lambda one: one.within, visit.language.percent, 1.0),
        _chart(
            visit,
            say("First response, median (hours)"),
            board,
            lambda one: _hours(one.first_median),
            lambda value: visit.language.number(value, 1),
        ),
    ]


def _chart(
    visit: Visit,
    title: str,
    board: Board,
    value_of: Callable[[Figures], float | None],
    told: Callable[[float], str] | None = None,
    top: float | None = None,
) -> tuple[str, Markup]:
    told = told or visit.language.number
    points = [Point(one.name.partition("-")[2], value_of(one)) for one in board.weeks]
    last = points[-1].value
    label = visit.language.gettext("%(title)s, by week; the last: %(last)s")
    return title, bars(points, label % {"title": title, "last": "–" if last is None else told(last)}, told, top)


def _row(group: str, one: Figures) -> list[object]:
    return [
        group,
        harmless(one.name),
        one.cases,
        one.answered,
        "" if one.within is None else round(one.within, 4),
        _plain(one.first_median),
        _plain(one.first_p90),
        one.resolved,
        _plain(one.resolution_median),
        _plain(one.resolution_p90),
        one.reopened,
        _plain(one.spent),
        one.backlog,
        "" if one.gained is None else round(one.gained, 3),
        "" if one.gained_unanswered is None else round(one.gained_unanswered, 3),
    ]


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(hours=1)


def _plain(span: timedelta | None) -> object:
    return "" if span is None else round(span / timedelta(hours=1), 2)
