from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from koe.feedback import Channel, Disclosure, Feedback, Scale, text_hash

FEEDBACK = Feedback("shop", "R1", Channel.REVIEW, datetime(2026, 2, 1, tzinfo=UTC), text="音が出ない", rating=2)


def test_the_natural_key_is_shown_with_a_colon() -> None:
    assert FEEDBACK.key == "shop:R1"


def test_an_edit_changes_the_content_hash_and_a_later_export_does_not() -> None:
    assert replace(FEEDBACK, text="直った").content_hash != FEEDBACK.content_hash
    assert replace(FEEDBACK, rating=5).content_hash != FEEDBACK.content_hash
    later = replace(FEEDBACK, updated_at=datetime(2026, 3, 1, tzinfo=UTC), version=2)
    assert later.content_hash == FEEDBACK.content_hash


def test_title_and_text_do_not_run_into_each_other() -> None:
    assert text_hash("ab", "c") != text_hash("a", "bc")
    assert text_hash(None, "c") == text_hash("", "c")


@pytest.mark.parametrize("disclosure", [Disclosure.STAFF, Disclosure.INCENTIVISED, Disclosure.SYNDICATED])
def test_interested_authors_and_answers_do_not_count(disclosure: Disclosure) -> None:
    assert FEEDBACK.counted
    assert not replace(FEEDBACK, disclosure=disclosure).counted
    assert not replace(FEEDBACK, parent_id="Q1").counted


def test_scales_have_their_bounds() -> None:
    assert [scale.bounds for scale in Scale] == [(0, 10), (1, 5), (1, 7)]
