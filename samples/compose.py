"""From written texts to dated feedback: weeks, days, authors, variants, edits, answers and copies.

Everything is drawn from one seeded generator, so the same texts always give the same data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from samples.markup import Planted, strip
from samples.plan import FIRST_WEEK, ISSUES, PRODUCTS, STEADY, WEEKS, PlantedIssue, Product, variants_on_sale

TOKYO = ZoneInfo("Asia/Tokyo")
TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the sample data: a version of a feedback, with what is planted in it, by field.

    ``thread`` names the written text it comes from; until the rows are numbered, ``parent`` and ``copy_of`` name
    threads, afterwards an id and a key.
    """

    source: str
    id: str
    product: str
    channel: str
    lang: str
    created_at: datetime
    author: str
    title: str = ""
    text: str = ""
    rating: int | None = None
    scale: str | None = None
    score: int | None = None
    updated_at: datetime | None = None
    customer_id: str = ""
    reach: int | None = None
    disclosure: str = "none"
    parent: str = ""
    variant: Mapping[str, str] = field(default_factory=dict)
    planted: Mapping[str, Sequence[Planted]] = field(default_factory=dict)
    copy_of: str = ""
    version: int = 1
    thread: str = ""

    @property
    def key(self) -> str:
        """The natural key, ``source:id``."""
        return f"{self.source}:{self.id}"


def compose(seed: int = 20260126) -> list[Entry]:
    """All rows in order of their time."""
    rng = random.Random(seed)
    authors = _authors(rng)
    entries: list[Entry] = []
    for product in PRODUCTS.values():
        written = [json.loads(line) for line in (TEXTS / f"{product.texts}.jsonl").read_text("utf-8").splitlines()]
        weeks = _weeks_of(written, rng)
        for index, (text, week) in enumerate(zip(written, weeks, strict=True)):
            entries += _entries_of(text, product, week, f"{product.texts}-{index}", rng, authors)
        entries += _short_ones(product, rng, authors)
    entries += _copies(entries, rng, authors)
    entries = _numbered(sorted(entries, key=lambda entry: (entry.updated_at or entry.created_at, entry.text)))
    return entries


def _keys_in(text: Mapping[str, Any]) -> list[str]:
    marked = "\n".join(text.get(name, "") for name in ("title", "text", "edited_text"))
    return [planted.issue for planted in strip(marked)[1] if planted.issue != "other"]


def _weeks_of(written: Sequence[Mapping[str, Any]], rng: random.Random) -> list[int]:
    """The week (1 to 16) of each text: the texts of an issue follow its weights, the others are spread evenly."""
    issues = {issue.key: issue for issue in ISSUES}
    groups: dict[str, list[int]] = {}
    for index, text in enumerate(written):
        # A text with two issues can only be written when both are about.
        keys = sorted(set(_keys_in(text)), key=lambda key: (sum(weight > 0 for weight in issues[key].weights), key))
        groups.setdefault(keys[0] if keys else "", []).append(index)
    weeks = [0] * len(written)
    for key, indices in groups.items():
        weights = issues[key].weights if key else STEADY
        rng.shuffle(indices)
        for index, week in zip(indices, _apportion(len(indices), weights), strict=True):
            weeks[index] = week
    return weeks


def _apportion(count: int, weights: Sequence[float]) -> list[int]:
    """Week numbers for ``count`` texts in proportion to the weights (largest remainders, Hamilton's method)."""
    exact = [count * weight / sum(weights) for weight in weights]
    seats = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda week: seats[week] - exact[week])
    for week in by_remainder[: count - sum(seats)]:
        seats[week] += 1
    return [week + 1 for week, number in enumerate(seats) for _ in range(number)]


