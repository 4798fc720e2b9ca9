"""Only failures that say of themselves that they pass are tried again."""

from __future__ import annotations

from typing import Any

import pytest

from koe.errors import BusyError, StorageError

pytestmark = pytest.mark.filterwarnings("ignore")  # Prefect warns of its own dependencies


@pytest.mark.parametrize(
    ("failure", "again"),
    [(BusyError("locked"), True), (StorageError("of another version"), False), (ValueError("a bug"), False)],
)
def test_passing_trouble_is_tried_again(failure: Exception, again: bool) -> None:
    from prefect.states import Failed

    from flows.retrying import passing_trouble

    anything: Any = None
    assert passing_trouble(anything, anything, Failed(data=failure)) is again
