"""Customer: of which of seven kinds a customer is here and now, by rules that are read from top to bottom.

=========  ======================================================================================================
kind       first that holds
=========  ======================================================================================================
urgent     danger or injury, a threat of law, a ticket of priority urgent, or words such as 至急 and "urgent"
comparing  asks or wishes to buy, with words such as 比べて, 他社, "compared to", "which one"; and complains of nothing
confused   words such as 分からない, やり方, "how do I", "confusing"; no fault, no refund, no leaving
unhappy    an apology is due: a complaint, or 1 or 2 stars
asking     a question, or the question channel
loyal      content, and wrote before (more content than not) or says so: 愛用, リピート, "always buy"
new        everybody else: nothing is known of them before
=========  ======================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from desk.drafts.subject import apology_due
from desk.facts import Facts
from koe.feedback import Channel, Feedback
from koe.taxonomy import COMPLAINT_TYPES, Intent, Sentiment
from koe.ticket import Priority


class CustomerKind(StrEnum):
    """The seven kinds of interaction."""

    NEW = "new"
    ASKING = "asking"
    COMPARING = "comparing"
    CONFUSED = "confused"
    URGENT = "urgent"
    UNHAPPY = "unhappy"
    LOYAL = "loyal"


def customer_kind(
    facts: Facts, earlier: Sequence[Feedback] = (), priority: Priority | None = None
) -> tuple[CustomerKind, str]:
    """The kind and the reason in words. ``earlier`` is what the same person said before in any channel."""
    for kind, reason in (
        (CustomerKind.URGENT, _urgent(facts, priority)),
        (CustomerKind.COMPARING, _comparing(facts)),
        (CustomerKind.CONFUSED, _confused(facts)),
        (CustomerKind.UNHAPPY, "an apology is due" if apology_due(facts) else ""),
        (CustomerKind.ASKING, _asking(facts)),
        (CustomerKind.LOYAL, _loyal(facts, earlier)),
    ):
        if reason:
            return kind, reason
    return CustomerKind.NEW, "nothing else holds" if earlier else "nothing is known of them before"


def _words_of(japanese: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"{japanese}|\b(?:{english})\b", re.IGNORECASE)


_URGENT = _words_of(r"至急|今すぐ|すぐに(?:対応|連絡|返)|緊急", r"urgent(?:ly)?|asap|right now|immediately")
_COMPARING = _words_of(
    r"比べ|比較|他社|どちらが(?:いい|良い|よい)|どっちが|との違い|違いは|迷って",
    r"compar\w+|versus|vs|which one|difference between|alternatives?|deciding between",
)
_CONFUSED = _words_of(
    r"[分わ]か(?:らな|りません|りにく|りづら)|やり方|使い方が|どうすれば|どうやって|説明書[がをにの]|迷い|戸惑",
    r"confus\w+|how do i|how to|(?:can't|cannot|couldn't) (?:figure|find|work) (?:it )?(?:out|how)|don't understand"
    r"|unclear",
)
_LOYAL = _words_of(
    r"愛用|リピ|何度も(?:買|購入|注文)|いつも(?:買|使|利用)|\d+年(?:以上)?使|[2-9二三]台目",
    r"always buy|loyal|again and again|repurchas\w+|(?:second|third|fourth) (?:one|time)|for (?:\d+|many) years",
)
_BOUGHT_OR_GOING = frozenset({"refund_request", "churn"})
#: From how many stars on earlier feedback was content.
_CONTENT_STARS = 4


def _words(facts: Facts) -> str:
    return f"{facts.feedback.title or ''}\n{facts.feedback.text or ''}"


def _said(pattern: re.Pattern[str], facts: Facts) -> str:
    found = pattern.search(_words(facts))
    return f"says “{found[0].strip()}”" if found else ""


def _urgent(facts: Facts, priority: Priority | None) -> str:
    if facts.analysis is not None and facts.analysis.safety:
        return "danger or injury"
    if Intent.LEGAL_THREAT in facts.intents:
        return "a threat of law, authority or press"
    return "the ticket is urgent" if priority is Priority.URGENT else _said(_URGENT, facts)


def _comparing(facts: Facts) -> str:
    wants_to_know = facts.intents.keys() & {Intent.QUESTION, Intent.PURCHASE_INTENT}
    return _said(_COMPARING, facts) if wants_to_know and not apology_due(facts) else ""


def _confused(facts: Facts) -> str:
    grave = {phrase.type for phrase in facts.phrases} & (COMPLAINT_TYPES | _BOUGHT_OR_GOING)
    demands = facts.intents.keys() & {Intent.REFUND_DEMAND, Intent.CHURN_THREAT}
    return "" if grave or demands else _said(_CONFUSED, facts)


def _asking(facts: Facts) -> str:
    if Intent.QUESTION in facts.intents:
        return "a question"
    return "the question channel" if facts.feedback.channel is Channel.QA else ""


def _loyal(facts: Facts, earlier: Sequence[Feedback]) -> str:
    mood = facts.analysis.sentiment.label if facts.analysis is not None else None
    stars = facts.feedback.rating
    if mood is not Sentiment.POSITIVE and not (stars is not None and stars >= _CONTENT_STARS):
        return ""
    rated = [one.rating >= _CONTENT_STARS for one in earlier if one.rating is not None]
    if earlier and 2 * sum(rated) >= len(rated):
        return f"content, and wrote {'once' if len(earlier) == 1 else f'{len(earlier)} times'} before"
    return _said(_LOYAL, facts)
