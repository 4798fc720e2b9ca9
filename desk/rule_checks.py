"""Load-time checks of koe.yaml's routing rules: what can never work is told before anything is routed."""

from __future__ import annotations

from collections.abc import Collection

from desk.default_table import NO_QUEUE
from koe.errors import SettingsError
from koe.feedback import RATING_BOUNDS
from koe.settings import Condition, RoutingRule, Settings
from koe.settings_file import place_of
from koe.taxonomy import TRIGGER_TYPES


def check_rules(settings: Settings, queues: Collection[str]) -> None:
    """Check the rules of koe.yaml.

    Raises:
        SettingsError: with the line, for a name that is given twice, an unknown queue or trigger type, a rule that
            can never hold, and a rule that an earlier one always beats.
    """
    rules = settings.routing.rules
    for index, rule in enumerate(rules):
        problem = (
            _repeated_name(rule, rules[:index])
            or _unknown_queue(rule, queues)
            or _unknown_type(rule, settings)
            or _never_holds(rule)
            or _shadowed(rule, rules[:index])
        )
        if problem:
            what, expected = problem
            where = place_of(settings, ["routing", "rules", index])
            raise SettingsError(f"routing rule {rule.name!r} {what}", where=where, expected=expected)


Problem = tuple[str, str] | None


def _repeated_name(rule: RoutingRule, earlier: Collection[RoutingRule]) -> Problem:
    if any(rule.name == other.name for other in earlier):
        return "has the name of an earlier rule", "a name of its own"
    return None


def _unknown_queue(rule: RoutingRule, queues: Collection[str]) -> Problem:
    for queue in (rule.queue, *rule.by_channel.values()):
        if queue != NO_QUEUE and queue not in queues:
            known = ", ".join([*queues, NO_QUEUE])
            return f"names the unknown queue {queue!r}", f"one of {known}; or a new one under queues:"
    return None


def _unknown_type(rule: RoutingRule, settings: Settings) -> Problem:
    taxonomy = settings.taxonomy
    known = {taxonomy.rename.get(name, name) for name in TRIGGER_TYPES if name not in taxonomy.off}
    known |= {pattern.type for pattern in taxonomy.add}
    for condition in (*rule.when, *rule.unless):
        for name in condition.triggers or ():
            if name in taxonomy.off:
                return f"asks for {name!r}, which taxonomy.off switches off", f"one of {', '.join(sorted(known))}"
            if name not in known:
                new = taxonomy.rename.get(name)
                hint = f", which taxonomy.rename calls {new!r}" if new else ""
                return f"asks for the unknown trigger type {name!r}{hint}", f"one of {', '.join(sorted(known))}"
    return None


def _never_holds(rule: RoutingRule) -> Problem:
    reasons = [_impossible(condition) for condition in rule.when]
    if all(reasons):
        return f"can never hold: {reasons[0]}", "a condition that some feedback can meet"
    possible = [condition for condition, reason in zip(rule.when, reasons, strict=True) if not reason]
    if all(any(implies(condition, barrier) for barrier in rule.unless) for condition in possible):
        return "can never hold: its unless: covers its when:", "an unless: that leaves something"
    return None


def _impossible(condition: Condition) -> str:
    low, high = RATING_BOUNDS
    most, least = condition.stars_at_most, condition.stars_at_least
    if most is not None and most < low:
        return f"there are no reviews of {most:g} stars or fewer"
    if least is not None and least > high:
        return f"there are no reviews of {least:g} stars or more"
    if most is not None and least is not None and least > most:
        return f"no review has at most {most:g} and at least {least:g} stars"
    if condition.answer and condition.answered:
        return "an answer is no question that somebody answered"
    for key in _LISTS:
        if getattr(condition, key) == []:
            return f"{key} is an empty list"
    return ""


def _shadowed(rule: RoutingRule, earlier: Collection[RoutingRule]) -> Problem:
    for other in earlier:
        covered = all(any(implies(condition, wider) for wider in other.when) for condition in rule.when)
        # The earlier rule steps back only where this one does as well.
        held_back = all(any(implies(barrier, own) for own in rule.unless) for barrier in other.unless)
        if covered and held_back:
            return (
                f"is never reached: the earlier rule {other.name!r} holds whenever it does",
                "the narrower rule first",
            )
    return None


def implies(narrow: Condition, wide: Condition) -> bool:
    """Whether whatever meets the first condition surely meets the second (each key compared by itself)."""
    return all(_key_implies(key, narrow, wide) for key in Condition.model_fields if getattr(wide, key) is not None)


def _key_implies(key: str, narrow: Condition, wide: Condition) -> bool:
    have, want = getattr(narrow, key), getattr(wide, key)
    if have is None:
        # "polarity" only widens or narrows "triggers": without it, the phrases that count are meant.
        return key == "polarity" and wide.triggers is None
    if key == "triggers":
        return set(have) <= set(want) and (narrow.polarity is None) == (wide.polarity is None)
    if key in _LISTS:
        return set(have) <= set(want)
    if key.endswith("_at_most"):
        return bool(have <= want)
    if key.endswith("_at_least"):
        return bool(have >= want)
    return bool(have == want)


_LISTS = ("triggers", "polarity", "intents", "sentiment", "channel", "product", "lang", "disclosure")
