"""What the heads cost beside the bare encoder, on the same batches in one run; and where `koe analyse` spends time.

Bare and full passes take turns, so that a noisy machine is noisy for both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.analysing import reviews

#: How many distinct reviews are read, evenly over the file, and how often.
SAMPLE = 320
ROUNDS = 5

#: With ``--encoder``: how many layers are tried.
DEPTHS = (12, 9, 6)


def main(arguments: argparse.Namespace) -> None:
    """Print the ratio of both throughputs and the shares of the time."""
    if arguments.real is None:
        print("left out: give --real FOLDER, with en-alexa/amazon_alexa.tsv in it")
        return
    texts = list(dict.fromkeys(reviews(arguments.real / "en-alexa" / "amazon_alexa.tsv")))
    texts = texts[:: max(1, len(texts) // SAMPLE)]
    bare, full = _passes(texts)
    print(f"{len(texts)} distinct reviews, {ROUNDS} rounds: bare encoder {len(texts) / bare:.1f} reviews/s, ", end="")
    print(f"with all heads {len(texts) / full:.1f}/s: {100 * bare / full:.0f} % of the bare encoder's throughput")
    spent = _shares(texts)
    whole = spent["koe analyse, from lines to lines"]
    for name, seconds in spent.items():
        print(f"  {name:<36}{seconds:7.2f} s  {100 * seconds / whole:5.1f} %")
    if arguments.encoder:
        speeds = _depths(texts, arguments.encoder)
        for layers, speed in speeds.items():
            print(f"  {layers:2} layers: {speed:.1f} reviews/s, {speed / max(speeds.values()):.2f} of the fastest")


def _passes(texts: Sequence[str]) -> tuple[float, float]:
    """Median seconds of the bare encoder and of the pass with all heads, over the same padded batches."""
    import torch

    from koe.analysis import Document
    from koe.settings import ModelSettings
    from nlp.analyser import DEFAULT_MODEL, open_model
    from nlp.encoding import encode, padded
    from nlp.windows import windows

    reader, tokenizer = open_model(DEFAULT_MODEL, ModelSettings())
    longest = reader.longest
    encoded = encode(tokenizer, [Document(text) for text in texts])
    batches = [[encoded[number] for number in batch] for batch in reader.batches(encoded)]
    inputs = [
        padded(
            [one.ids[window.start : window.end] for one in batch for window in windows(len(one.ids), longest)],
            reader.specials,
        )
        for batch in batches
    ]

    @torch.inference_mode()
    def bare() -> None:
        for ids, mask in inputs:
            reader.model.bert(input_ids=ids, attention_mask=mask)

    def full() -> None:
        for batch in batches:
            reader.read(batch)

    bare()
    full()
    rounds = [(_seconds(bare), _seconds(full)) for _ in range(ROUNDS)]
    return statistics.median(one for one, _ in rounds), statistics.median(other for _, other in rounds)


def _depths(texts: Sequence[str], folder: Path) -> dict[int, float]:
    """Reviews per second of an encoder cut to its lowest layers, under koe's heads, over the same batches."""
    import torch

    from koe.analysis import Document
    from nlp.encoding import encode
    from nlp.reading import Reader
    from nlp.training.train import open_encoder

    readers = {}
    for layers in DEPTHS:
        model, tokenizer = open_encoder(folder, layers)
        readers[layers] = Reader(model.eval(), tokenizer, 4096, torch.float32)
    encoded = encode(tokenizer, [Document(text) for text in texts])
    batches = [[encoded[number] for number in batch] for batch in readers[DEPTHS[0]].batches(encoded)]

    def pass_of(reader: Reader) -> float:
        return _seconds(lambda: [reader.read(batch) for batch in batches])

    rounds = [{layers: pass_of(reader) for layers, reader in readers.items()} for _ in range(1 + ROUNDS)]
    return {layers: len(texts) / statistics.median(one[layers] for one in rounds[1:]) for layers in DEPTHS}


def _shares(texts: Sequence[str]) -> dict[str, float]:
    """Seconds of the parts of ``koe analyse``, each measured by itself."""
    from flows.steps.jsonl import analyse_lines
    from flows.wiring import Wiring
    from koe.analysis import Document
    from koe.settings import ModelSettings, Settings
    from nlp.analyser import DEFAULT_MODEL, load_analyser, open_model
    from nlp.encoding import encode
    from nlp.training.calibrate import read_all

    reader, tokenizer = open_model(DEFAULT_MODEL, ModelSettings())
    documents = [Document(text) for text in texts]
    encoded = encode(tokenizer, documents)
    analyser = load_analyser()
    wiring = Wiring(Settings(), _analyser=analyser)
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(texts)]
    read_all(reader, encoded)
    pieces = _seconds(lambda: encode(tokenizer, documents))
    passed = _seconds(lambda: read_all(reader, encoded))
    analysed = _seconds(lambda: list(analyser.analyse(documents)))
    whole = _seconds(lambda: analyse_lines(lines, wiring))
    return {
        "pieces and statements": pieces,
        "encoder and heads": passed,
        "phrases, patterns, decisions": max(0.0, analysed - pieces - passed),
        "lines, routing, JSON": max(0.0, whole - analysed),
        "koe analyse, from lines to lines": whole,
    }


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
