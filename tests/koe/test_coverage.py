from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koe.coverage import Clause, Coverage
from koe.errors import UsageError
from koe.natural import natural_key


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("B-9", "B-10"),
        ("2.9", "2.10"),
        ("A", "B"),
        ("a", "B"),
        ("2.1", "2.1.1"),
        ("9", "A"),
        ("Lot 2", "Lot 11"),
        ("第9版", "第10版"),
        ("2026-08-09", "2026-08-10"),
        ("9" * 5000, "1" + "0" * 5000),
    ],
)
def test_natural_order_is_as_people_count(lower: str, higher: str) -> None:
    assert natural_key(lower) < natural_key(higher)


def test_width_case_and_leading_zeros_play_no_part() -> None:
    assert natural_key("Ｂ－００９ ") == natural_key("b-9")


@given(st.lists(st.integers(0, 10**30), min_size=2, max_size=20))
def test_numbers_in_names_order_as_numbers(numbers: list[int]) -> None:
    assert sorted((f"B-{number}" for number in numbers), key=natural_key) == [f"B-{n}" for n in sorted(numbers)]


@pytest.mark.parametrize(
    ("condition", "attributes", "expected"),
    [
        ("lot>=C", {"lot": "C"}, True),
        ("lot>=C", {"lot": "B"}, False),
        ("lot > B-9", {"lot": "B-10"}, True),
        ("firmware<2.10", {"firmware": "2.9"}, True),
        ("firmware<=2.9", {"firmware": "2.10"}, False),
        ("region=JP", {"region": "jp"}, True),
        ("region!=JP", {"region": "US"}, True),
        ("lot>=C,region=JP", {"lot": "D", "region": "JP"}, True),
        ("lot>=C,region=JP", {"lot": "D", "region": "US"}, False),
        ("lot>=C", {}, None),
        ("lot>=C", {"lot": ""}, None),
        ("lot!=C", {"colour": "red"}, None),
        ("lot>=C,region=JP", {"lot": "D"}, None),
        ("lot>=C,region=JP", {"lot": "A"}, False),
        ('colour="Red, large"', {"colour": "red, large"}, True),
    ],
)
def test_all_conditions_must_hold_and_what_is_not_told_is_unknown(
    condition: str, attributes: dict[str, str], expected: bool | None
) -> None:
    assert Coverage.parse(condition).covers(attributes) is expected


def test_a_condition_is_kept_as_it_was_meant() -> None:
    read = Coverage.parse(' app version >= 2.10 , 色="赤, 大" ')
    assert read.clauses == (Clause("app version", ">=", "2.10"), Clause("色", "=", "赤, 大"))
    assert Coverage.parse(str(read)) == read
    assert read.attributes == {"app version", "色"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("lot", "from 'lot' on"),
        ("", "missing at its end"),
        ("lot>=C,", "missing at its end"),
        ("lot>=", "from 'lot>=' on"),
        ("lot==C", "from 'lot==C' on"),
        ("lot=>C", "from 'lot=>C' on"),
        (">=C", "from '>=C' on"),
        ("lot>=C region=JP", "from 'lot>=C region=JP' on"),
        ('lot="C', "from 'lot=\"C' on"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_an_example(text: str, where: str) -> None:
    with pytest.raises(UsageError, match="such as lot>=C") as error:
        Coverage.parse(text)
    assert where in str(error.value)
