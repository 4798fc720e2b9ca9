"""Routing: which queue a Feedback goes to, how urgent it is, and why, in words.

The rules are read from top to bottom and the first that holds decides: first those of koe.yaml, then the default
table. Whatever they say, a review of 1 or 2 stars and a survey score at the bottom always land in a queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from desk.conditions import Clause, Finding, clause, findings, holds
from desk.default_table import DEFAULT_QUEUES, LOW_STARS_QUEUE, NO_QUEUE, default_rules
from desk.facts import AS_KOE_CALLS_THEM, Facts, TypeNames, earlier_in_words, gather, score_in_words, stars_in_words
from koe.analysis import Analysis
from koe.feedback import Feedback
from koe.settings import QueueSettings, RoutingRule, Settings
from koe.ticket import Priority, Routing


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule with its conditions taken apart once."""

    rule: RoutingRule
    when: tuple[Clause, ...]
    unless: tuple[Clause, ...]

    def holds(self, facts: Facts) -> Clause | None:
        """The first ``when`` that holds, unless an ``unless`` does."""
        met = next((wanted for wanted in self.when if holds(wanted, facts)), None)
        return met if met is not None and not any(holds(wanted, facts) for wanted in self.unless) else None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules in reading order, the queues they may name, and the names of trigger types."""

    rules: tuple[ReadyRule, ...]
    queues: Mapping[str, QueueSettings]
    names: TypeNames = AS_KOE_CALLS_THEM


def rule_book(settings: Settings) -> RuleBook:
    """The rules of koe.yaml before the default table.

    Raises:
        SettingsError: when a rule can never hold, is shadowed by an earlier one or names an unknown queue or type.
    """
    from desk.rule_checks import check_rules

    names = TypeNames(settings.taxonomy.rename, frozenset(settings.taxonomy.off))
    queues = all_queues(settings)
    check_rules(settings, queues)
    rules = [*settings.routing.rules, *(default_rules(names) if settings.routing.defaults else [])]
    return RuleBook(tuple(_ready(rule) for rule in rules), queues, names)


@cache
def default_book() -> RuleBook:
    """The default table alone."""
    return RuleBook(tuple(_ready(rule) for rule in default_rules()), DEFAULT_QUEUES)


def all_queues(settings: Settings) -> dict[str, QueueSettings]:
    """The default queues and those of koe.yaml; one of the same name keeps the title, if koe.yaml gives none."""
    queues = dict(DEFAULT_QUEUES)
    for name, own in settings.queues.items():
        known = DEFAULT_QUEUES.get(name)
        if known is not None:
            title = own.title if own.title.ja or own.title.en else known.title
            own = own.model_copy(update={"title": title})  # noqa: PLW2901
        queues[name] = own
    return queues


def route(
    feedback: Feedback,
    analysis: Analysis | None,
    book: RuleBook | None = None,
    *,
    earlier: int = 0,
    answered: bool = False,
) -> Routing:
    """Decide on one Feedback.

    ``analysis`` is ``None`` when there is no text. ``earlier`` is how often the same person needed a response before
    within the configured time; ``answered`` says that a question has an answer.
    """
    book = book or default_book()
    return decide(gather(feedback, analysis, earlier=earlier, answered=answered, names=book.names), book)


def router(settings: Settings) -> Callable[[Feedback, Analysis | None], Routing]:
    """The decision as a function of one Feedback and its Analysis, by the rules of koe.yaml and the default table.

    Raises:
        SettingsError: when a rule can never work.
    """
    book = rule_book(settings)
    return lambda feedback, analysis: route(feedback, analysis, book)


def decide(facts: Facts, book: RuleBook) -> Routing:
    """The first rule that holds, and the net under low stars."""
    for ready in book.rules:
        met = ready.holds(facts)
        if met is not None:
            return _caught(_routing(ready.rule, findings(met, facts), facts), facts, book)
    nothing = Routing(None, Priority.LOW, needs_response=False, rule="no rule", reasons=("No rule holds",))
    return _caught(nothing, facts, book)


def _ready(rule: RoutingRule) -> ReadyRule:
    return ReadyRule(rule, tuple(map(clause, rule.when)), tuple(map(clause, rule.unless)))


def _routing(rule: RoutingRule, found: Sequence[Finding], facts: Facts) -> Routing:
    queue = rule.by_channel.get(facts.feedback.channel, rule.queue)
    reasons = [rule.sentence] if rule.sentence else []
    reasons += [finding.words for finding in found]
    reasons += _beside(facts, {finding.key for finding in found})
    return Routing(
        queue=None if queue == NO_QUEUE else queue,
        priority=rule.priority,
        needs_response=rule.needs_response,
        rule=rule.name,
        reasons=tuple(reasons),
    )


def _beside(facts: Facts, said: set[str]) -> list[str]:
    """What a person wants to know beside the facts that decided."""
    feedback = facts.feedback
    lines = []
    if feedback.rating is not None and not said & {"stars_at_most", "stars_at_least"}:
        lines.append(stars_in_words(feedback.rating))
    if feedback.score is not None and not said & {"score_at_most", "low_score"}:
        lines.append(score_in_words(feedback))
    if feedback.reach is not None and "reach_at_least" not in said:
        lines.append(f"reach {feedback.reach:,}")
    if facts.earlier and "repeated" not in said:
        lines.append(earlier_in_words(facts.earlier))
    return lines


def _caught(routing: Routing, facts: Facts, book: RuleBook) -> Routing:
    """Low stars always land in a queue, also where a rule of koe.yaml makes no ticket or none holds."""
    if routing.queue is not None or not (facts.low_stars or facts.low_score):
        return routing
    queue = LOW_STARS_QUEUE if LOW_STARS_QUEUE in book.queues else next(iter(book.queues))
    why = "Low stars and scores always get a ticket" + (
        f"; the rule {routing.rule!r} alone makes none" if routing.rule != "no rule" else ""
    )
    return Routing(queue, routing.priority, routing.needs_response, routing.rule, (why, *routing.reasons))
