"""Lists: filters, pages without gap or double, ETags, and what wrong filters are told."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from desk.web.site import Site
from koe.ticket import Priority

if TYPE_CHECKING:
    from tests.desk.api.conftest import Program

    As = Callable[[str], Program]


def _cases(program: Program, query: str) -> str:
    answer = program.get(f"/tickets?{query}")
    assert answer.status_code == 200, answer.text
    return "".join(one["case"][-1] for one in answer.json()["items"])


@pytest.mark.parametrize(
    ("query", "cases"),
    [
        ("", "1234"),
        ("sort=newest", "4321"),
        ("sort=urgency", "3124"),
        ("queue=safety", "3"),
        ("queue=safety&queue=support", "1234"),
        ("state=closed", ""),
        ("state=open&state=closed", "1234"),
        ("priority=high", "1"),
        ("lang=en", "2"),
        ("product=SPK-10", "134"),
        ("assignee=aki", ""),
        ("issue=ISSUE-0001", "14"),
        ("issue=ISSUE-0002", "14"),
        ("issue=ISSUE-0003", ""),
        ("since=2026-11-20T03:30:00Z", "4"),
        ("until=2026-11-20T12:30:00%2B09:00", "123"),
    ],
)
def test_filters_of_tickets(as_: As, query: str, cases: str) -> None:
    assert _cases(as_("reads"), query) == cases


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["ISSUE-0002", "ISSUE-0003"]),
        ("product=MIX-2", ["ISSUE-0003"]),
        ("owner=audio", ["ISSUE-0002"]),
        ("state=rising&state=new", ["ISSUE-0002"]),
        ("state=new", []),
        ("alert=true", ["ISSUE-0002"]),
        ("alert=false", ["ISSUE-0003"]),
        ("severity=41.5", ["ISSUE-0002"]),
        ("severity=42", []),
    ],
)
def test_filters_of_issues(as_: As, query: str, ids: list[str]) -> None:
    assert [one["id"] for one in as_("reads").get(f"/issues?{query}").json()["items"]] == ids


def test_an_issue_goes_by_the_id_it_was_merged_into(as_: As) -> None:
    answer = as_("reads").get("/issues/ISSUE-0001")
    told = answer.json()
    assert answer.headers["content-location"] == "/api/v1/issues/ISSUE-0002"
    assert (told["id"], told["feedback"], told["owner"]) == ("ISSUE-0002", 2, "audio")
    assert (told["standing"]["week"], told["standing"]["severity"]) == ("2026-W47", 41.5)


def test_reports_are_as_they_were_written(as_: As, site: Site) -> None:
    program = as_("reads")
    assert [one["week"] for one in program.get("/reports").json()["items"]] == ["2026-W47", "2026-W46"]
    path = site.settings.folder / site.settings.output / "koe-2026-W47.json"
    assert program.get("/reports/2026-W47").content == path.read_bytes()
    path.write_text(path.read_text("utf-8")[:50], "utf-8")
    cut = program.get("/reports/2026-W47")
    assert (cut.status_code, cut.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize("sort", ["oldest", "newest", "urgency"])
def test_a_walk_meets_each_ticket_once_while_others_are_added(as_: As, site: Site, sort: str) -> None:
    from tests.desk.api.conftest import NOW, make_ticket

    ranks = list(Priority)
    with site.database.work() as work:
        for number in range(5, 30):
            # Many share a priority and a due time; some are not due at all.
            make_ticket(work, str(number), "support", ranks[number % 3], due=None if number % 5 == 0 else number % 2)
        work.commit()
    program = as_("reads")
    address, met = f"/tickets?sort={sort}&limit=4", []
    for turn in range(100, 200):
        page = program.get(address)
        met += [one["case"] for one in page.json()["items"]]
        with site.database.work() as work:
            make_ticket(work, str(turn), "support", ranks[turn % 4], at=NOW + timedelta(hours=turn), due=turn % 3)
            work.commit()
        address = page.json()["next"]
        if address is None or len(met) > 60:
            break
        assert page.headers["link"] == f'<{address}>; rel="next"'
    assert len(met) == len(set(met))
    assert {f"CASE-{number:06d}" for number in range(1, 30)} <= set(met)


def test_issues_come_in_pages_too(as_: As) -> None:
    program = as_("reads")
    first = program.get("/issues?limit=1").json()
    second = program.get(first["next"]).json()
    assert [one["id"] for one in [*first["items"], *second["items"]]] == ["ISSUE-0002", "ISSUE-0003"]
    assert second["next"] is None


def test_what_did_not_change_is_not_sent_again(as_: As, site: Site) -> None:
    program = as_("acts")
    for path in ("/tickets", "/tickets/CASE-000001", "/issues", "/issues/ISSUE-0002", "/reports", "/reports/2026-W47"):
        etag = program.get(path).headers["etag"]
        again = program.get(path, if_none_match=f'"other", W/{etag}')
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert program.get(path, if_none_match='"other"').status_code == 200
    etag = program.get("/tickets/CASE-000001").headers["etag"]
    claimed = program.post("/tickets/CASE-000001/claim")
    assert claimed.headers["etag"] != etag
    assert program.get("/tickets/CASE-000001", if_none_match=etag).headers["etag"] == claimed.headers["etag"]


def _packed(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=201", "limit: Input should be less than or equal to 200"),
        ("limit=" + "9" * 5000, "limit:"),
        ("limit=x", "limit: Input should be a valid integer"),
        ("state=asleep", "state.0: Input should be 'open', 'claimed'"),
        ("priority=1", "priority: Input should be 'urgent'"),
        ("sort=random", "sort: Input should be 'oldest'"),
        ("since=2026-11-20", "since:"),
        ("since=2026-11-20T00:00:00", "since: Value error, expected a moment with its offset, such as"),
        ("since=1763596800", "since: Value error, expected a moment with its offset"),
        ("since=0001-01-01T00:00:00%2B23:59", "since: Value error, expected a moment between"),
        ("until=1e300", "until:"),
        ("issue=ISSUE-99999999999999999999", "issue:"),
        ("lang=%00", "lang:"),
        ("queu=support", "queu: Extra inputs are not permitted"),
        ("cursor=", "cursor:"),
        ("cursor=AAAA", "cursor: expected the one that the page before gave"),
        ("cursor=A", "cursor: expected the one that the page before gave"),
        ("cursor=" + _packed("[" * 250), "cursor: expected"),
        ("cursor=" + _packed('{"number":1e400}'), "cursor: expected"),
        ("cursor=" + _packed('{"kind":"issue","number":1}'), "cursor: expected"),
        ("cursor=" + _packed('{"kind":"ticket","order":"newest","number":1,"rank":1,"due_at":null}'), "order newest"),
    ],
)
def test_what_does_not_fit_is_told_in_words(as_: As, query: str, said: str) -> None:
    answer = as_("reads").get(f"/tickets?{query}")
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


HOSTILE: list[Any] = [
    "%00",
    "%ED%A0%80",
    "%FF",
    "9" * 400,
    "🙂",
    "'; DROP TABLE ticket; --",
    "..%2F..%2Fkoe.yaml",
    "nan",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_break_nothing(as_: As, text: str) -> None:
    program = as_("acts")
    names = ("queue", "state", "priority", "lang", "product", "assignee", "issue", "since", "sort", "limit", "cursor")
    for name in names:
        assert program.get(f"/tickets?{name}={text}").status_code in (200, 404, 422)
    for name in ("product", "owner", "state", "alert", "severity", "dismissed", "cursor"):
        assert program.get(f"/issues?{name}={text}").status_code in (200, 422)
    for path in ("/tickets/", "/issues/", "/reports/", "/tickets/CASE-", "/tickets/CASE-000001"):
        assert program.get(path + text).status_code in (404, 422)
        assert program.get("/tickets", if_none_match=f'"{text}"'.encode()).status_code == 200  # type: ignore[arg-type]
