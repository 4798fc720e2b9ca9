"""prefect.yaml: every entry point imports and is a flow, every schedule is a cron line."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).parents[2] / "prefect.yaml"


def _deployments() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["deployments"]
    return loaded


@pytest.mark.parametrize("deployment", _deployments(), ids=lambda one: one["entrypoint"])
def test_every_entry_point_is_a_flow(deployment: dict[str, Any]) -> None:
    from prefect import Flow

    path, name = deployment["entrypoint"].split(":")
    flow = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(flow, Flow)
    assert flow.name == name


def test_all_five_flows_are_scheduled_in_tokyo() -> None:
    deployments = _deployments()
    assert {one["entrypoint"].partition(":")[2] for one in deployments} == {
        *("ingest", "analyse", "discover", "route", "weekly"),
    }
    for one in deployments:
        assert [schedule["timezone"] for schedule in one["schedules"]] == ["Asia/Tokyo"]
        assert len(one["schedules"][0]["cron"].split()) == 5
