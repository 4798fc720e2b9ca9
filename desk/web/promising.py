"""Promises and follow-ups on the desk: what a ticket's page does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desk import follow_ups, promises
from desk.roles import Act
from desk.web.doing import Doing
from koe.errors import NotFoundError


def require_kept(doing: Doing) -> None:
    """A ticket with an open promise ends only when its page said so.

    Raises:
        OpenPromiseError: otherwise.
    """
    if not doing.form.get("anyway"):
        promises.require_kept(doing.work, doing.ticket.id)


def _promise(doing: Doing) -> None:
    get, settings = doing.form.get, doing.visit.site.settings
    promises.promise(doing.work, settings, doing.ticket.id, get("words"), get("due"), doing.visit.who, doing.now)


def _change(doing: Doing) -> None:
    get, settings = doing.form.get, doing.visit.site.settings
    promises.change(doing.work, settings, _number(doing), get("words"), get("due"), doing.visit.who, doing.now)


def _keep(doing: Doing) -> None:
    promises.keep(doing.work, doing.visit.site.settings, _number(doing), doing.visit.who, doing.now)


def _drop(doing: Doing) -> None:
    promises.drop(doing.work, doing.visit.site.settings, _number(doing), doing.visit.who, doing.now)


def _follow_up(doing: Doing) -> None:
    site, text = doing.visit.site, doing.form.get("text").strip()
    follow_ups.send(
        doing.work, site.settings, doing.ticket.id, text, site.model(doing.work), doing.visit.who, doing.now
    )


def _no_follow_up(doing: Doing) -> None:
    site = doing.visit.site
    follow_ups.drop(doing.work, site.settings, doing.ticket.id, site.model(doing.work), doing.visit.who, doing.now)


def _number(doing: Doing) -> int:
    """The promise that a form means, which must be of its ticket."""
    given = doing.form.get("promise")
    known = {str(one.id): one.id for one in doing.work.commitments.of_ticket(doing.ticket.id)}
    if given not in known:
        raise NotFoundError("promise", given)
    return known[given]


#: What each act takes, what the page says afterwards, and what is done.
ACTS: Mapping[str, tuple[Act, str, Callable[[Doing], None]]] = {
    "promise": (Act.REPLY, "promised", _promise),
    "change-promise": (Act.REPLY, "promise-changed", _change),
    "keep-promise": (Act.REPLY, "promise-kept", _keep),
    "drop-promise": (Act.REPLY, "promise-dropped", _drop),
    "follow-up": (Act.REPLY, "followed-up", _follow_up),
    "no-follow-up": (Act.REPLY, "no-follow-up", _no_follow_up),
}
