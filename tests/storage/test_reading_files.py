from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from koe.errors import InputError, NotFoundError
from koe.feedback import Channel, Disclosure, Feedback, RefusedRow, Scale
from koe.settings import SourceSettings
from storage.sources.read import read_rows

Row = Feedback | RefusedRow
Read = Callable[..., list[Row]]
HEADER = "id,text,created_at,lot\n"


@pytest.fixture
def read(tmp_path: Path, now: datetime) -> Read:
    def rows(
        content: str | bytes | Path, name: str = "f.csv", max_row_bytes: int = 10_000, **source: object
    ) -> list[Row]:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            path.write_bytes(content)
        settings = SourceSettings(**{"channel": "review", "path": [name], **source})  # type: ignore[arg-type]
        return list(read_rows(path, settings, "shop", ZoneInfo("Asia/Tokyo"), now, max_row_bytes))

    return rows


def _texts(rows: list[Row]) -> list[str | None]:
    return [row.text if isinstance(row, Feedback) else f"! {row.position}: {row.reason}" for row in rows]


def test_every_field_of_a_csv(read: Read) -> None:
    columns = "id,channel,created_at,updated_at,product_id,author,customer_id,title,text,rating,score,scale,lang,reach"
    cells = 'R1,survey,2026-01-05,2026-01-06 12:00,SPK-10,花子,C1,題," a,\n""b"" ",４,9,NPS,ja-JP,"1,200"'
    extra = 'disclosure,parent_id,attributes,色, lot \nスタッフ,Q1,"{""size"": ""M""}",赤, A1 '
    extra_header, extra_cells = extra.split("\n")
    (row,) = read(f"{columns},{extra_header}\n{cells},{extra_cells}\n", channel=None)
    assert row == Feedback(
        source="shop",
        external_id="R1",
        channel=Channel.SURVEY,
        created_at=datetime(2026, 1, 4, 15, tzinfo=UTC),
        updated_at=datetime(2026, 1, 6, 3, tzinfo=UTC),
        product_id="SPK-10",
        author="花子",
        customer_id="C1",
        title="題",
        text=' a,\n"b" ',
        rating=4.0,
        score=9.0,
        scale=Scale.NPS,
        lang="ja",
        reach=1200,
        disclosure=Disclosure.STAFF,
        parent_id="Q1",
        attributes={"size": "M", "色": "赤", "lot": "A1"},
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_encoding_and_line_end(read: Read, encoding: str, newline: str) -> None:
    content = f"{HEADER}1,充電中に音が出ない,2026-01-05,A\n".replace("\n", newline).encode(encoding)
    (row,) = read(content)
    assert isinstance(row, Feedback)
    assert (row.external_id, row.text, row.attributes) == ("1", "充電中に音が出ない", {"lot": "A"})


@pytest.mark.parametrize("encoding", [None, "cp932"])
def test_a_broken_byte_refuses_its_row_only_wherever_it_is(read: Read, encoding: str | None) -> None:
    good = "".join(f"{number},音が出ない,2026-01-05,A\n" for number in range(30_000)).encode("cp932")
    rows = read(HEADER.encode() + good + b"x,\x82\xa0\xff,2026-01-05,A\n" + good[:50], encoding=encoding)
    refused = [row for row in rows if isinstance(row, RefusedRow)]
    assert len(rows) == 30_000 + 3
    assert len(refused) == 1
    assert refused[0].position == "f.csv: row 30001, line 30002"
    assert refused[0].reason.startswith("the byte 0x")
    assert "cp932" in refused[0].reason


def test_broken_quotation_marks_refuse_their_row_only(read: Read) -> None:
    rows = read(
        HEADER + '1,"open,2026-01-05,A\n2,fine,2026-01-05,A\n3,"two\nlines",2026-01-05,A\n'
        '4,"a "b" c",2026-01-05,A\n5,5" screen,2026-01-05,A\n6,"open again,2026-01-05,A\n7,last,2026-01-05,A\n'
    )
    said = _texts(rows)
    assert [text for text in said if text and not text.startswith("!")] == ["fine", "two\nlines", '5" screen', "last"]
    assert [row.position for row in rows if isinstance(row, RefusedRow)] == [
        "f.csv: row 1, line 2",
        "f.csv: row 4, line 6",
        "f.csv: row 6, line 8",
    ]
    assert "nothing closes" in rows[0].reason  # type: ignore[union-attr]


def test_an_open_quotation_mark_does_not_swallow_a_long_file(read: Read) -> None:
    many = "".join(f"{number},text number {number},2026-01-05,A\n" for number in range(2_000))
    rows = read(HEADER + 'x,"open,2026-01-05,A\n' + many, max_row_bytes=2_000)
    assert len(rows) == 2_001
    assert [row.position for row in rows if isinstance(row, RefusedRow)] == ["f.csv: row 1, line 2"]


def test_rows_over_the_limit_are_refused_and_cut(read: Read) -> None:
    long_line, long_record = "x" * 30_000, '"' + "line\n" * 6_000 + '"'
    content = (
        f"{HEADER}1,{long_line},2026-01-05,A\n2,ok,2026-01-05,A\n3,{long_record},2026-01-05,A\n4,ok,2026-01-05,A\n"
    )
    rows = read(content)
    assert [isinstance(row, Feedback) for row in rows] == [False, True, False, True]
    assert [row.position for row in rows if isinstance(row, RefusedRow)] == [
        "f.csv: row 1, line 2",
        "f.csv: row 3, line 4",
    ]
    assert all("10,000 bytes" in row.reason and len(row.raw) < 2_100 for row in rows if isinstance(row, RefusedRow))
    broken = [*rows, *read(HEADER + "あ" * 3_400 + ",x,2026-01-05,A\n5,ok,bad,A\n")][-1]
    assert isinstance(broken, RefusedRow)
    assert broken.position == "f.csv: row 2, line 3"


def test_too_few_and_too_many_cells_are_refused_but_not_empty_ones(read: Read) -> None:
    rows = read(HEADER + "1,a,2026-01-05,A,,\n2,b,2026-01-05\n3,c,2026-01-05,A,x\n\n , , ,\n4,d,2026-01-05,A\n")
    assert _texts(rows) == [
        "a",
        "! f.csv: row 2, line 3: 3 cells where the header has 4",
        "! f.csv: row 3, line 4: 5 cells where the header has 4",
        "! f.csv: row 4, line 6: nothing said and nothing rated: neither text nor title, rating or score",
        "d",
    ]


def test_what_cannot_be_taken_is_refused_with_its_reason(read: Read) -> None:
    rows = read(
        "id,text,rating,created_at\n1,,,2026-01-05\n2,a,7,2026-01-05\n3,a,,someday\n4,a,,2027-01-01\n5,a,,\n6,,3,2026-01-05\n"
    )
    reasons = [row.reason for row in rows if isinstance(row, RefusedRow)]
    assert [reason.split(":")[0] for reason in reasons] == [
        "nothing said and nothing rated",
        "rating",
        "created_at",
        "created_at",
        "no date",
    ]
    assert "future" in reasons[3]
    assert [row.raw for row in rows if isinstance(row, RefusedRow)][1] == "2,a,7,2026-01-05"
    assert isinstance(rows[5], Feedback)


def test_columns_are_mapped_set_ignored_or_become_attributes(read: Read) -> None:
    (row,) = read(
        "番号,本文,日付,ロット,status,Rating\n7,音,2026-01-05,A1,open,4\n",
        map={"id": "番号", "text": "本文", "created_at": "日付", "attributes.lot": "ロット"},
        set={"product_id": "SPK-10", "attributes.shop": "本店"},
        ignore=["status"],
        timezone="UTC",
    )
    assert isinstance(row, Feedback)
    assert (row.external_id, row.text, row.product_id, row.rating) == ("7", "音", "SPK-10", 4.0)
    assert row.created_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert row.attributes == {"lot": "A1", "shop": "本店"}


def test_a_fixed_date_serves_a_file_without_one(read: Read) -> None:
    (row,) = read("text\nhello\n", set={"created_at": "2022-01-01"})
    assert isinstance(row, Feedback)
    assert row.created_at == datetime(2021, 12, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "source", "told"),
    [
        ("a,b\n1,2\n", {"map": {"text": "本文"}}, "no column '本文' for text; its columns are a, b"),
        ("text,when\na,b\n", {}, "no column for created_at.*its columns are text, when"),
        ("when,created_at\na,b\n", {}, "no column for text"),
        ("text,created_at\n", {"channel": None}, "channel"),
        ("", {}, "is empty"),
        ("text\na\n", {"set": {"created_at": "someday"}}, "set: created_at"),
        ("text,created_at\n", {"encoding": "klingon"}, "klingon"),
    ],
)
def test_a_file_that_lacks_something_is_told(read: Read, content: str, source: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(content, **source)


def test_unknown_fields_files_and_formats_are_told(read: Read, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="known ones are external_id"):
        read("text,created_at\n", map={"txt": "text"})
    with pytest.raises(InputError, match="no file"):
        read(tmp_path / "none.csv")
    with pytest.raises(InputError, match="give format"):
        read("text\n", name="f.dat")
    with pytest.raises(InputError, match="no XLSX"):
        read("text\n", name="f.xlsx")
    with pytest.raises(InputError, match="no Parquet"):
        read("text\n", name="f.parquet")


def test_rows_without_an_id_get_one_from_what_they_say(read: Read) -> None:
    content = "text,created_at,lot\na,2026-01-05,1\na,2026-01-05,2\nb,2026-01-05,1\n"
    ids = [row.external_id for row in read(content) if isinstance(row, Feedback)]
    assert ids[0][:-2] == ids[1][:-2]
    assert [one[-2:] for one in ids] == ["-1", "-2", "-1"]
    assert len(set(ids)) == 3
    again = [row.external_id for row in read("x,lot," + content.replace("\n", "\nx,9,")[:-4].replace("lot", "n"))]  # type: ignore[union-attr]
    assert again == ids


def test_tables_with_tabs_are_read_with_and_without_quoting(read: Read) -> None:
    header = "id\ttext\tcreated_at\n"
    rows = read(
        f'{header}1\t"two\nlines, ""quoted"""\t2026-01-05\n2\t"Great" product\t2026-01-05\n3\t"open\t2026-01-05\n'
        '4\tsaid "ok"\t2026-01-05\n',
        name="f.tsv",
    )
    assert _texts(rows) == ['two\nlines, "quoted"', '"Great" product', '"open', 'said "ok"']


def test_semicolons_are_found_by_the_header(read: Read) -> None:
    assert _texts(read("id;text;created_at\n1;a, b;2026-01-05\n")) == ["a, b"]


def test_json_lines(read: Read) -> None:
    lines = [
        json.dumps({"id": 7, "text": "lone \ud83d", "created_at": 1767571380, "tags": ["a"], "n": None, "ok": True}),
        "",
        '{"id": 8, "text": "cut',
        "[1, 2]",
        json.dumps({"id": 9, "text": ["no"], "created_at": "2026-01-05"}),
        '{"id": 10, "text": NaN}',
        json.dumps({"id": 11, "text": "x" * 20_000}),
        "[" * 100_000,
        json.dumps({"id": 12, "text": "last", "created_at": "2026-01-05"}),
    ]
    rows = read("\n".join(lines), name="f.jsonl")
    first = rows[0]
    assert isinstance(first, Feedback)
    assert (first.external_id, first.text, first.attributes) == ("7", "lone \ufffd", {"tags": '["a"]', "ok": "true"})
    assert [(row.position, row.reason.split(":")[0]) for row in rows if isinstance(row, RefusedRow)] == [
        ("f.jsonl: line 3", "broken JSON"),
        ("f.jsonl: line 4", 'no JSON object; expected something like {"text"'),
        ("f.jsonl: line 5", "text"),
        ("f.jsonl: line 6", "broken JSON"),
        ("f.jsonl: line 7", "over the limit of 10,000 bytes for a row"),
        ("f.jsonl: line 8", "over the limit of 10,000 bytes for a row"),
    ]
    assert _texts(rows)[-1] == "last"


def test_a_json_key_may_come_late_but_must_be_there(read: Read) -> None:
    plain = json.dumps({"body": "a", "created_at": "2026-01-05"}) + "\n"
    content = plain * 300 + json.dumps({"body": "b", "created_at": "2026-01-05", "views": "1,000"}, ensure_ascii=False)
    rows = read(content, name="f.jsonl", map={"text": "body", "reach": "views"})
    assert rows[-1].reach == 1000  # type: ignore[union-attr]
    with pytest.raises(InputError, match="no column 'visits' for reach; its columns are body, created_at"):
        read(content, name="f.jsonl", map={"text": "body", "reach": "visits"})


def test_a_broken_byte_refuses_its_json_line_only(read: Read) -> None:
    good = '{"text": "音", "created_at": "2026-01-05"}\n'.encode()
    rows = read(good + good.replace("音".encode(), b"\xe9\x9f") + good, name="f.jsonl")
    assert [isinstance(row, Feedback) for row in rows] == [True, False, True]


def test_a_workbook(read: Read, tmp_path: Path) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("reviews")
    sheet.append(["id", "text", "rating", "created_at", "lot"])
    sheet.append([12, "音", 4, datetime(2026, 1, 5, 9, 3), 1.5])
    sheet.append([])
    sheet.append([13, None, None, datetime(2026, 1, 5), None])
    workbook.save(tmp_path / "f.xlsx")
    rows = read(tmp_path / "f.xlsx", sheet="reviews")
    first = rows[0]
    assert isinstance(first, Feedback)
    assert (first.external_id, first.rating, first.attributes) == ("12", 4.0, {"lot": "1.5"})
    assert first.created_at == datetime(2026, 1, 5, 0, 3, tzinfo=UTC)
    assert isinstance(rows[1], RefusedRow)
    assert rows[1].position == "f.xlsx: row 4"
    assert json.loads(rows[1].raw)["id"] == 13
    with pytest.raises(InputError, match="its sheets are Sheet, reviews"):
        read(tmp_path / "f.xlsx", sheet="none")
    with pytest.raises(InputError, match="is empty"):
        read(tmp_path / "f.xlsx")


def test_a_workbook_over_the_limit_is_told_with_the_mend(tmp_path: Path) -> None:
    import openpyxl

    from storage.sources.spreadsheet import SpreadsheetFile

    workbook = openpyxl.Workbook()
    for number in range(4):
        workbook.active.append([f"text {number}"])
    workbook.save(tmp_path / "f.xlsx")
    assert len(list(SpreadsheetFile(tmp_path / "f.xlsx", None, 1000, max_rows=3).rows())) == 3
    with pytest.raises(InputError, match=r"more than 2 rows.*CSV"):
        SpreadsheetFile(tmp_path / "f.xlsx", None, 1000, max_rows=2)


def test_parquet(read: Read, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    moment = datetime(2026, 1, 5, 9, 3)
    table = pa.table(
        {
            "id": pa.array([1, 2, 3]),
            "text": pa.array([b"\xe9\x9f\xb3", b"\xff", None], pa.binary()).view(pa.string()),
            "rating": pa.array([4.0, 1.0, float("nan")]),
            "created_at": pa.array([moment] * 3, pa.timestamp("ns")),
            "attributes": pa.array([[("lot", "A")], None, None], pa.map_(pa.string(), pa.string())),
            "shop": pa.array(["x", "x", "y"]).dictionary_encode(),
        }
    )
    parquet.write_table(table, tmp_path / "f.parquet")
    rows = read(tmp_path / "f.parquet")
    first = rows[0]
    assert isinstance(first, Feedback)
    assert (first.text, first.rating, first.attributes) == ("音", 4.0, {"lot": "A", "shop": "x"})
    assert first.created_at == datetime(2026, 1, 5, 0, 3, tzinfo=UTC)
    assert [row.reason for row in rows if isinstance(row, RefusedRow)] == [
        "text: these bytes are no UTF-8 text",
        "nothing said and nothing rated: neither text nor title, rating or score",
    ]
