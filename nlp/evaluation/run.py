"""The whole evaluation: every data set read once by the model and once by each baseline, and scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

import koe
from koe.analysis import Document
from koe.errors import MissingExtraError
from nlp.analyser import Analyser
from nlp.evaluation.baselines import AlwaysNegative, FrozenEncoder, Lexicon
from nlp.evaluation.corpus_rows import channel_rows, corpus_rows, intent_rows
from nlp.evaluation.datasets import (
    FILES,
    SUITES,
    check_folder,
    read_pairs,
    read_public,
    read_triples,
    read_written,
    sampled,
)
from nlp.evaluation.leaks import learnt_products
from nlp.evaluation.public_rows import public_rows
from nlp.evaluation.readings import TextReader, read_with
from nlp.evaluation.scorecard import Panel, Row, Scorecard
from nlp.evaluation.suite_rows import pair_documents, pair_rows, triple_documents, triple_rows
from nlp.training.examples import CORPUS

#: Given a data set's name and its number of texts, shows how many are done.
Watch = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]

_STARS = (
    "import csv, sys; stars = {'negative': 1, 'neutral': 3, 'positive': 5}; out = csv.writer(sys.stdout); "
    "out.writerow(['text', 'rating']); rows = csv.DictReader(open(sys.argv[1], encoding='utf-8-sig', newline='')); "
    "out.writerows([row['text'], stars[row['label']]] for row in rows)"
)

#: What koe is to reach that no scorecard shows, and how it is measured.
BESIDE = (
    "ja-marc after `koe train` on half of its 3,000 reviews, tested on the other half (to reach: 1 against 5 stars "
    "0.94, three classes 0.74), in a folder of its own, as it trains for minutes: "
    f'`python -c "{_STARS}" DIR/ja-marc/valid.csv > marc.csv`, then '
    "`koe train --file marc.csv --map text=text --map rating=rating --hold-back 0.5 --dry-run`.",
    "Speed, the heads beside the bare encoder (to reach: 90 % of its throughput) and `koe analyse` from end to end: "
    "`python -m bench pass` in koe's source folder.",
)


def evaluate(
    analyser: Analyser,
    today: date,
    data: Path | None = None,
    encoder: Path | None = None,
    part: str = "test",
    sample: int | None = None,
    corpus: Path = CORPUS,
    suites: Path = SUITES,
    watch: Watch = lambda name, texts: nullcontext(lambda done: None),
) -> Scorecard:
    """The scorecard of a model.

    ``data`` is the folder of the public test sets, ``encoder`` that of the frozen encoder, ``part`` that of the written
    corpus (``test``, ``dev``), ``sample`` the most texts, pairs or triples to read of each data set.

    Raises:
        UsageError: when a folder is incomplete, naming what is missing.
        InputError: when a row of a data set is not as it should be.
    """
    started = time.monotonic()
    left_out = list(BESIDE)
    if data:
        check_folder(data)
    readers = _baselines(encoder, corpus, left_out)

    def read(name: str, lang: str, documents: Sequence[Document]) -> Panel:
        with watch(name, len(documents)) as progress:
            own = read_with(analyser, documents, progress)
        return Panel(name, lang, own, {reader.name: reader.read(documents) for reader in readers})

    rows: list[Row] = []
    intents: list[Row] = []
    channels: list[Row] = []
    if data:
        for name in FILES:
            texts = sampled(read_public(data, name), sample)
            rows += public_rows(read(name, name[:2], [one.document for one in texts]), texts)
    else:
        left_out.append(f"Public test sets ({', '.join(FILES)}): name the folder that holds them with --data DIR.")
    written = sampled(read_written(corpus, part), sample)
    if written:
        panel = read(f"corpus, {part} part", "ja, en", [one.document for one in written])
        rows += corpus_rows(panel, written)
        intents += intent_rows(panel, written)
        channels += channel_rows(panel, written)
    else:
        left_out.append(f"The written corpus: it has no {part} part here.")
    if (suites / "negation.jsonl").is_file():
        pairs = sampled(read_pairs(suites / "negation.jsonl"), sample)
        rows += pair_rows(read("negation suite", "ja, en", pair_documents(pairs)), pairs)
    else:
        left_out.append("The negation suite: negation.jsonl is missing; install koe again.")
    if (suites / "triples.jsonl").is_file():
        triples = sampled(read_triples(suites / "triples.jsonl"), sample)
        panel = read("triples suite", "ja, en", triple_documents(triples))
        rows += triple_rows(panel, triples, learnt_products(corpus))
    else:
        left_out.append("The triples suite: triples.jsonl is missing; install koe again.")
    return Scorecard(
        koe=koe.__version__,
        model=analyser.version,
        date=today.isoformat(),
        seconds=round(time.monotonic() - started, 1),
        part=part,
        sample=sample,
        rows=tuple(rows),
        intents=tuple(intents),
        channels=tuple(channels),
        left_out=tuple(left_out),
    )


def _baselines(encoder: Path | None, corpus: Path, left_out: list[str]) -> list[TextReader]:
    readers: list[TextReader] = [AlwaysNegative()]
    try:
        readers.append(Lexicon())
    except MissingExtraError as error:
        left_out.append(f"Lexicon baseline: {error}.")
    if encoder:
        readers.append(FrozenEncoder(encoder, read_written(corpus, "train")))
    else:
        left_out.append("Frozen encoder baseline: name the folder of an encoder with --encoder DIR.")
    return readers
