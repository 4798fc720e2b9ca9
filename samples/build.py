"""Builds the sample data: ``python -m samples.build`` writes ``samples/data`` and ``samples/truth.json`` anew.

Seven sources in the formats that shops, malls, app stores and survey tools export: UTF-8 with BOM, cp932, UTF-16,
CSV, TSV, JSONL, XLSX and Parquet. A dozen rows are broken on purpose.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samples.compose import TOKYO, Entry, compose
from samples.plan import FIRST_WEEK, FIXES, ISSUES, LAST_WEEK, PRODUCTS, WEEKS

FOLDER = Path(__file__).parent
DATA = FOLDER / "data"
_VARIANTS = ["colour", "lot", "part", "size", "warehouse", "firmware"]


def build(folder: Path = DATA, truth: Path = FOLDER / "truth.json") -> None:
    """Write all files of the sample data and the truth about them."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = compose()
    for source, (file, write) in _FILES.items():
        write(folder / file, [entry for entry in entries if entry.source == source])
    truth.write_text(_truth(entries), "utf-8", newline="\n")


def _local(moment: datetime | None, form: str) -> str:
    return moment.astimezone(TOKYO).strftime(form) if moment else ""


def _table(rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    out = io.StringIO()
    width = len(rows[0])
    whole = ([*row, *[""] * (width - len(row))] for row in rows)
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(whole)
    return out.getvalue()


def _shop(path: Path, entries: Sequence[Entry]) -> None:
    header = [
        "レビューID",
        "商品コード",
        "言語",
        "星",
        "件名",
        "本文",
        "投稿日時",
        "更新日時",
        "投稿者",
        "会員番号",
        "種別",
    ]
    kinds = {"none": "", "staff": "スタッフ", "incentivised": "モニター", "syndicated": "転載"}
    rows: list[list[object]] = [[*header, *_VARIANTS]]
    for number, entry in enumerate(entries):
        stars = f"{entry.rating}" if number % 9 else "１２３４５"[(entry.rating or 1) - 1]
        rows.append(
            [
                entry.id,
                entry.product,
                entry.lang,
                stars,
                entry.title,
                entry.text,
                _local(entry.created_at, "%Y-%m-%d %H:%M:%S"),
                _local(entry.updated_at, "%Y-%m-%d %H:%M:%S"),
                entry.author,
                entry.customer_id,
                kinds[entry.disclosure],
                *(entry.variant.get(name, "") for name in _VARIANTS),
            ]
        )
    plain = ["", "", "mizu_q1", "", ""]
    rows.insert(40, ["R-x1", "SPK-10", "ja", "7", "", "とても良い", "2026-02-03 10:00:00", *plain])
    rows.insert(90, ["R-x2", "MIX-5", "ja", "4", "", "", "2026-13-45 10:00:00", *plain])
    rows.insert(150, ["R-x3", "UND-1", "ja", "", "", "", "2026-02-20 10:00:00", *plain])
    rows.insert(200, ["R-x4", "VAC-3", "en", "5", "", "From the future", "2126-02-20 10:00:00", *plain])
    rows.insert(260, ["R-x5", "VAC-3", "ja", "3", "", "長い話。" * 6000, "2026-03-20 10:00:00", *plain])
    path.write_text(_table(rows), "utf-8-sig", newline="")


def _ichiba(path: Path, entries: Sequence[Entry]) -> None:
    header = [
        "管理番号",
        "商品番号",
        "評価",
        "レビュータイトル",
        "レビュー本文",
        "投稿日",
        "編集日",
        "ニックネーム",
        "転載元",
    ]
    rows: list[list[object]] = [[*header, *_VARIANTS]]
    for entry in entries:
        rows.append(
            [
                entry.id,
                entry.product,
                "★" * (entry.rating or 0) + "☆" * (5 - (entry.rating or 0)),
                entry.title,
                entry.text,
                _local(entry.created_at, "%Y/%m/%d %H:%M"),
                _local(entry.updated_at, "%Y/%m/%d %H:%M"),
                entry.author,
                "" if entry.disclosure == "none" else entry.disclosure,
                *(entry.variant.get(name, "") for name in _VARIANTS),
            ]
        )
    data = _table(rows).encode("cp932")
    broken = (
        "ich-x1,SPK-10,★★★☆☆,,音がひどく".encode("cp932") + b"\x87\xff" + ",2026/02/11 09:00,,kuma2,".encode("cp932")
    )
    unreadable = "ich-x2,SPK-10,星よっつ,,好きです,2026/02/12 09:00,,kuma3,".encode("cp932")
    lines = data.split(b"\r\n")
    lines[60:60] = [line + b"," * len(_VARIANTS) for line in (broken, unreadable)]
    path.write_bytes(b"\r\n".join(lines))


def _marketplace(path: Path, entries: Sequence[Entry]) -> None:
    header = ["review_id", "sku", "stars", "headline", "body", "date", "edited", "reviewer", "customer", "programme"]
    rows: list[list[object]] = [[*header, *_VARIANTS]]
    for entry in entries:
        rows.append(
            [
                entry.id,
                entry.product,
                f"{entry.rating}.0 out of 5",
                entry.title,
                entry.text,
                entry.created_at.astimezone(UTC).isoformat(),
                entry.updated_at.astimezone(UTC).isoformat() if entry.updated_at else "",
                entry.author,
                entry.customer_id,
                "" if entry.disclosure == "none" else entry.disclosure,
                *(entry.variant.get(name, "") for name in _VARIANTS),
            ]
        )
    rows.insert(30, ["MP-x1", "SPK-10", "five", "", "nice", "2026-02-12T10:00:00+00:00", "", "pine9", "", ""])
    rows.insert(70, ["MP-x2", "SPK-10", "5.0 out of 5", "", "nice one", "last Tuesday", "", "pine10", "", ""])
    path.write_bytes(_table(rows, "\t").encode("utf-16"))


def _app_store(path: Path, entries: Sequence[Entry]) -> None:
    lines = []
    for entry in entries:
        row = {
            "id": entry.id,
            "rating": entry.rating,
            "title": entry.title,
            "text": entry.text,
            "lang": entry.lang,
            "created_at": entry.created_at.isoformat(),
            "author": entry.author,
            "customer_id": entry.customer_id,
            "disclosure": entry.disclosure,
            **entry.variant,
        }
        if entry.updated_at:
            row["updated_at"] = entry.updated_at.isoformat()
        lines.append(json.dumps(row, ensure_ascii=False))
    lines.insert(25, '{"id": "app-x1", "rating": 1, "text": "crash')
    lines.insert(
        80, json.dumps({"id": "app-x2", "rating": 0, "text": "zero", "created_at": "2026-03-01T10:00:00+09:00"})
    )
    path.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def _qa(path: Path, entries: Sequence[Entry]) -> None:
    header = ["post_id", "product_id", "in_reply_to", "lang", "text", "created_at", "author", "role"]
    rows: list[list[object]] = [list(header)]
    for entry in entries:
        stamp = _local(entry.created_at, "%Y-%m-%dT%H:%M:%S%z")
        rows.append(
            [entry.id, entry.product, entry.parent, entry.lang, entry.text, stamp, entry.author, entry.disclosure]
        )
    path.write_text(_table(rows, "\t"), "utf-8", newline="")


def _surveys(path: Path, entries: Sequence[Entry]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss", "remove_timezone": True})
    book.set_properties({"created": datetime(2026, 5, 18)})
    sheet = book.add_worksheet("answers")
    sheet.set_column(5, 5, 60)
    header = ["answer_id", "product_id", "question", "score", "lang", "comment", "answered_at", "customer_id"]
    for column, name in enumerate(header):
        sheet.write_string(0, column, name)
    rows: list[list[Any]] = [
        [
            entry.id,
            entry.product,
            entry.scale,
            entry.score,
            entry.lang,
            entry.text,
            entry.created_at.astimezone(TOKYO).replace(tzinfo=None),
            entry.customer_id,
        ]
        for entry in entries
    ]
    rows.insert(33, ["S-x1", "UND-1", "nps", 11, "ja", "たくさん", datetime(2026, 2, 5, 10), ""])
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            else:
                sheet.write(number, column, value)
    book.close()


def _social(path: Path, entries: Sequence[Entry]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "post_id": [entry.id for entry in entries],
            "product_id": [entry.product for entry in entries],
            "user": [entry.author for entry in entries],
            "text": [entry.text for entry in entries],
            "posted_at": pa.array([entry.created_at for entry in entries], pa.timestamp("s", "UTC")),
            "views": [entry.reach for entry in entries],
        }
    )
    pq.write_table(table, path, compression="zstd")


_FILES: dict[str, tuple[str, Callable[[Path, Sequence[Entry]], None]]] = {
    "shop": ("shop-reviews.csv", _shop),
    "ichiba": ("ichiba-reviews.csv", _ichiba),
    "marketplace": ("marketplace-reviews.tsv", _marketplace),
    "app-store": ("app-store-reviews.jsonl", _app_store),
    "product-qa": ("product-qa.tsv", _qa),
    "surveys": ("survey-answers.xlsx", _surveys),
    "social": ("social-posts.parquet", _social),
}

#: The rows that must be refused, by source, in the order of the file.
REFUSED = {
    "shop": ["impossible rating", "unreadable date", "nothing said", "date in the future", "over the size limit"],
    "ichiba": ["byte that cannot be decoded", "unreadable rating"],
    "marketplace": ["unreadable rating", "unreadable date"],
    "app-store": ["broken JSON", "impossible rating"],
    "surveys": ["score outside its scale"],
}


def _truth(entries: Sequence[Entry]) -> str:
    issues = [
        {
            "key": issue.key,
            "product_id": issue.product,
            "ja": issue.ja,
            "en": issue.en,
            "attribute": issue.attribute,
            "value": issue.value,
            "note": issue.note,
        }
        for issue in ISSUES
    ]
    segments = [
        {
            "feedback": entry.key,
            "version": entry.version,
            "field": name,
            "start": mark.start,
            "end": mark.end,
            "issue": mark.issue,
        }
        for entry in entries
        for name, marks in entry.planted.items()
        for mark in marks
    ]
    head = {
        "first_week": str(FIRST_WEEK),
        "last_week": str(LAST_WEEK),
        "weeks": WEEKS,
        "products": sorted(PRODUCTS),
        "issues": issues,
        "fixes": [{"issue": fix.issue, "from": str(fix.week.monday)} for fix in FIXES],
        "refused": REFUSED,
        "copies": {entry.key: entry.copy_of for entry in entries if entry.copy_of},
        "not_counted": sorted(
            {entry.key for entry in entries if entry.disclosure != "none" or entry.parent or entry.copy_of}
        ),
    }
    lines = ",\n".join(json.dumps(segment, ensure_ascii=False) for segment in segments)
    body = json.dumps(head, ensure_ascii=False, indent=1)
    return f'{body[:-2]},\n "segments": [\n{lines}\n]\n}}\n'


if __name__ == "__main__":
    build()
