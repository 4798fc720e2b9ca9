"""Which failures Prefect may try again: those whose error says that they pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from koe.errors import KoeError

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.tasks import Task


def passing_trouble(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether the task failed by a :class:`~koe.errors.KoeError` that calls itself transient."""
    try:
        state.result()
    except KoeError as error:
        return error.transient
    except Exception:  # noqa: BLE001 (any other failure is a bug or an outage that a person must see)
        return False
    return False
