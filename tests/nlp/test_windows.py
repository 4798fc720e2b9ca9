from __future__ import annotations

import pytest

from nlp.windows import windows


@pytest.mark.parametrize("length", [0, 1, 30, 31, 100, 1000])
def test_every_piece_is_kept_once_with_room_around_it(length: int) -> None:
    found = windows(length, 30)
    assert [index for one in found for index in range(one.first, one.last)] == list(range(length))
    for one in found:
        assert one.end - one.start <= 30
        assert one.start <= one.first <= one.last <= one.end
