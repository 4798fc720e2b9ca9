"""Case: everything that a template can say, gathered from a ticket's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.drafts.actions import INTANGIBLE, Action, Step, next_step
from desk.drafts.alternatives import alternative
from desk.drafts.customer import CustomerKind, customer_kind
from desk.drafts.names import name_of
from desk.drafts.outlets import Outlet
from desk.drafts.subject import apology_due, subject_of
from desk.facts import TypeNames, gather
from koe.feedback import Channel, Feedback
from koe.issue import Issue
from koe.settings import Settings

if TYPE_CHECKING:
    from desk.ticket_page import TicketPage
    from storage.work import Work


@dataclass(frozen=True, slots=True)
class DraftCase:
    """What a reply is about, to whom, and what it may say.

    ``label`` is the issue's name in the reply's language, ``alternative`` another product's name; both are empty where
    there is none. ``reasons`` say in words why the draft is as it is.
    """

    ticket: str
    queue: str
    lang: str
    channel: Channel
    outlet: Outlet
    kind: CustomerKind
    subject: str
    apology: bool
    step: Step
    name: str = ""
    product: str = ""
    issue: str | None = None
    label: str = ""
    workaround: str = ""
    alternative: str = ""
    returning: bool = False
    reasons: tuple[str, ...] = ()


def draft_case(work: Work, settings: Settings, page: TicketPage) -> DraftCase:
    """Gather what a reply to a ticket needs, from its page and the store."""
    feedback = page.feedback.feedback
    names = TypeNames(settings.taxonomy.rename, frozenset(settings.taxonomy.off))
    facts = gather(feedback, page.analysis, names=names)
    lang = reply_language(feedback, page.analysis.lang if page.analysis else None)
    earlier = [one.feedback for one in page.earlier]
    kind, why_kind = customer_kind(facts, earlier, page.ticket.priority)
    subject, apology = subject_of(facts, names), apology_due(facts)
    outlet = outlet_of(settings, feedback)
    issue = next((one for one in page.issues if not one.dismissed), None) if apology else None
    workaround = work.issues.workarounds(issue.id).get(lang, "") if issue else ""
    step = next_step(
        subject, settings.drafts.actions, workaround=bool(workaround), tangible=_is_tangible(settings, feedback, outlet)
    )
    other = None
    if step.action in (Action.EXCHANGE, Action.REPAIR) or kind is CustomerKind.COMPARING:
        other = alternative(work, settings, issue)
    return DraftCase(
        ticket=page.ticket.id,
        queue=page.ticket.queue,
        lang=lang,
        channel=feedback.channel,
        outlet=outlet,
        kind=kind,
        subject=subject,
        apology=apology,
        step=step,
        name=name_of(feedback, lang, settings.drafts.name_from),
        product=_product_name(settings, feedback.product_id, lang),
        issue=issue.id if issue else None,
        label=_label(issue, lang),
        workaround=workaround,
        alternative=_product_name(settings, other, lang),
        returning=bool(earlier),
        reasons=(
            f"the customer is {kind.value}: {why_kind}",
            f"it is about {subject}" + (f" ({issue.id})" if issue else ""),
            "an apology is due" if apology else "no apology is due",
            f"next step: {step.action.value}" + ("" if step.promised else ", not promised"),
        ),
    )


def reply_language(feedback: Feedback, read: str | None) -> str:
    """``ja`` or ``en``: the language of the feedback, and English for every other one."""
    return "ja" if (feedback.lang or read or "").lower().startswith("ja") else "en"


def outlet_of(settings: Settings, feedback: Feedback) -> Outlet:
    """Where a reply to a feedback will stand, by koe.yaml (``drafts: outlets:``); a social post's reply is short."""
    named = settings.drafts.outlets.get(feedback.source)
    if named is not None:
        return Outlet(named)
    return Outlet.X if feedback.channel is Channel.SOCIAL else Outlet.ANY


def _is_tangible(settings: Settings, feedback: Feedback, outlet: Outlet) -> bool:
    product = settings.products.get(feedback.product_id or "")
    kind = (product.kind or "").casefold() if product else ""
    return outlet not in (Outlet.GOOGLE_PLAY, Outlet.APP_STORE) and kind not in INTANGIBLE


def _product_name(settings: Settings, product_id: str | None, lang: str) -> str:
    product = settings.products.get(product_id or "")
    return ((product.name.ja if lang == "ja" else product.name.en) or "") if product else ""


def _label(issue: Issue | None, lang: str) -> str:
    return ((issue.label.ja if lang == "ja" else issue.label.en) or "") if issue else ""
