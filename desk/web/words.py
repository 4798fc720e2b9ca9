"""The words for koe's fixed terms: states, priorities, channels, trigger types, roles."""

from __future__ import annotations

from collections.abc import Mapping

from desk.web.language import Language


def N_(message: str) -> str:  # noqa: N802 - the name that extraction of messages knows
    """Mark a message for the catalogues; it is put into a language when it is shown."""
    return message


WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {
        "open": N_("Open"),
        "claimed": N_("In hand"),
        "waiting": N_("Waiting for the customer"),
        "replied": N_("Replied"),
        "resolved": N_("Resolved"),
        "closed": N_("Closed"),
    },
    "priority": {
        "urgent": N_("Urgent"),
        "high": N_("High"),
        "normal": N_("Normal"),
        "low": N_("Low"),
    },
    "channel": {
        "review": N_("Review"),
        "qa": N_("Product question"),
        "survey": N_("Survey"),
        "social": N_("Social post"),
    },
    "disclosure": {
        "none": N_("No interest disclosed"),
        "staff": N_("By staff"),
        "incentivised": N_("Incentivised"),
        "syndicated": N_("Syndicated"),
    },
    "type": {
        "defect": N_("defect"),
        "performance": N_("performance"),
        "fit_size": N_("fit and size"),
        "wrong_item": N_("wrong item"),
        "missing_part": N_("missing part"),
        "misleading_description": N_("misleading description"),
        "delivery": N_("delivery"),
        "packaging": N_("packaging"),
        "availability": N_("availability"),
        "support": N_("support"),
        "billing": N_("billing"),
        "price_value": N_("price"),
        "safety": N_("safety"),
        "refund_request": N_("wants money back"),
        "churn": N_("may leave"),
        "purchase_intent": N_("wants to buy"),
        "feature_request": N_("wish for a feature"),
        "question": N_("question"),
        "praise": N_("praise"),
    },
    "polarity": {
        "negative": N_("bad"),
        "positive": N_("good"),
        "neutral": N_("neutral"),
    },
    "sentiment": {
        "negative": N_("Negative"),
        "neutral": N_("Neutral"),
        "positive": N_("Positive"),
        "mixed": N_("Mixed"),
    },
    "intent": {
        "complaint": N_("complaint"),
        "question": N_("question"),
        "request": N_("request"),
        "praise": N_("praise"),
        "purchase_intent": N_("wish to buy"),
        "churn_threat": N_("threat to leave"),
        "refund_demand": N_("demand for a refund"),
        "legal_threat": N_("legal threat"),
        "resolved": N_("solved"),
        "spam": N_("spam"),
        "other": N_("other"),
    },
    "role": {
        "viewer": N_("Viewer"),
        "agent": N_("Agent"),
        "lead": N_("Lead"),
        "admin": N_("Admin"),
    },
    "event": {
        "created": N_("came in"),
        "claimed": N_("taken"),
        "waiting": N_("waits for the customer"),
        "answered": N_("the customer answered"),
        "reply": N_("replied"),
        "replied": N_("replied"),
        "resolved": N_("resolved"),
        "closed": N_("closed"),
        "open": N_("opened again"),
        "moved": N_("moved to another queue"),
        "handed over": N_("handed over"),
        "routed": N_("routed again"),
        "copy": N_("a copy was attached"),
        "edited": N_("the customer edited it"),
    },
    "delivery": {
        "pending": N_("to be sent"),
        "sending": N_("being sent"),
        "delivered": N_("delivered"),
        "failed": N_("not delivered"),
    },
    "correction": {
        "sentiment": N_("corrected the mood"),
        "trigger": N_("took a phrase away"),
        "no-answer": N_("said that it needs no answer"),
    },
    "language": {
        "ja": N_("Japanese"),
        "en": N_("English"),
    },
}


def word(language: Language, kind: str, value: object) -> str:
    """What a term is called; one that koe.yaml made keeps its own name."""
    name = str(value)
    known = WORDS[kind].get(name)
    return language.gettext(known) if known else name.replace("_", " ")
