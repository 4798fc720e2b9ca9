from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from koe.analysis import Document
from koe.errors import MissingExtraError, UsageError
from koe.taxonomy import Sentiment
from nlp.evaluation.baselines import AlwaysNegative, FrozenEncoder, Lexicon
from nlp.evaluation.datasets import read_written


def test_always_negative() -> None:
    read = AlwaysNegative().read([Document("最高")])
    assert (read.moods, read.scores.tolist()) == ([Sentiment.NEGATIVE], [-1.0])


def test_the_lexicon_reads_both_languages() -> None:
    pytest.importorskip("vaderSentiment")
    texts = ["とても良いです。", "最悪でした。", "Great sound, I love it!", "Terrible, it broke.", "火曜日に届く", ""]
    read = Lexicon().read([Document(text) for text in texts])
    assert np.sign(read.scores).tolist() == [1, -1, 1, -1, 0, 0]
    assert read.moods[:2] == [Sentiment.POSITIVE, Sentiment.NEGATIVE]
    assert read.moods[-1] is Sentiment.NEUTRAL


def test_a_lexicon_that_is_not_installed_says_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipadic", None)
    with pytest.raises(MissingExtraError, match=r'pip install "koe\[eval\]"'):
        Lexicon()


def test_the_frozen_encoder_learns_from_the_corpus(encoder: Path, corpus: Path) -> None:
    frozen = FrozenEncoder(encoder, read_written(corpus, "train"))
    read = frozen.read([Document("壊れた 3回目。"), Document("Lovely 4."), Document("")])
    assert read.moods[:2] == [Sentiment.NEGATIVE, Sentiment.POSITIVE]
    assert read.scores[0] < 0 < read.scores[1]
    assert read.embeddings is not None
    assert np.linalg.norm(read.embeddings, axis=1) == pytest.approx([1, 1, 0])
    assert read.dangers is not None
    assert read.dangers.max() == 0  # no danger in what it learnt from


def test_a_folder_without_an_encoder_is_told(encoder: Path, corpus: Path, tmp_path: Path) -> None:
    texts = read_written(corpus, "train")
    with pytest.raises(UsageError, match=r"missing config\.json"):
        FrozenEncoder(tmp_path, texts)
    with pytest.raises(UsageError, match="no training part"):
        FrozenEncoder(encoder, [])
