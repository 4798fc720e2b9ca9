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
        "followed up": N_("followed up"),
        "told of the fix": N_("told of the fix"),
    },
    "rule": {
        "company's answer": N_("the company's own answer"),
        "danger": N_("danger"),
        "legal threat": N_("legal threat"),
        "grave and public": N_("grave and public"),
        "spam": N_("spam"),
        "answer": N_("an answer to a question"),
        "refund demanded": N_("refund demanded"),
        "churn threatened": N_("threat to leave"),
        "wrong item": N_("wrong item"),
        "wrong charge": N_("wrong charge"),
        "public anger at support": N_("public anger at support"),
        "same person again": N_("same person again"),
        "wish in passing": N_("wish in passing"),
        "answered question": N_("answered question"),
        "complaint": N_("complaint"),
        "question": N_("question"),
        "request": N_("request"),
        "low stars": N_("low stars"),
        "low score": N_("low score"),
        "solved": N_("solved"),
        "wish to buy": N_("wish to buy"),
        "praise": N_("praise"),
        "nothing asked": N_("nothing asked"),
        "no rule": N_("no rule"),
    },
    "act": {
        "claim": N_("took the case"),
        "reply": N_("replied"),
        "wait": N_("waits for the customer"),
        "answered": N_("the customer answered"),
        "resolve": N_("resolved"),
        "close": N_("closed"),
        "reopen": N_("opened again"),
        "move": N_("moved to another queue"),
        "hand-over": N_("handed over"),
        "promise": N_("noted a promise"),
        "change-promise": N_("changed a promise"),
        "keep-promise": N_("kept a promise"),
        "drop-promise": N_("dropped a promise"),
        "follow-up": N_("followed up"),
        "no-follow-up": N_("dropped a follow-up"),
        "told of the fix": N_("told of the fix"),
        "not-spam": N_("said that it is no spam"),
        "remove": N_("removed the post"),
        "try again": N_("tried a delivery again"),
        "retry deliveries": N_("tried all deliveries again"),
        "corrected sentiment": N_("corrected the mood"),
        "corrected trigger": N_("took a phrase away"),
        "corrected issue": N_("corrected the issue"),
        "corrected no-answer": N_("said that it needs no answer"),
        "user added": N_("added an account"),
        "user changed": N_("changed an account"),
        "user disabled": N_("disabled an account"),
        "user enabled": N_("let an account in again"),
        "password set": N_("set a password"),
        "set-up token made": N_("made a set-up token"),
        "API token made": N_("made a token for an application"),
        "API token revoked": N_("revoked an application's token"),
        "sign-in failed": N_("sign-in failed"),
        "signed in": N_("signed in"),
        "signed out": N_("signed out"),
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
        "not-spam": N_("said that it is no spam"),
        "remove": N_("removed the post"),
    },
    "customer": {
        "new": N_("new"),
        "asking": N_("asking"),
        "comparing": N_("comparing"),
        "confused": N_("confused"),
        "urgent": N_("urgent"),
        "unhappy": N_("unhappy"),
        "loyal": N_("loyal"),
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


def is_known(kind: str, value: object) -> bool:
    """Whether koe has words for a term in every language."""
    return str(value) in WORDS[kind]