def _entries_of(
    text: Mapping[str, Any],
    product: Product,
    week: int,
    thread: str,
    rng: random.Random,
    authors: Iterator[tuple[str, str]],
) -> list[Entry]:
    author, customer = next(authors)
    title, in_title = strip(text.get("title", ""))
    body, in_text = strip(text["text"])
    entry = Entry(
        source=_source_of(text, product, rng),
        id="",
        product=product.id,
        channel=text["channel"],
        lang=text["lang"],
        created_at=_moment(week, rng),
        author=author,
        customer_id=customer if rng.random() < 0.5 else "",
        title=title,
        text=body,
        rating=text.get("rating"),
        scale=text.get("scale"),
        score=text.get("score"),
        reach=text.get("reach"),
        disclosure=text.get("disclosure", "none"),
        variant=_variant(product, week, _keys_in(text), rng),
        planted={"title": in_title, "text": in_text},
        thread=thread,
    )
    rows = [entry]
    if "edited_text" in text:
        edited, in_edited = strip(text["edited_text"])
        later = _not_after_the_end(entry.created_at + timedelta(days=rng.randint(8, 30), minutes=rng.randint(0, 600)))
        rows.append(
            replace(
                entry,
                text=edited,
                rating=text.get("edited_rating", entry.rating),
                updated_at=later,
                planted={"title": in_title, "text": in_edited},
                version=2,
            )
        )
    if "answer" in text:
        reply_author = "Asanagi Works" if rng.random() < 0.6 else next(authors)[0]
        rows.append(
            replace(
                entry,
                text=text["answer"],
                title="",
                author=reply_author,
                customer_id="",
                created_at=_not_after_the_end(entry.created_at + timedelta(hours=rng.randint(2, 50))),
                disclosure="staff" if reply_author == "Asanagi Works" else "none",
                parent=thread,
                planted={},
                thread=f"{thread}-answer",
            )
        )
    return rows


def _source_of(text: Mapping[str, Any], product: Product, rng: random.Random) -> str:
    channel = text["channel"]
    if channel != "review":
        return {"qa": "product-qa", "survey": "surveys", "social": "social"}[channel]
    if product.id == "APP-1":
        return "app-store"
    # The mall's exports are cp932, which has no emoji and no accented letters.
    whole = text.get("title", "") + text["text"] + text.get("edited_text", "")
    if text["lang"] == "ja" and _in_cp932(whole) and rng.random() < 0.5:
        return "ichiba"
    return "shop" if text["lang"] == "ja" or rng.random() < 0.3 else "marketplace"


def _in_cp932(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return "\n" not in text


def _moment(week: int, rng: random.Random) -> datetime:
    day = (FIRST_WEEK + (week - 1)).monday + timedelta(days=rng.randrange(7))
    hour = rng.choices(range(24), weights=[2, 1, 1, 1, 1, 1, 3, 5, 5, 5, 5, 6, 8, 6, 5, 5, 6, 7, 8, 9, 10, 10, 8, 4])[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), TOKYO)


def _variant(product: Product, week: int, keys: Sequence[str], rng: random.Random) -> dict[str, str]:
    chosen = {}
    on_sale = variants_on_sale(product, week)
    for name, values in on_sale.items():
        chosen[name] = rng.choices(list(values), weights=list(values.values()))[0]
    for issue in _of_keys(keys):
        if issue.attribute and issue.value in on_sale[issue.attribute] and rng.random() < issue.share:
            chosen[issue.attribute] = issue.value
    return chosen


def _of_keys(keys: Sequence[str]) -> list[PlantedIssue]:
    return [issue for issue in ISSUES if issue.key in keys]


