from __future__ import annotations

import json

import numpy as np
import pytest

from koe.analysis import Analysis, Segment, SentimentReading
from koe.settings import DiscoverySettings
from koe.taxonomy import Sentiment
from nlp.discovery.cluster_texts import cluster_texts

FAULTS = ("strap", "button", "sound")
TEXTS = {
    "strap": [
        "The strap broke",
        "Strap snapped at once",
        "My strap came off",
        "A strap that breaks in a week",
        "strap gone",
    ],
    "button": [
        "The button sticks",
        "Button stuck again",
        "My button will not click",
        "One button is dead",
        "button jams",
    ],
    "sound": ["音が出ない", "音が途切れる", "音が小さすぎる", "音が割れます", "音がしない"],
}


class WordAnalyser:
    """Sees a fault where its word stands, and a complaint in everything but thanks; answers out of order."""

    def analyse(self, documents, progress=None):
        for index, document in reversed(list(enumerate(documents))):
            yield index, self._one(document)

    def _one(self, document):
        text = document.text.lower().replace("音", "sound")
        noise = np.random.default_rng(len(text) * 31 + sum(map(ord, text))).normal(size=24)
        vector = 0.3 * noise
        for place, fault in enumerate(FAULTS):
            vector[place] += 5 * (fault in text)
        vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        complaint = 0.1 if "thanks" in text else 0.9
        segments = (Segment("text", 0, len(document.text), complaint, vector),) if document.text else ()
        mood = SentimentReading(Sentiment.NEGATIVE, -1.0, {Sentiment.NEGATIVE: 1.0})
        lang = document.lang or ("en" if document.text.isascii() else "ja")
        return Analysis("word-1", lang, mood, {}, False, 0.0, (), segments, vector)


@pytest.fixture
def lines():
    told = [text for texts in zip(*TEXTS.values(), strict=True) for text in texts]
    told += [f"Nobody else would mind {word}" for word in ("the grey", "a scent", "weight", "stairs", "fonts", "noise")]
    told += ["箱がつぶれていた", "色が地味", "説明書が英語だけ", "少し重い", "値段が高い", "返事が遅い"]
    return [json.dumps({"id": f"r{number}", "text": text}, ensure_ascii=False) for number, text in enumerate(told)]


def test_each_line_gets_its_issue_in_the_same_order(lines):
    results = cluster_texts(lines, WordAnalyser(), DiscoverySettings())
    assert [result["id"] for result in results] == [json.loads(line)["id"] for line in lines]
    assert {result["issue"] for result in results[:3]} == {"ISSUE-0001", "ISSUE-0002", "ISSUE-0003"}
    for fault in range(3):
        assert len({result["issue"] for result in results[fault:15:3]}) == 1
    strap, sound = results[0], results[2]
    assert "strap" in strap["label"].lower()
    assert set(strap) == {"id", "issue", "label", "label_other", "issues"}
    assert strap["issues"] == [{"issue": strap["issue"], "start": 0, "end": len("The strap broke")}]
    assert sound["label"].startswith("音")


def test_a_text_outside_says_why(lines):
    results = cluster_texts([*lines, '{"id": 7, "text": "Thanks a lot"}'], WordAnalyser(), DiscoverySettings())
    outside = [result for result in results if result["issue"] is None]
    assert outside
    assert all(result["reason"] and result["issues"] == [] for result in outside)
    assert results[-1]["reason"].startswith("no complaint")


def test_unreadable_lines_say_so_in_their_place(lines):
    wrong = [
        "{",
        "[1]",
        '{"text": "x"}',
        '{"id": 1}',
        '{"id": 1, "text": "x", "created_at": "soon"}',
        '{"id": 1, "text": "x", "lang": 3}',
    ]
    results = cluster_texts([lines[0], *wrong, "", lines[1]], WordAnalyser(), DiscoverySettings())
    assert [result.get("line") for result in results] == [None, 2, 3, 4, 5, 6, 7, None]
    assert all("error" in result for result in results[1:7])


def test_the_output_is_the_same_twice(lines):
    first = json.dumps(cluster_texts(lines, WordAnalyser(), DiscoverySettings()))
    assert json.dumps(cluster_texts(lines, WordAnalyser(), DiscoverySettings())) == first


def test_copies_do_not_found_an_issue():
    text = "The strap broke when we were out on the lake with the children and it sank like a stone"
    lines = [json.dumps({"id": number, "text": text}) for number in range(6)]
    lines += [json.dumps({"id": number, "text": f"thing {number} bothers me"}) for number in range(6, 20)]
    results = cluster_texts(lines, WordAnalyser(), DiscoverySettings())
    assert results[0]["issue"] is None


def test_no_lines_give_nothing():
    assert cluster_texts([], WordAnalyser(), DiscoverySettings()) == []
