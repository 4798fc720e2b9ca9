from __future__ import annotations

from dataclasses import replace

import pytest

from koe.issue import IssueState, Label
from reports.render.summary import MOST_NAMED, message, summary
from reports.report import Report
from reports.wording import LANGUAGES, Wording


def test_one_screen_tells_what_changed_what_is_dangerous_and_where_the_rest_is(report_of_last_week: Report) -> None:
    told = summary(report_of_last_week, "en", "out/koe-2026-W20.en.html")
    lines = told.splitlines()
    assert len(lines) <= 30
    assert lines[0].endswith("of them count. One issue rises beyond chance.")
    assert "▲ Rising (1)" in lines
    rising = lines[lines.index("▲ Rising (1)") + 1]
    assert rising.startswith("- Alert: goes silent (ISSUE-0001, Koto speaker) 0 → 11. 9 of 11 from lot B-2417;")
    assert lines[lines.index("⚠ Danger and injury (1)") + 1].startswith("- Kone mixer shop:R")
    assert lines[-1] == "The whole report: out/koe-2026-W20.en.html"
    assert "Steady" not in told


def test_both_languages_in_one_message(report_of_last_week: Report) -> None:
    title, body = message(report_of_last_week, {"ja": "", "en": "https://files.example.com/koe.en.html"})
    assert title == "週間不具合レポート 2026-W20：偶然とは言えない増加が1件の課題にあります。"
    assert body.index("警報：音が出ない（ISSUE-0001、スピーカー コト）0 → 11。11件中9件が") < body.index(
        "Alert: goes silent"
    )
    assert "レポート全体" not in body


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_quiet_week_says_so(report_of_last_week: Report, lang: str) -> None:
    quiet = replace(report_of_last_week, issues=report_of_last_week.issues[1:], safety=[])
    assert summary(quiet, lang).splitlines()[-1] == Wording.of(lang, "UTC")("summary_nothing")
    assert summary(replace(quiet, issues=[]), lang).splitlines()[-1] == Wording.of(lang, "UTC")("no_issues")


def test_many_changes_stay_on_one_screen(report_of_last_week: Report) -> None:
    one = report_of_last_week.issues[0]
    states = (IssueState.NEW, IssueState.RISING, IssueState.REOPENED, IssueState.FALLING)
    many = [replace(one, id=f"ISSUE-{n:04d}", state=states[n % 4]) for n in range(40)]
    report = replace(report_of_last_week, issues=many, safety=[*report_of_last_week.safety] * 9)
    told = summary(report, "en", "here").splitlines()
    assert len(told) <= 40
    assert told.count(f"- and {10 - MOST_NAMED} more") == 4
    assert "- and 5 more" in told


def test_customers_words_call_nobody_and_make_no_link(report_of_last_week: Report) -> None:
    label = Label(None, "@everyone <!channel>\n[win](http://evil.example) *now*")
    nasty = replace(report_of_last_week.issues[0], label=label)
    told = summary(replace(report_of_last_week, issues=[nasty]), "en")
    assert not set("@<>[]*") & set(told)
    assert "＠everyone ＜!channel＞ ［win］(http://evil.example) ＊now＊" in told
