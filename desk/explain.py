"""Explain: every routing rule in turn, which of its conditions held or failed, and the facts behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.conditions import Clause, findings
from desk.facts import Facts, facts_in_words
from desk.routing import ReadyRule, RuleBook, decide
from koe.ticket import Priority, Routing


@dataclass(frozen=True, slots=True)
class RuleStep:
    """What became of one rule; ``lines`` say why. Rules after the one that decided are not read."""

    rule: str
    priority: Priority
    queue: str
    held: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The facts, the rules that were read up to the one that decided, and the decision."""

    facts: tuple[str, ...]
    steps: tuple[RuleStep, ...]
    routing: Routing


def explain(facts: Facts, book: RuleBook) -> Explanation:
    """Walk the rules as :func:`desk.routing.decide` does and write down why each held or not."""
    steps: list[RuleStep] = []
    for ready in book.rules:
        steps.append(_step(ready, facts))
        if steps[-1].held:
            break
    return Explanation(tuple(facts_in_words(facts)), tuple(steps), decide(facts, book))


def _step(ready: ReadyRule, facts: Facts) -> RuleStep:
    met = next((wanted for wanted in ready.when if not _failures(wanted, facts)), None)
    barriers = [wanted for wanted in ready.unless if not _failures(wanted, facts)]
    if met is None:
        failed = dict.fromkeys("; ".join(_failures(wanted, facts)) for wanted in ready.when)
        lines = [f"fails: {words}" for words in failed]
    else:
        lines = [f"holds: {_all_of(met, facts)}"]
        lines += [f"held back: {_all_of(wanted, facts)}" for wanted in barriers]
    held = met is not None and not barriers
    return RuleStep(ready.rule.name, ready.rule.priority, ready.rule.queue, held, tuple(lines))


def _all_of(wanted: Clause, facts: Facts) -> str:
    return "; ".join(finding.words for finding in findings(wanted, facts)) or "it asks for nothing"


def _failures(wanted: Clause, facts: Facts) -> Sequence[str]:
    return [finding.words for finding in findings(wanted, facts) if not finding.held]
