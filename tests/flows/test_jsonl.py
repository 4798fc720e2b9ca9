"""``koe analyse`` and ``koe cluster``: the contract of their lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.steps.jsonl import analyse_lines, cluster_lines
from flows.wiring import Wiring
from koe.settings import RoutingRule, RoutingSettings, Settings
from koe.ticket import Priority


@pytest.fixture
def wiring(keyword_analyser: Any) -> Wiring:
    return Wiring(Settings(), _analyser=keyword_analyser)


def test_lines_come_back_in_order_with_errors_in_their_place(wiring: Wiring) -> None:
    lines = [
        '{"id": 1, "text": "音が出ない。", "title": "だめ", "rating": 1}',
        "not json",
        '{"id": "b"}',
        '{"id": "c", "text": "Great", "rating": 9}',
        '{"id": "d", "text": ""}',
        "[1]",
    ]
    out, refused = analyse_lines(lines, wiring)
    results = [json.loads(line) for line in out]
    assert refused == 4
    assert [result.get("id", result.get("line")) for result in results] == [1, 2, 3, 4, "d", 6]
    assert all("error" in result for result in (results[1], results[2], results[3], results[5]))


def test_a_line_holds_what_the_contract_says(wiring: Wiring) -> None:
    line = json.dumps({"id": "a", "text": "良い。でも音が出ない", "rating": 2, "channel": "review"}, ensure_ascii=False)
    out, refused = analyse_lines([line], wiring, embeddings=True)
    result = json.loads(out[0])
    assert refused == 0
    assert set(result) == {
        *("id", "lang", "sentiment", "triggers", "intents", "needs_response", "priority"),
        *("safety", "safety_score", "embedding"),
    }
    trigger = result["triggers"][0]
    assert "良い。でも音が出ない"[trigger["start"] : trigger["end"]] == trigger["text"] == "出ない"
    assert result["priority"] in {"urgent", "high", "normal", "low"}
    assert result["needs_response"] is True
    assert len(result["embedding"]) == 64


def test_priority_is_the_default_routing_s_whatever_koe_yaml_says(keyword_analyser: Any) -> None:
    rule = RoutingRule(name="all", queue="support", priority=Priority.URGENT)
    own = Settings(routing=RoutingSettings(rules=[rule], defaults=False))
    out, _ = analyse_lines(['{"id": 1, "text": "Lovely", "rating": 5}'], Wiring(own, _analyser=keyword_analyser))
    assert json.loads(out[0])["priority"] == "low"


def test_a_lone_surrogate_is_replaced_one_for_one(wiring: Wiring) -> None:
    out, refused = analyse_lines(['{"id": 1, "text": "\\ud800\\u0000音が出ない"}'], wiring)
    trigger = json.loads(out[0])["triggers"][0]
    assert refused == 0
    assert (trigger["start"], trigger["end"]) == (4, 7)
    out[0].encode("utf-8")


def test_clusters_name_the_issue_or_the_reason(wiring: Wiring) -> None:
    texts = [
        "充電中に音が出ない",
        "充電中は音が出ない",
        "充電中に音が出ないです",
        "充電の間は音が出ない",
        "かわいい",
        "broke once",
    ]
    lines = [json.dumps({"id": number, "text": text}, ensure_ascii=False) for number, text in enumerate(texts)]
    out, refused = cluster_lines([*lines, "{"], wiring)
    results = [json.loads(line) for line in out]
    assert refused == 1
    assert [result.get("id") for result in results[:-1]] == list(range(6))
    assert results[-1]["line"] == 7
    for result in results[:-1]:
        assert {"id", "issue", "label", "label_other", "issues"} <= set(result)
        assert (result["issue"] is None) == ("reason" in result)
    assert results[4]["issue"] is None
    assert cluster_lines([*lines, "{"], wiring)[0] == out
