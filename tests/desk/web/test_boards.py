"""Figures are counted anew for everybody, unless that takes long: then for ten minutes nobody waits again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk.web import boards

if TYPE_CHECKING:
    from desk.web.site import Site
    from tests.desk.web.conftest import Clock


@pytest.mark.parametrize(("long", "kept"), [(0.0, True), (60.0, False)])
def test_only_what_takes_long_is_kept(
    long: float, kept: bool, site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "_LONG", long)
    first = site.boards.of(site, 8, None)
    clock.go_on(minutes=9)
    assert (site.boards.of(site, 8, None) is first) == kept


def test_what_is_kept_ends_and_is_of_its_queues_and_weeks(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "_LONG", 0.0)
    first = site.boards.of(site, 8, None)
    own = site.boards.of(site, 8, frozenset({"safety"}))
    assert [one.name for one in own.queues] == ["safety"]
    assert len(site.boards.of(site, 4, None).weeks) == 4
    clock.go_on(minutes=10)
    assert site.boards.of(site, 8, None).at > first.at
