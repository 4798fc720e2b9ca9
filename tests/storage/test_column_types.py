from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.text import storable, storable_json
from storage.types import UtcDateTime

_MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)).flatmap(
    lambda moment: st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    )
)


@given(_MOMENTS)
def test_a_moment_survives_both_databases(moment: datetime) -> None:
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        kind = UtcDateTime()
        stored = kind.process_bind_param(moment, dialect)
        back = kind.process_result_value(stored, dialect)
        assert back == moment
        assert back is not None
        assert back.tzinfo is UTC


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 5), sqlite.dialect())


@given(st.text(st.characters(), max_size=50))
def test_any_text_becomes_storable_in_the_same_length(text: str) -> None:
    clean = storable(text)
    assert len(clean) == len(text)
    assert "\x00" not in clean
    clean.encode("utf-8")
    assert storable(clean) == clean


def test_lone_surrogates_and_nul_become_replacement_characters() -> None:
    assert storable("a\ud83dあ\x00😀") == "a\ufffdあ\ufffd😀"
    assert storable_json({"\ud83d": ["\x00", 1, {"x": None}]}) == {"\ufffd": ["\ufffd", 1, {"x": None}]}
