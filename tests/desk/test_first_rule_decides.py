"""Properties of routing over any feedback and any rules."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from desk.conditions import clause, holds
from desk.explain import explain
from desk.facts import gather
from desk.routing import RuleBook, decide, default_book, rule_book
from desk.rule_checks import implies
from koe.analysis import Analysis, SentimentReading, TriggerPhrase
from koe.feedback import Channel, Feedback, Scale
from koe.settings import Condition, RoutingRule, RoutingSettings, Settings
from koe.taxonomy import TRIGGER_TYPES, Intent, Polarity, Sentiment
from koe.ticket import Priority

TYPES = st.sampled_from(TRIGGER_TYPES)


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    mood = draw(st.sampled_from(Sentiment))
    phrases = draw(st.lists(st.tuples(TYPES, st.sampled_from(Polarity)), max_size=4))
    return Analysis(
        model="any",
        lang=draw(st.sampled_from(["ja", "en", "und"])),
        sentiment=SentimentReading(mood, 0.0, {}),
        intents=dict.fromkeys(draw(st.sets(st.sampled_from(Intent), max_size=3)), 0.9),
        safety=draw(st.booleans()),
        safety_score=0.5,
        triggers=tuple(TriggerPhrase("text", 0, 2, "言葉", kind, polarity, 0.9) for kind, polarity in phrases),
        segments=(),
        embedding=None,  # type: ignore[arg-type]
    )


@st.composite
def feedbacks(draw: st.DrawFn) -> Feedback:
    scale = draw(st.sampled_from([None, *Scale]))
    low, high = scale.bounds if scale else (0, 0)
    return Feedback(
        source="any",
        external_id="1",
        channel=draw(st.sampled_from(Channel)),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        text=draw(st.text(max_size=30)),
        rating=draw(st.none() | st.integers(1, 5).map(float)),
        score=draw(st.integers(low, high).map(float)) if scale else None,
        scale=scale,
        reach=draw(st.none() | st.integers(0, 200_000)),
        parent_id=draw(st.none() | st.just("q")),
    )


def some(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | st.lists(values, min_size=1, max_size=3)


conditions = st.builds(
    Condition,
    safety=st.none() | st.booleans(),
    stars_at_most=st.none() | st.integers(1, 5),
    stars_at_least=st.none() | st.integers(1, 5),
    low_score=st.none() | st.booleans(),
    triggers=some(TYPES),
    intents=some(st.sampled_from(Intent)),
    sentiment=some(st.sampled_from(Sentiment)),
    channel=some(st.sampled_from(Channel)),
    reach_at_least=st.none() | st.integers(0, 200_000),
    repeated=st.none() | st.booleans(),
)
rules = st.builds(
    RoutingRule,
    name=st.uuids().map(str),
    when=st.lists(conditions, min_size=1, max_size=2),
    unless=st.lists(conditions, max_size=2),
    queue=st.sampled_from(["support", "social", "none"]),
    priority=st.sampled_from(Priority),
)
facts = st.builds(gather, feedbacks(), st.none() | analyses(), earlier=st.integers(0, 3), answered=st.booleans())


def book_of(own: list[RoutingRule], defaults: bool) -> RuleBook:
    from koe.errors import SettingsError

    try:
        return rule_book(Settings(routing=RoutingSettings(rules=own, defaults=defaults)))
    except SettingsError:
        return default_book()


@given(facts, st.lists(rules, max_size=3), st.booleans())
def test_the_first_rule_that_holds_decides(seen, own, defaults) -> None:  # type: ignore[no-untyped-def]
    book = book_of(own, defaults)
    routing = decide(seen, book)
    for ready in book.rules:
        held = any(holds(wanted, seen) for wanted in ready.when) and not any(
            holds(wanted, seen) for wanted in ready.unless
        )
        if held:
            assert routing.rule == ready.rule.name
            assert routing.priority is ready.rule.priority
            break
    else:
        assert routing.rule == "no rule"


@given(facts, st.lists(rules, max_size=3), st.booleans())
def test_low_stars_and_scores_always_land_in_a_queue(seen, own, defaults) -> None:  # type: ignore[no-untyped-def]
    routing = decide(seen, book_of(own, defaults))
    rating = seen.feedback.rating
    if (rating is not None and rating <= 2) or seen.low_score:
        assert routing.queue is not None


@given(facts)
def test_danger_is_always_urgent(seen) -> None:  # type: ignore[no-untyped-def]
    if seen.analysis is not None and seen.analysis.safety:
        assert decide(seen, default_book()).priority is Priority.URGENT


@given(facts, st.lists(rules, max_size=3))
def test_the_explanation_tells_what_decided(seen, own) -> None:  # type: ignore[no-untyped-def]
    book = book_of(own, defaults=True)
    told = explain(seen, book)
    assert told.routing == decide(seen, book)
    assert told.steps[-1].rule == told.routing.rule
    assert [step.held for step in told.steps] == [False] * (len(told.steps) - 1) + [True]
    assert all(step.lines for step in told.steps)


@given(facts, conditions, conditions)
def test_what_implies_another_condition_never_holds_without_it(seen, narrow, wide) -> None:  # type: ignore[no-untyped-def]
    if implies(narrow, wide) and holds(clause(narrow), seen):
        assert holds(clause(wide), seen)
