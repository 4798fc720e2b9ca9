from __future__ import annotations

from pathlib import Path

import pytest

import nlp
from nlp.spacy_text import stretches


@pytest.fixture(scope="module")
def pipeline(tiny_model: Path):
    return nlp.load(str(tiny_model))


def test_docs_carry_everything(pipeline) -> None:
    doc = pipeline("The wrong size arrived and smoke came out.")
    assert {"negative", "safety"} <= set(doc.cats)
    assert doc._.sentiment.label in doc.cats
    assert doc._.embedding.shape == (32,)
    assert any(span.label_ == "wrong_item" for span in doc.spans["triggers"])


def test_spans_are_widened_to_tokens_and_keep_exact_offsets(pipeline) -> None:
    text = "充電中に煙が出て、ｻｲｽﾞが違うものが届いた"
    doc = pipeline(text)
    exact = {(one.start, one.end) for one in doc._.analysis.triggers}
    assert doc.spans["triggers"]
    for span in doc.spans["triggers"]:
        assert span.start_char <= span._.start < span._.end <= span.end_char
        assert (span._.start, span._.end) in exact
        assert span._.polarity in ("negative", "positive", "neutral")
        assert 0 < span._.score <= 1


def test_each_text_is_tokenised_by_its_own_language(pipeline) -> None:
    docs = list(pipeline.pipe(["充電中に音が出ない", "I can't hear it."]))
    assert [token.text for token in docs[0]][:3] == ["充電", "中", "に"]
    assert [token.text for token in docs[1]] == ["I", "ca", "n't", "hear", "it", "."]


def test_the_stream_keeps_its_order(pipeline) -> None:
    texts = ["a longer text that comes first", "b", "", "音が出ない"] * 3
    assert [doc.text for doc in pipeline.pipe(texts)] == texts


@pytest.mark.parametrize("text", ["音が出ない。" * 9000, "broken \ud83d emoji の音", "\u3000\n"])
def test_texts_that_break_plain_tokenizers(pipeline, text: str) -> None:
    doc = pipeline.make_doc(text)
    assert doc.text == text.replace("\ud83d", "\ufffd")


def test_stretches_join_to_the_text() -> None:
    text = "一二三。四五六 七八九十" * 5
    parts = list(stretches(text, 7))
    assert "".join(parts) == text
    assert max(map(len, parts)) <= 7
