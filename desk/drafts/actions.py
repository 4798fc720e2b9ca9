"""Actions: the next best step for a subject, and whether it may be promised.

============================  =============================================================================
subject                       step
============================  =============================================================================
safety                        stop using it, do not throw it away, a person calls
legal                         a person answers
billing                       a person checks the charge
refund_request                how to return it
wrong_item                    exchange
missing_part                  the part is sent
defect, performance           the known workaround, else exchange, or repair where only that is allowed
fit_size                      another size
misleading_description        the description is mended; it can be returned
delivery                      the parcel is traced
packaging, churn, any, …      details are asked for
availability                  the stock is looked up
support                       a lead looks at what happened
question, purchase_intent     an answer, at the same place
feature_request, price_value  passed on
praise, solved                thanks
============================  =============================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desk.drafts.subject import LEGAL, SOLVED


class Action(StrEnum):
    """What a reply says will be done next."""

    STOP_USING = "stop_using"
    PERSON = "person"
    CHECK_CHARGE = "check_charge"
    RETURN = "return"
    EXCHANGE = "exchange"
    SEND_PART = "send_part"
    REPAIR = "repair"
    WORKAROUND = "workaround"
    OTHER_SIZE = "other_size"
    CORRECT = "correct"
    TRACE = "trace"
    DETAILS = "details"
    STOCK = "stock"
    LEAD = "lead"
    ANSWER = "answer"
    PASS_ON = "pass_on"
    THANK = "thank"


@dataclass(frozen=True, slots=True)
class Step:
    """The next best step; ``promised`` when koe.yaml allows to promise it."""

    action: Action
    promised: bool = False


#: Kinds of products that cannot be exchanged or repaired.
INTANGIBLE = frozenset({"app", "アプリ", "software", "ソフトウェア", "service", "サービス", "website"})

_BY_SUBJECT: Mapping[str, Action] = {
    "safety": Action.STOP_USING,
    LEGAL: Action.PERSON,
    "billing": Action.CHECK_CHARGE,
    "refund_request": Action.RETURN,
    "wrong_item": Action.EXCHANGE,
    "missing_part": Action.SEND_PART,
    "defect": Action.EXCHANGE,
    "performance": Action.EXCHANGE,
    "fit_size": Action.OTHER_SIZE,
    "misleading_description": Action.CORRECT,
    "delivery": Action.TRACE,
    "availability": Action.STOCK,
    "support": Action.LEAD,
    "question": Action.ANSWER,
    "purchase_intent": Action.ANSWER,
    "feature_request": Action.PASS_ON,
    "price_value": Action.PASS_ON,
    "praise": Action.THANK,
    SOLVED: Action.THANK,
}
_FAULTS = frozenset({"defect", "performance"})
_GOODS = frozenset({Action.EXCHANGE, Action.SEND_PART, Action.REPAIR, Action.OTHER_SIZE})
#: The word of koe.yaml that allows to promise a step.
_ALLOWED_BY: Mapping[Action, str] = {
    Action.EXCHANGE: "exchange",
    Action.SEND_PART: "exchange",
    Action.OTHER_SIZE: "exchange",
    Action.REPAIR: "repair",
    Action.RETURN: "refund",
}


def next_step(subject: str, allowed: Collection[str], *, workaround: bool = False, tangible: bool = True) -> Step:
    """The next best step; ``allowed`` are the actions of koe.yaml, ``workaround`` says that one is known.

    What cannot be sent in a parcel (``tangible`` false) is asked about in detail and not exchanged.
    """
    action = _BY_SUBJECT.get(subject, Action.DETAILS)
    if subject in _FAULTS and workaround:
        return Step(Action.WORKAROUND)
    if action in _GOODS and not tangible:
        return Step(Action.DETAILS)
    if subject in _FAULTS and "repair" in allowed and "exchange" not in allowed:
        action = Action.REPAIR
    return Step(action, _ALLOWED_BY.get(action) in allowed)
