"""The face that all targets have, and a reply as JSON."""

from __future__ import annotations

from typing import Protocol

from koe.outbox import OutgoingReply


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


class Adapters(Protocol):
    """Adapters by the name of their target."""

    def adapter(self, name: str) -> Adapter:
        """The adapter of a target.

        Raises:
            DeliveryError: there is no such target, or it lacks something.
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
