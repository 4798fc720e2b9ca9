"""The default routing table and the default queues: what holds where koe.yaml says nothing.

The rules are in order of harm. Solved, denied and merely heard-of things do not count (see :mod:`desk.facts`).

===========  =====================================================================================
queue        what lands there
===========  =====================================================================================
safety       danger or injury, at any star level, in any channel
escalations  threats of law, authority or press; grave harm that very many people see
support      complaints and requests about an order or a product; low stars that ask for nothing
social       the same, said in public posts: answered where everybody reads along
questions    questions about products, also before buying
moderation   spam
===========  =====================================================================================
"""

from __future__ import annotations

from datetime import timedelta

from desk.facts import AS_KOE_CALLS_THEM, LOW_STARS, TypeNames
from koe.feedback import Channel, Disclosure
from koe.settings import Condition, Names, QueueSettings, RoutingRule
from koe.taxonomy import COMPLAINT_TYPES, TRIGGER_TYPES, Intent, Sentiment
from koe.ticket import Priority

#: The queue name that makes no ticket.
NO_QUEUE = "none"

#: Where a review of 1 or 2 stars goes when no rule gives it a queue.
LOW_STARS_QUEUE = "support"

#: How soon tickets want a first response where a queue does not say otherwise (elapsed time).
DEFAULT_DUE = {
    Priority.URGENT: timedelta(hours=4),
    Priority.HIGH: timedelta(days=1),
    Priority.NORMAL: timedelta(days=2),
    Priority.LOW: timedelta(days=7),
}

#: The most of it in business time, for queues with a calendar: days and a week of work have eight hours each.
DEFAULT_DUE_IN_BUSINESS_TIME = {
    Priority.URGENT: timedelta(hours=4),
    Priority.HIGH: timedelta(hours=8),
    Priority.NORMAL: timedelta(hours=16),
    Priority.LOW: timedelta(hours=40),
}

DEFAULT_QUEUES: dict[str, QueueSettings] = {
    "safety": QueueSettings(title=Names(ja="安全", en="Safety"), due={Priority.URGENT: timedelta(hours=2)}),
    "escalations": QueueSettings(title=Names(ja="重大案件", en="Escalations"), due={}),
    "support": QueueSettings(title=Names(ja="サポート", en="Support"), due={}),
    "social": QueueSettings(
        title=Names(ja="ソーシャル", en="Social"),
        due={
            Priority.URGENT: timedelta(hours=1),
            Priority.HIGH: timedelta(hours=8),
            Priority.NORMAL: timedelta(days=1),
        },
    ),
    "questions": QueueSettings(title=Names(ja="商品の質問", en="Product questions"), due={}),
    "moderation": QueueSettings(title=Names(ja="モデレーション", en="Moderation"), due={}),
}


def default_rules(names: TypeNames = AS_KOE_CALLS_THEM) -> list[RoutingRule]:
    """The default table in the rule language; trigger types by the names in use, those switched off left out."""
    complaints = _in_order(COMPLAINT_TYPES - {"price_value"})
    faulty = [
        Condition(triggers=names.here(complaints)),
        # A price is an opinion when its author is content, and a complaint when not.
        Condition(triggers=names.here(["price_value"]), sentiment=[Sentiment.NEGATIVE]),
    ]
    said = Condition(intents=[Intent.COMPLAINT], length_at_least=_SUBSTANCE)
    rules = [
        _ticketless(
            "company's answer",
            "An answer of the company itself",
            Condition(answer=True, disclosure=[Disclosure.STAFF]),
        ),
        *_urgent(names),
        RoutingRule(
            name="spam",
            when=[Condition(intents=[Intent.SPAM])],
            queue="moderation",
            priority=Priority.LOW,
            needs_response=False,
            reason="Spam or advertising",
        ),
        _ticketless("answer", "An answer to somebody's question", Condition(answer=True)),
        *_high(names, [*faulty, said]),
        _ticketless(
            "wish in passing",
            "A wish in passing from a content customer",
            Condition(triggers=names.here(["feature_request"]), sentiment=[Sentiment.POSITIVE]),
            Condition(intents=[Intent.REQUEST], sentiment=[Sentiment.POSITIVE]),
            Condition(triggers=names.here(["feature_request"]), stars_at_least=4),
            unless=[*faulty, *_asked(names)],
        ),
        _ticketless(
            "answered question",
            "A question that somebody answered already",
            Condition(channel=[Channel.QA], answered=True),
            unless=faulty,
        ),
        _for_support("complaint", Priority.NORMAL, "A complaint that someone can act on", *faulty, said),
        RoutingRule(
            name="question",
            when=[*_asked(names), Condition(channel=[Channel.QA], answer=False)],
            queue="questions",
            by_channel={Channel.SOCIAL: "social"},
            priority=Priority.NORMAL,
            reason="A question waits for an answer",
        ),
        _for_support(
            "request",
            Priority.NORMAL,
            "A request that someone can act on",
            Condition(intents=[Intent.REQUEST]),
            Condition(triggers=names.here(["feature_request"])),
        ),
        *_low(names),
    ]
    return [kept for rule in rules if (kept := _without_empty(rule)) is not None]


