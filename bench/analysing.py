"""Reviews per second of one pass of koe's model, beside the usual alternative in the same run.

The alternative: a sentiment classifier of the size of XLM-R-base (random weights, since only the speed counts) in a
`transformers` pipeline, one text after the other and in batches, plus a sentence encoder of koe's size for the
embeddings. koe gives sentiment, intents, safety, trigger phrases, segments and embeddings in its one pass.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path

#: The alternative is slow: it reads a sample, evenly over the file, and its speed is taken from that.
SAMPLE = 320


def main(arguments: argparse.Namespace) -> None:
    """Print both speeds and their ratio."""
    if arguments.real is None:
        print("left out: give --real FOLDER, with en-alexa/amazon_alexa.tsv in it")
        return
    texts = reviews(arguments.real / "en-alexa" / "amazon_alexa.tsv")
    koe = _koe(texts)
    print(f"koe, all {len(texts)} reviews (equal texts are read once): {koe:.1f} reviews/s", flush=True)
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    distinct = list(dict.fromkeys(sample))
    ours = _koe(distinct)
    single = _alternative(distinct, batch_size=1)
    batched = _alternative(distinct, batch_size=32)
    print(f"the same {len(distinct)} distinct reviews: koe {ours:.1f}/s")
    print(f"  pipeline one by one plus encoder: {single:.1f}/s, koe is {ours / single:.1f} times as fast")
    print(f"  pipeline in batches of 32 plus encoder: {batched:.1f}/s, koe is {ours / batched:.1f} times as fast")


def reviews(path: Path) -> list[str]:
    """The texts of the speaker reviews, empty ones left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = [row["verified_reviews"] for row in csv.DictReader(file, delimiter="\t")]
    return [text for text in texts if text.strip()]


def _koe(texts: Sequence[str]) -> float:
    from koe.analysis import Document
    from nlp.analyser import load_analyser

    analyser = load_analyser()
    list(analyser.analyse([Document(text) for text in texts[:8]]))
    return _per_second(lambda: list(analyser.analyse([Document(text) for text in texts])), len(texts))


def _alternative(texts: Sequence[str], batch_size: int) -> float:
    import torch
    from transformers import AutoModel, AutoTokenizer, XLMRobertaConfig, XLMRobertaForSequenceClassification, pipeline

    from nlp.analyser import model_folder

    tokenizer = AutoTokenizer.from_pretrained(model_folder("default"))
    config = XLMRobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=514, num_labels=3)
    classify = pipeline(
        "text-classification", model=XLMRobertaForSequenceClassification(config).eval(), tokenizer=tokenizer
    )
    small = XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=514, hidden_size=384, intermediate_size=1536
    )
    encoder = AutoModel.from_config(small).eval()

    def work() -> None:
        classify(list(texts), batch_size=batch_size, truncation=True, max_length=512)
        with torch.inference_mode():
            for start in range(0, len(texts), batch_size):
                batch = tokenizer(
                    list(texts[start : start + batch_size]),
                    padding=True,
                    truncation=True,
                    max_length=512,
                    return_tensors="pt",
                )
                encoder(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])

    return _per_second(work, len(texts))


def _per_second(work: Callable[[], object], count: int) -> float:
    begin = time.perf_counter()
    work()
    return count / (time.perf_counter() - begin)
