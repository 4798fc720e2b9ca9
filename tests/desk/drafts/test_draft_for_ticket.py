"""A draft from the store: a ticket's feedback, issue, workaround, another product; and the guard on typed replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desk import queues
from desk.drafts.alternatives import alternative
from desk.drafts.draft import draft_for
from desk.drafts.guard import StoppedError
from desk.drafts.outlets import Outlet
from desk.ticket_page import ticket_page
from koe.feedback import Channel, Feedback
from koe.issue import Label, Span
from koe.settings import Settings
from koe.ticket import Priority, Routing
from storage.database import open_database
from storage.work import Work

NOW = datetime(2026, 11, 2, tzinfo=UTC)
TEXT = "充電中に音が出ない。"
SETTINGS = Settings.model_validate(
    {
        "products": {
            "SPK-10": {"name": {"ja": "コト", "en": "Koto"}, "kind": "speaker"},
            "SPK-20": {"name": {"ja": "ウタ", "en": "Uta"}, "kind": "speaker"},
            "SPK-30": {"name": {"ja": "ネイロ", "en": "Neiro"}, "kind": "speaker"},
            "MIX-5": {"name": {"ja": "コネ", "en": "Kone"}, "kind": "mixer"},
        },
        "drafts": {"company": "Asanagi", "outlets": {"app": "google_play", "board": "any"}},
    }
)
Make = Callable[..., Any]


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    database = open_database(f"sqlite:///{tmp_path / 'koe.sqlite'}")
    database.migrate()
    with database.work() as work:
        yield work
    database.close()


def _unit(*values: float) -> Any:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def _file(work: Work, feedback: Feedback, analysis: Any, queue: str = "support") -> str:
    work.feedback.upsert([feedback], NOW)
    work.analyses.save([(feedback.text_hash, analysis)])
    routing = Routing(queue, Priority.NORMAL, needs_response=True, rule="complaint", reasons=("it complains",))
    return work.tickets.create(feedback.key, routing, None, NOW).id


def _issue(work: Work, product: str, label: Label, centre: Any, key: str | None = None) -> str:
    issue = work.issues.create(product, label, NOW, centre, NOW)
    if key:
        work.issues.add_members(issue.id, [(Span(key, 1, "text", 0, 9), 0.9)], NOW)
    return issue.id


@pytest.fixture
def case(work: Work, feedback: Make, analysis: Make) -> str:
    said = feedback(TEXT, author="佐藤 花子", rating=2.0, lang="ja")
    return _file(work, said, analysis(TEXT, ("音が出ない", "defect"), intents=("complaint",)))


def _draft(work: Work, case: str, settings: Settings = SETTINGS) -> Any:
    return draft_for(work, settings, ticket_page(work, case, "hand-made-1"))


def test_the_issue_names_what_was_understood(work: Work, case: str) -> None:
    issue = _issue(work, "SPK-10", Label("充電すると無音になる", "silent while charging"), _unit(1, 0), "shop:1")
    draft = _draft(work, case)
    assert draft.text.startswith("佐藤 様\n")
    assert "「充電すると無音になる」" in draft.text
    assert "CASE-000001" in draft.text
    assert "交換や修理のご対応が可能かどうか" in draft.text
    assert draft.findings == []
    assert any(issue in line for line in draft.reasons)
    # Another language's name is not put into the text.
    work.issues.dismiss(issue, by="aki", effective_at=NOW)
    other = _issue(work, "SPK-10", Label(None, "silent while charging"), _unit(0, 1))
    work.issues.move(["shop:1"], to=other, by="aki", effective_at=NOW)
    text = _draft(work, case).text
    assert "silent" not in text
    assert "商品の不具合" in text


def test_a_workaround_of_the_issue_is_offered_in_its_language(work: Work, case: str) -> None:
    issue = _issue(work, "SPK-10", Label("充電すると無音になる", None), _unit(1, 0), "shop:1")
    work.issues.workaround(issue, "Unplug it while you listen.", "en", by="aki", effective_at=NOW)
    assert "Unplug" not in _draft(work, case).text
    work.issues.workaround(issue, "お聞きになる間は充電を外してください。", "ja", by="aki", effective_at=NOW)
    assert "次の方法をお試し" in _draft(work, case).text
    work.issues.workaround(issue, "充電の前に電源を切ってください。 ", "ja", by="aki", effective_at=NOW)
    assert "\n充電の前に電源を切ってください。\n" in _draft(work, case).text
    assert work.issues.workarounds(issue) == {
        "en": "Unplug it while you listen.",
        "ja": "充電の前に電源を切ってください。",
    }
    work.issues.workaround(issue, "", "ja", by="aki", effective_at=NOW)
    assert "次の方法をお試し" not in _draft(work, case).text
    noted = [one for one in work.issues.corrections(issue) if one.kind == "workaround"]
    assert [one.details["lang"] for one in noted] == ["en", "ja", "ja", "ja"]


def test_another_product_of_the_kind_is_named_only_without_that_defect(work: Work, case: str) -> None:
    issue = _issue(work, "SPK-10", Label("充電すると無音になる", None), _unit(1, 0), "shop:1")
    assert "ウタ" in _draft(work, case).text
    _issue(work, "SPK-20", Label("電池がもたない", None), _unit(0, 1))
    assert "ネイロ" in _draft(work, case).text  # it has fewer open issues
    near = _issue(work, "SPK-30", Label("充電時に鳴らない", None), _unit(1, 0.1))
    assert "ウタ" in _draft(work, case).text
    same_name = _issue(work, "SPK-20", Label("充電すると無音になる", None), _unit(0, 1))
    assert "別の商品" not in _draft(work, case).text
    work.issues.dismiss(near, by="aki", effective_at=NOW)
    work.issues.dismiss(same_name, by="aki", effective_at=NOW)
    found = work.issues.get(issue).issue
    assert alternative(work, SETTINGS, found) == "SPK-30"
    assert alternative(work, Settings(), found) is None
    assert alternative(work, SETTINGS, None) is None


def test_the_source_says_how_long_a_reply_may_be(work: Work, feedback: Make, analysis: Make) -> None:
    text = "No sound while charging."
    read = analysis(text, ("No sound", "defect"), intents=("complaint",), lang="en")
    for source, channel, outlet in (
        ("app", Channel.REVIEW, Outlet.GOOGLE_PLAY),
        ("board", Channel.SOCIAL, Outlet.ANY),
        ("posts", Channel.SOCIAL, Outlet.X),
        ("shop", Channel.REVIEW, Outlet.ANY),
    ):
        case = _file(work, feedback(text, source=source, channel=channel, lang="en"), read)
        draft = _draft(work, case)
        assert draft.outlet is outlet
        assert draft.lang == "en"
        assert draft.findings == []
        assert outlet.limit is None or draft.length <= outlet.limit


def test_a_typed_reply_that_may_not_go_out_is_stopped_and_nothing_is_stored(work: Work, case: str) -> None:
    for text in ("全額返金いたします。", "弊社の責任です。", "評価を変更していただければ、クーポンをお送りします。"):
        with pytest.raises(StoppedError) as caught:
            queues.reply(work, SETTINGS, case, text, "aki", NOW)
        assert caught.value.findings
    assert work.tickets.replies(case) == []
    allowed = SETTINGS.model_copy(update={"drafts": SETTINGS.drafts.model_copy(update={"actions": ["refund"]})})
    queues.reply(work, allowed, case, f"全額返金いたします。受付番号 {case}", "aki", NOW)
    assert len(work.tickets.replies(case)) == 1


def test_a_typed_reply_that_is_too_long_for_its_outlet_is_stopped(work: Work, feedback: Make, analysis: Make) -> None:
    case = _file(work, feedback(TEXT, source="app"), analysis(TEXT, intents=("complaint",)))
    with pytest.raises(StoppedError, match="longer than the outlet takes"):
        queues.reply(work, SETTINGS, case, "あ" * 351, "aki", NOW)
    queues.reply(work, SETTINGS, case, "あ" * 350, "aki", NOW)
