"""The face that all targets have, and what is delivered as JSON."""

from __future__ import annotations

from typing import Protocol

from koe.outbox import NewTicketNotice, OutgoingReply


class Adapter(Protocol):
    """Delivers replies to one target.

    The same reply may come twice (the process was killed before it could note the success), always with the same
    ``key``; a receiver that remembers keys sees each reply once.
    """

    def deliver(self, reply: OutgoingReply) -> str:
        """Deliver one reply; returns what the receiver answered, in a few words.

        Raises:
            DelayError: not now; another try may help.
            DeliveryError: no further try helps until somebody mends the reason.
        """
        ...


class NoticeAdapter(Protocol):
    """Delivers notices of new tickets to one program; what is said of :class:`Adapter` holds for it too."""

    def deliver(self, notice: NewTicketNotice) -> str:
        """Deliver one notice; returns what the receiver answered, in a few words.

        Raises:
            DelayError: not now; another try may help.
            DeliveryError: no further try helps until somebody mends the reason.
        """
        ...


class Adapters(Protocol):
    """Adapters by the name of their target."""

    def adapter(self, name: str) -> Adapter:
        """The adapter of a target.

        Raises:
            DeliveryError: there is no such target, or it lacks something.
        """
        ...

    def webhook(self, name: str) -> NoticeAdapter:
        """The adapter of a webhook that is told of new tickets.

        Raises:
            DeliveryError: there is no such webhook, or it lacks something.
        """
        ...


def as_json(reply: OutgoingReply) -> dict[str, object]:
    """What a program gets to know: no name of the person who answered, and no attributes."""
    return {
        "key": reply.key,
        "case": reply.ticket,
        "source": reply.source,
        "external_id": reply.external_id,
        "channel": reply.channel.value if reply.channel else None,
        "product_id": reply.product_id,
        "lang": reply.lang,
        "text": reply.text,
        "replied_at": reply.replied_at.isoformat(),
    }


def notice_as_json(notice: NewTicketNotice) -> dict[str, object]:
    """What a program gets to know of a new ticket; it reads the customer's words through the API."""
    ticket = notice.ticket
    source, _, external_id = ticket.feedback.partition(":")
    return {
        "event": "ticket.created",
        "key": notice.key,
        "case": ticket.id,
        "queue": ticket.queue,
        "priority": ticket.priority.value,
        "state": ticket.state.value,
        "reasons": list(ticket.reasons),
        "lang": ticket.lang,
        "source": source,
        "external_id": external_id,
        "channel": notice.channel.value if notice.channel else None,
        "product_id": notice.product_id,
        "created_at": ticket.created_at.isoformat(),
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
    }
