from __future__ import annotations

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import pytest

from koe.errors import UsageError
from koe.issue import IssueState, Label
from koe.week import Week
from reports.onset import Onset
from reports.render import html, markdown, xlsx
from reports.report import Mark, Quotation, Report
from reports.wording import LANGUAGES, Wording

NASTY = "<script>alert(1)</script> \"x\" & 'y' [a](http://evil.example) `code` **b** | ]]>"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Balance(HTMLParser):
    """Notes tags that are not closed in order, and everything that would load something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in {"src", "srcset", "onload", "onclick"}]
        if tag in {"script", "link", "iframe"}:
            self.loads.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def nasty(report: Report) -> Report:
    issue = report.issues[0]
    quotation = replace(issue.quotations[0], text=NASTY, start=0, end=len(NASTY), marks=(Mark(0, 8, "defect"),))
    quotation = replace(quotation, variant={"lot": NASTY}, feedback_id=f"shop:{NASTY[:20]}")
    return replace(
        report, issues=[replace(issue, label=Label(NASTY, NASTY), quotations=[quotation]), *report.issues[1:]]
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_whole_loads_nothing_and_escapes(report_of_last_week: Report, lang: str) -> None:
    page = html.render(nasty(report_of_last_week), lang)
    found = Balance()
    found.feed(page)
    assert found.open == []
    assert found.wrong == []
    assert found.loads == []
    assert len(set(found.ids)) == len(found.ids)
    assert "<script" not in page
    assert not re.search(r"url\(|@import|https?://", page.replace("http://evil.example", ""))
    assert f'<html lang="{lang}">' in page
    assert "<mark" in page


def test_the_news_come_first(report_of_last_week: Report) -> None:
    page = html.render(report_of_last_week, "en")
    assert page.index("What changed since last week") < page.index("9 of 11 from lot B-2417")
    assert page.index("9 of 11 from lot B-2417") < page.index("Danger and injury") < page.index('class="card')
    assert page.count("<svg") == 1
    assert "shop:R0411" in page


def test_both_languages_come_from_the_same_report(report_of_last_week: Report) -> None:
    japanese, english = (html.render(report_of_last_week, lang) for lang in ("ja", "en"))
    assert "先週から変わったこと" in japanese
    assert "音が出ない" in japanese
    assert "goes silent" in english
    assert re.findall(r"shop:R\d{4}", japanese) == re.findall(r"shop:R\d{4}", english)


def test_the_onset_is_told_on_the_card(report_of_last_week: Report) -> None:
    assert "<span>began in 2026-W20 (95 % interval that week alone)</span>" in html.render(report_of_last_week, "en")
    issue = report_of_last_week.issues[0]
    wide = replace(issue, onset=Onset(Week(2026, 18), Week(2026, 16), Week(2026, 20)))
    report = replace(report_of_last_week, issues=[wide])
    assert "おそらく2026-W18に始まった（95％区間 2026-W16〜2026-W20）" in html.render(report, "ja")
    assert "probably began in 2026-W18 (95 % interval 2026-W16 to 2026-W20)" in markdown.render(report, "en")


def test_the_same_report_gives_the_same_bytes(report_of_last_week: Report) -> None:
    for module in (html, markdown):
        assert module.render(report_of_last_week, "ja") == module.render(report_of_last_week, "ja")
    assert xlsx.render(report_of_last_week, "ja") == xlsx.render(report_of_last_week, "ja")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_report_reads_well(report_of_last_week: Report, lang: str) -> None:
    empty = replace(report_of_last_week, issues=[], safety=[], alone=[], products=[])
    assert Wording.of(lang, "Asia/Tokyo")("no_issues") in html.render(empty, lang)
    assert Wording.of(lang, "Asia/Tokyo")("no_issues") in markdown.render(empty, lang)
    assert xlsx.render(empty, lang)[:2] == b"PK"


def test_markdown_keeps_customers_words_from_becoming_markup(report_of_last_week: Report) -> None:
    text = markdown.render(nasty(report_of_last_week), "en")
    assert "<script" not in text.replace("\\<script", "")
    assert "](http" not in text.replace("\\](http", "")


def test_a_cell_is_never_a_formula(report_of_last_week: Report) -> None:
    formula = "=HYPERLINK(1)"
    issue = report_of_last_week.issues[0]
    quotation: Quotation = replace(issue.quotations[0], text=formula, start=0, end=len(formula), marks=())
    report = replace(
        report_of_last_week, issues=[replace(issue, label=Label(formula, formula), quotations=[quotation])]
    )
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(report, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert f"'{formula}" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_catalogues_say_the_same_things() -> None:
    japanese, english = (set(Wording.of(lang, "UTC").messages) for lang in ("ja", "en"))
    assert {key for key in english if not key.endswith("_one")} == japanese
    fields = re.compile(r"\{(\w+)\}")
    for key in japanese:
        texts = [Wording.of(lang, "UTC").messages[key] for lang in ("ja", "en")]
        if key not in {"method_false", "method_severity"}:
            assert set(fields.findall(texts[0])) == set(fields.findall(texts[1])), key


def test_another_language_is_refused(report_of_last_week: Report) -> None:
    with pytest.raises(UsageError, match="known ones are ja, en"):
        html.render(report_of_last_week, "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_week_without_feedback_says_so_and_nothing_of_chance(report_of_last_week: Report, lang: str) -> None:
    t = Wording.of(lang, report_of_last_week.timezone)
    empty = replace(
        report_of_last_week,
        issues=[],
        totals=replace(report_of_last_week.totals, feedback=0, counted=0),
    )
    for page in (html.render(empty, lang), markdown.render(empty, lang)):
        assert t("alerts", n=0) not in page
        assert {"ja": "届いた声はありません", "en": "No feedback came in"}[lang] in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_very_many_issues_the_first_and_the_changed_stand_open(report_of_last_week: Report, lang: str) -> None:
    issue = next(one for one in report_of_last_week.issues if one.active)
    many = [replace(issue, id=f"ISSUE-{n:04}", state=IssueState.STEADY, alert=False, fix=None) for n in range(1, 301)]
    many[250] = replace(many[250], state=IssueState.RISING)
    page = html.render(replace(report_of_last_week, issues=many), lang)
    before = page[: page.index('<details class="folded">')]
    assert [f'id="{one.id}"' in before for one in many] == [True] * 20 + [False] * 280
    assert page.count('<details class="folded">') == 279
    card = page.index('id="ISSUE-0251"')
    assert page.rfind("</details>", 0, card) > page.rfind('<details class="folded">', 0, card)
    balance = Balance()
    balance.feed(page)
    assert (balance.open, balance.wrong) == ([], [])