#: A complaint without any trigger phrase must say at least this much before someone can act on it (terminal columns).
_SUBSTANCE = 20

#: Harm that a company must answer in public before it grows.
_GRAVE = frozenset({"defect", "safety", "wrong_item", "missing_part", "misleading_description", "billing"})

_VIRAL = 50_000
_PUBLIC = 10_000


def _urgent(names: TypeNames) -> list[RoutingRule]:
    upset = [Sentiment.NEGATIVE, Sentiment.MIXED]
    return [
        RoutingRule(
            name="danger",
            when=[Condition(safety=True)],
            queue="safety",
            priority=Priority.URGENT,
            reason="Somebody was or could be hurt",
        ),
        RoutingRule(
            name="legal threat",
            when=[Condition(intents=[Intent.LEGAL_THREAT])],
            queue="escalations",
            priority=Priority.URGENT,
            reason="The law, an authority or the press is threatened",
        ),
        RoutingRule(
            name="grave and public",
            when=[Condition(reach_at_least=_VIRAL, triggers=names.here(_in_order(_GRAVE)), sentiment=upset)],
            queue="escalations",
            priority=Priority.URGENT,
            reason="Grave harm that very many people see",
        ),
    ]


def _high(names: TypeNames, complaints: list[Condition]) -> list[RoutingRule]:
    again = [condition.model_copy(update={"repeated": True}) for condition in [*complaints, *_asked(names)]]
    again.append(Condition(repeated=True, intents=[Intent.REQUEST]))
    high = Priority.HIGH
    return [
        _for_support(
            "refund demanded",
            high,
            "The customer wants money back",
            Condition(triggers=names.here(["refund_request"])),
            Condition(intents=[Intent.REFUND_DEMAND]),
        ),
        _for_support(
            "churn threatened",
            high,
            "The customer is about to leave",
            Condition(triggers=names.here(["churn"])),
            Condition(intents=[Intent.CHURN_THREAT]),
        ),
        _for_support(
            "wrong item", high, "Something else was delivered", Condition(triggers=names.here(["wrong_item"]))
        ),
        _for_support("wrong charge", high, "Money was charged wrongly", Condition(triggers=names.here(["billing"]))),
        _for_support(
            "public anger at support",
            high,
            "Anger at our support that many people see",
            Condition(
                reach_at_least=_PUBLIC,
                triggers=names.here(["support"]),
                sentiment=[Sentiment.NEGATIVE, Sentiment.MIXED],
            ),
        ),
        _for_support(
            "same person again",
            high,
            "The same person had to write again",
            *again,
            unless=[Condition(sentiment=[Sentiment.POSITIVE])],
        ),
    ]


def _low(names: TypeNames) -> list[RoutingRule]:
    return [
        RoutingRule(
            name="low stars",
            when=[Condition(stars_at_most=LOW_STARS)],
            queue=LOW_STARS_QUEUE,
            priority=Priority.LOW,
            needs_response=False,
            reason="Low stars, and the text asks for nothing",
        ),
        RoutingRule(
            name="low score",
            when=[Condition(low_score=True)],
            queue=LOW_STARS_QUEUE,
            priority=Priority.LOW,
            needs_response=False,
            reason="A survey score at the bottom, and the text asks for nothing",
        ),
        _ticketless("solved", "The problem was solved", Condition(intents=[Intent.RESOLVED])),
        _ticketless(
            "wish to buy",
            "A wish to buy without a question",
            Condition(intents=[Intent.PURCHASE_INTENT]),
            Condition(triggers=names.here(["purchase_intent"])),
        ),
        _ticketless(
            "praise",
            "Praise or thanks",
            Condition(intents=[Intent.PRAISE]),
            Condition(sentiment=[Sentiment.POSITIVE]),
        ),
        _ticketless("nothing asked", "Nothing is said that asks for an answer", Condition()),
    ]


def _asked(names: TypeNames) -> list[Condition]:
    return [Condition(intents=[Intent.QUESTION]), Condition(triggers=names.here(["question"]))]


def _for_support(
    name: str, priority: Priority, reason: str, *when: Condition, unless: list[Condition] | None = None
) -> RoutingRule:
    return RoutingRule(
        name=name,
        when=list(when),
        unless=unless or [],
        queue="support",
        by_channel={Channel.SOCIAL: "social"},
        priority=priority,
        reason=reason,
    )


def _ticketless(name: str, reason: str, *when: Condition, unless: list[Condition] | None = None) -> RoutingRule:
    return RoutingRule(
        name=name,
        when=list(when),
        unless=unless or [],
        queue=NO_QUEUE,
        priority=Priority.LOW,
        needs_response=False,
        reason=reason,
    )


def _without_empty(rule: RoutingRule) -> RoutingRule | None:
    """The rule without conditions that lost all their trigger types; ``None`` when no condition is left."""
    when = [condition for condition in rule.when if condition.triggers != []]
    unless = [condition for condition in rule.unless if condition.triggers != []]
    return rule.model_copy(update={"when": when, "unless": unless}) if when else None


def _in_order(types: frozenset[str]) -> list[str]:
    return [name for name in TRIGGER_TYPES if name in types]