def _authors(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Handles with customer numbers; now and then the same person comes back."""
    first = ["mizu", "haru", "kaze", "sora", "nori", "yuki", "tama", "kuma", "moss", "pine", "river", "amber", "otter"]
    second = ["_q", "bird", "no_ie", "cat", "78", "mama", "papa", "dori", "2go", "ben", "lane", "san", "works", "x"]
    known: list[tuple[str, str]] = []
    while True:
        if known and rng.random() < 0.06:
            yield rng.choice(known)
            continue
        person = (f"{rng.choice(first)}{rng.choice(second)}{rng.randrange(1000)}", f"C{rng.randrange(100000, 999999)}")
        known.append(person)
        yield person


_SHORT = {
    "ja": [
        *("良いです", "普通", "満足です", "かわいい！", "リピートします"),
        *("まあまあ", "最高", "早く届きました", "気に入ってます♪", "問題なし"),
    ],
    "en": [
        *("Great!", "Love it", "ok", "As expected.", "Good value"),
        *("works fine", "Nice!", "happy with it", "👍", "Perfect gift"),
    ],
}


def _short_ones(product: Product, rng: random.Random, authors: Iterator[tuple[str, str]]) -> list[Entry]:
    """What fills every review page: a word or two, or stars alone."""
    rows = []
    for index in range(50):
        lang = rng.choice(["ja", "en"])
        week = rng.randint(1, WEEKS)
        source = "app-store" if product.id == "APP-1" else "shop"
        text = "" if rng.random() < 0.3 else rng.choice(_SHORT[lang])
        author, customer = next(authors)
        rows.append(
            Entry(
                source=source,
                id="",
                product=product.id,
                channel="review",
                lang=lang,
                created_at=_moment(week, rng),
                author=author,
                customer_id=customer if rng.random() < 0.5 else "",
                text=text,
                rating=3 if text in {"普通", "まあまあ", "ok"} else rng.choice([4, 5, 5]),
                variant=_variant(product, week, [], rng),
                thread=f"{product.texts}-short-{index}",
            )
        )
    return rows


def _copies(entries: Sequence[Entry], rng: random.Random, authors: Iterator[tuple[str, str]]) -> list[Entry]:
    """Syndicated reviews (the shop's, shown again by the mall), silent copies, and shares of the viral post."""
    rows = []
    shop = [entry for entry in entries if entry.source == "shop" and entry.version == 1 and len(entry.text) > 40]
    for index, entry in enumerate(rng.sample([entry for entry in shop if _in_cp932(entry.title + entry.text)], 40)):
        silent = index % 4 == 0
        rows.append(
            replace(
                entry,
                source="ichiba",
                author=f"{entry.author}*",
                customer_id="",
                created_at=_not_after_the_end(entry.created_at + timedelta(days=rng.randint(1, 5))),
                disclosure="none" if silent else "syndicated",
                copy_of=entry.thread,
                thread=f"{entry.thread}-copy",
            )
        )
    viral = max((entry for entry in entries if entry.channel == "social"), key=lambda entry: entry.reach or 0)
    for index in range(24):
        share = f"RT @{viral.author}: {viral.text}"
        shift = len(share) - len(viral.text)
        rows.append(
            replace(
                viral,
                author=next(authors)[0],
                customer_id="",
                text=share,
                reach=rng.randint(15, 900),
                created_at=viral.created_at + timedelta(minutes=rng.randint(5, 2880)),
                planted={
                    "text": [
                        Planted(mark.issue, mark.start + shift, mark.end + shift) for mark in viral.planted["text"]
                    ]
                },
                copy_of=viral.thread,
                thread=f"{viral.thread}-share-{index}",
            )
        )
    return rows


_PREFIX = {
    "shop": "R",
    "marketplace": "MP-",
    "ichiba": "ich",
    "app-store": "app-",
    "product-qa": "Q",
    "surveys": "S",
    "social": "",
}


def _numbered(entries: Sequence[Entry]) -> list[Entry]:
    """Ids in order of time; all versions of a text keep one id, answers know their question, copies their original."""
    numbers: dict[str, int] = {}
    ids: dict[str, str] = {}
    keys: dict[str, str] = {}
    for entry in entries:
        if entry.thread not in ids:
            numbers[entry.source] = numbers.get(entry.source, 0) + 1
            first = 1_780_000_000_000 if entry.source == "social" else 10_000
            ids[entry.thread] = f"{_PREFIX[entry.source]}{first + numbers[entry.source]}"
            keys[entry.thread] = f"{entry.source}:{ids[entry.thread]}"
    return [
        replace(entry, id=ids[entry.thread], parent=ids.get(entry.parent, ""), copy_of=keys.get(entry.copy_of, ""))
        for entry in entries
    ]


def _not_after_the_end(moment: datetime) -> datetime:
    end = (FIRST_WEEK + WEEKS).start(TOKYO) - timedelta(hours=1)
    return min(moment, end.astimezone(TOKYO))
