"""The fixed words of the model's answers: trigger types, polarities, intents, sentiments."""

from __future__ import annotations

from enum import StrEnum


class Polarity(StrEnum):
    """The direction of a trigger phrase."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    NEUTRAL = "neutral"


class Sentiment(StrEnum):
    """The mood of a whole Feedback; ``MIXED`` is clearly good and bad at once."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    MIXED = "mixed"


class Intent(StrEnum):
    """What the customer wants; several may hold at once."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    REQUEST = "request"
    PRAISE = "praise"
    PURCHASE_INTENT = "purchase_intent"
    CHURN_THREAT = "churn_threat"
    REFUND_DEMAND = "refund_demand"
    LEGAL_THREAT = "legal_threat"
    RESOLVED = "resolved"
    SPAM = "spam"
    OTHER = "other"


#: The trigger types that koe knows by itself; ``koe.yaml`` may rename or switch off some and add others.
TRIGGER_TYPES = (
    "defect",
    "performance",
    "fit_size",
    "wrong_item",
    "missing_part",
    "misleading_description",
    "delivery",
    "packaging",
    "availability",
    "support",
    "billing",
    "price_value",
    "safety",
    "refund_request",
    "churn",
    "purchase_intent",
    "feature_request",
    "question",
    "praise",
)

#: The types that state a fault or a harm when their polarity is negative: what a defect report is made of.
COMPLAINT_TYPES = frozenset(
    {
        "defect",
        "performance",
        "fit_size",
        "wrong_item",
        "missing_part",
        "misleading_description",
        "delivery",
        "packaging",
        "availability",
        "support",
        "billing",
        "price_value",
        "safety",
    }
)
