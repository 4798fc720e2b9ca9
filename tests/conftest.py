"""What all tests share: no environment of one's own, databases, an analyser that needs no weights, test sets."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest

from koe.analysis import Analysis, Document, Field, Segment, SentimentReading, TriggerPhrase
from koe.taxonomy import Intent, Polarity, Sentiment
from nlp.model_files import DEFAULT_MODEL

if TYPE_CHECKING:
    from transformers import BertConfig

    TinyConfig = Callable[..., BertConfig]
    AddTokenizer = Callable[[Path], None]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KOE_") and name not in {"KOE_REAL_DATA", "KOE_TEST_POSTGRES_URL"}:
            monkeypatch.delenv(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database to test on: SQLite always, PostgreSQL where ``KOE_TEST_POSTGRES_URL`` names a server to play on."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'koe.sqlite'}"
        return
    server = os.environ.get("KOE_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("KOE_TEST_POSTGRES_URL names no PostgreSQL")
    import psycopg

    schema = f"koe_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{server}?options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


class KeywordAnalyser:
    """An Analyser for tests: complaints are told by words, embeddings are hashed character pairs."""

    name = "keyword"
    version = "keyword-1"
    _WIDTH = 64
    _BAD = re.compile(r"出ない|切れる|割れ|壊れ|broke|silent|drops|smoke|煙", re.IGNORECASE)

    def analyse(
        self, documents: Sequence[Document], progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, Analysis]]:
        for index, document in enumerate(documents):
            yield index, self._read(document)
            if progress:
                progress(index + 1)

    def _read(self, document: Document) -> Analysis:
        segments: list[Segment] = []
        triggers: list[TriggerPhrase] = []
        fields: tuple[tuple[Field, str], ...] = (("title", document.title), ("text", document.text))
        for field, said in fields:
            for match in re.finditer(r"[^。.!！\n]+", said):
                bad = self._BAD.search(match[0])
                segments.append(
                    Segment(field, match.start(), match.end(), 0.9 if bad else 0.1, self._embedding(match[0]))
                )
                if bad:
                    start = match.start() + bad.start()
                    kind = "safety" if bad[0] in {"smoke", "煙"} else "defect"
                    triggers.append(
                        TriggerPhrase(field, start, start + len(bad[0]), bad[0], kind, Polarity.NEGATIVE, 0.9)
                    )
        negative = bool(triggers)
        label = Sentiment.NEGATIVE if negative else Sentiment.POSITIVE
        safety = any(trigger.type == "safety" for trigger in triggers)
        return Analysis(
            model=self.version,
            lang=document.lang or ("en" if document.text.isascii() else "ja"),
            sentiment=SentimentReading(label, -0.8 if negative else 0.8, dict.fromkeys(Sentiment, 0.25)),
            intents={Intent.COMPLAINT if negative else Intent.PRAISE: 0.9},
            safety=safety,
            safety_score=0.9 if safety else 0.05,
            triggers=tuple(triggers),
            segments=tuple(segments),
            embedding=self._embedding(document.text),
        )

    def _embedding(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        vector = np.zeros(self._WIDTH, np.float32)
        for pair in itertools.pairwise(text):
            digest = hashlib.sha256("".join(pair).encode("utf-8", "replace")).digest()
            vector[digest[0] % self._WIDTH] += 1.0 if digest[1] % 2 else -1.0
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector


@pytest.fixture
def keyword_analyser() -> KeywordAnalyser:
    return KeywordAnalyser()


@pytest.fixture(scope="session")
def tiny_config() -> TinyConfig:
    """Makes the configuration of a tiny BERT with koe's vocabulary; the same random weights each time."""

    def make(layers: int = 1, width: int = 16, **changes: float) -> BertConfig:
        import torch
        from transformers import BertConfig

        torch.manual_seed(1)
        return BertConfig(
            vocab_size=46883,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=2,
            intermediate_size=2 * width,
            max_position_embeddings=64,
            pad_token_id=1,
            **changes,
        )

    return make


@pytest.fixture(scope="session")
def add_tokenizer() -> AddTokenizer:
    """Puts koe's tokenizer into a model folder."""

    def copy(folder: Path) -> None:
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(DEFAULT_MODEL / name, folder / name)

    return copy


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory, tiny_config: TinyConfig, add_tokenizer: AddTokenizer) -> Path:
    """A folder with a BERT encoder of random weights, one layer, 16 wide."""
    from transformers import BertModel

    folder = tmp_path_factory.mktemp("encoder")
    BertModel(tiny_config(), add_pooling_layer=False).save_pretrained(folder)
    add_tokenizer(folder)
    return folder


#: A few made-up rows in the format of each public test set.
PUBLIC_SETS = {
    "ja-marc/valid.csv": "text,label,source\nすぐ壊れた。,negative,x\n普通です。,neutral,x\n"
    '"最高、買ってよかった。",positive,x\n',
    "ja-jalan-polarity/pn.dev.tsv": "a1\t1\t良かったです。\t{}\tdev\na2\t0\tはじめて。\t{}\tdev\n"
    "a3\t-1\t壊れていました。\t{}\tdev\n",
    "ja-fkc-complaints/complaints.jsonl": '{"id": "f1", "genre": "it", "text": "音が出ないので困ります。"}\n',
    "en-uci-amazon-cells/amazon_cells_labelled.txt": "It broke.\t0\nGreat phone.\t1\n",
    "en-lenovo-k8/k8_reviews.csv": "sentiment,review\n1,Good\n0,It drops calls\n1,Good\n",
}


@pytest.fixture
def public_sets(tmp_path: Path) -> Path:
    """A folder with tiny public test sets."""
    folder = tmp_path / "public"
    for name, content in PUBLIC_SETS.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
    return folder
