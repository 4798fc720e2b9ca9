"""Subject: what a reply is about, the gravest of what was said, and whether an apology is due."""

from __future__ import annotations

from collections.abc import Mapping

from desk.facts import AS_KOE_CALLS_THEM, Facts, TypeNames
from koe.taxonomy import COMPLAINT_TYPES, TRIGGER_TYPES, Intent, Sentiment

#: Subjects that are no trigger types: a threat of law, a problem that was solved, nothing that koe can name.
LEGAL, SOLVED, ANYTHING = "legal", "solved", "any"

#: Subjects that no customer brings up: how it is some days after, and that an issue is fixed.
FOLLOW_UP, ISSUE_FIXED = "follow_up", "issue_fixed"

#: The trigger types as a reply takes them up, those of one's own after ``missing_part``.
_ORDER = (
    *("safety", "billing", "refund_request", "wrong_item", "missing_part", "*", "defect", "performance"),
    *("misleading_description", "fit_size", "delivery", "packaging", "availability", "support", "churn", "price_value"),
    *("question", "feature_request", "purchase_intent", "praise"),
)
_BY_INTENT: Mapping[Intent, str] = {
    Intent.REFUND_DEMAND: "refund_request",
    Intent.CHURN_THREAT: "churn",
    Intent.QUESTION: "question",
    Intent.REQUEST: "feature_request",
    Intent.PURCHASE_INTENT: "purchase_intent",
    Intent.PRAISE: "praise",
}
_COMPLAINING = frozenset({Intent.COMPLAINT, Intent.REFUND_DEMAND, Intent.CHURN_THREAT, Intent.LEGAL_THREAT})
_UPSET = frozenset({Sentiment.NEGATIVE, Sentiment.MIXED})


def subject_of(facts: Facts, names: TypeNames = AS_KOE_CALLS_THEM) -> str:
    """koe's own name of the trigger type (or one's own type) that a reply takes up, or one of the subjects above.

    Danger comes first, then a threat of law; then what costs the customer money, what can be mended, and what is only
    said. What was solved is solved unless a complaint stands beside it.
    """
    if facts.analysis is not None and facts.analysis.safety:
        return "safety"
    if Intent.LEGAL_THREAT in facts.intents:
        return LEGAL
    if Intent.RESOLVED in facts.intents and not apology_due(facts):
        return SOLVED
    found = {names.original(phrase.type) for phrase in facts.phrases}
    found |= {kind for intent, kind in _BY_INTENT.items() if intent in facts.intents}
    if Intent.COMPLAINT in facts.intents and not found & COMPLAINT_TYPES:
        # A complaint that no phrase names is no praise and no wish, whatever stands beside it.
        found -= {"praise", "purchase_intent", "feature_request"}
    for kind in _ORDER:
        if kind == "*":
            own = sorted(found.difference(TRIGGER_TYPES))
            if own:
                return own[0]
        elif kind in found:
            return kind
    return ANYTHING


def apology_due(facts: Facts) -> bool:
    """Whether something is wrong now that a customer complains of.

    True for a complaint, a refund demand, a threat to leave or to sue; and for a fault that a phrase names in a bad or
    mixed mood, or 1 or 2 stars, unless it is praise, a question or solved. What was solved needs no apology unless the
    complaint beside it is read as surely.
    """
    complaints = [share for intent, share in facts.intents.items() if intent in _COMPLAINING]
    solved = facts.intents.get(Intent.RESOLVED)
    if solved is not None:
        return any(share >= solved for share in complaints)
    if complaints:
        return True
    if facts.intents.keys() & {Intent.QUESTION, Intent.PRAISE}:
        return False
    upset = facts.analysis is not None and facts.analysis.sentiment.label in _UPSET
    return facts.low_stars or facts.low_score or (upset and any(_is_fault(facts, kind) for kind in COMPLAINT_TYPES))


def _is_fault(facts: Facts, kind: str) -> bool:
    return any(phrase.type == kind for phrase in facts.phrases)
