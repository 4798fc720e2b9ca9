"""Settings of webhooks: programs that are told of new tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field

from koe.settings_delivery import WebhookTarget
from koe.ticket import Priority, Ticket

Webhooks = TypeVar("Webhooks", bound=Sequence["WebhookSettings"])


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class WebhookSettings(WebhookTarget):
    """An address that gets a signed POST for each new ticket, or for those of some queues and priorities."""

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    queues: Annotated[list[str] | None, BeforeValidator(_as_list)] = Field(default=None, min_length=1)
    priorities: Annotated[list[Priority] | None, BeforeValidator(_as_list)] = Field(default=None, min_length=1)

    @property
    def target(self) -> str:
        """What the outbox calls it; no target of replies is called so by accident."""
        return f"webhook:{self.name}"

    def hears_of(self, ticket: Ticket) -> bool:
        """Whether it is told of a ticket."""
        return (self.queues is None or ticket.queue in self.queues) and (
            self.priorities is None or ticket.priority in self.priorities
        )


def checked(webhooks: Webhooks, lease: timedelta) -> Webhooks:
    """The webhooks themselves.

    Raises:
        ValueError: two have one name, or the lease of a delivery ends before one has to.
    """
    names = [one.name for one in webhooks]
    for one in webhooks:
        if names.count(one.name) > 1:
            raise ValueError(f"two webhooks are called {one.name!r}; expected a name of its own for each")
        if timedelta(seconds=12 * one.timeout) >= lease:
            raise ValueError(f"the lease of deliveries is too short for {one.name!r}; expected over twelve timeouts")
    return webhooks
