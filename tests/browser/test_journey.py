"""A case from signing in to a figure that moves, in a real browser: both languages, desktop and phone, keys alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Desk, Visitor

    MakeVisitor = Callable[..., Visitor]

#: What the guard stops, and what may go out.
PROMISE = {"ja": "全額返金いたします。", "en": "We will refund you in full."}
POLITE = {"ja": "ほかにもお気づきの点があれば教えてください。", "en": "Please tell us if you notice anything else."}
#: Where the backlog stands in a line of the figures: before the stars gained.
BACKLOG = -2


def row_of(visitor: Visitor, table: str, name: str) -> list[str]:
    """The cells of a line of the figures: cases, within target, first response, …; empty when there is no such line."""
    visitor.go("/figures")
    region = visitor.page.get_by_role("region", name=visitor.say(table), exact=True).last
    row = region.get_by_role("row").filter(has=visitor.page.get_by_role("rowheader", name=name, exact=True))
    return row.get_by_role("cell").all_inner_texts()


def replies(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("region", name=visitor.say("Replies"), exact=True)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_from_signing_in_to_a_figure_that_moves(desk: Desk, visitor: MakeVisitor, lang: str, width: int) -> None:
    who, case = desk.hire(f"aki-{lang}-{width}"), desk.complain(f"journey-{lang}-{width}", lang)
    somebody = visitor(lang, width)
    page, say = somebody.page, somebody.say
    somebody.log_in(who)
    assert row_of(somebody, "Person", who) == []
    support = row_of(somebody, "Queue", "Support" if lang == "en" else "サポート")
    assert somebody.fits()

    somebody.go("/")
    somebody.press("Take the next case")
    expect(page.get_by_role("status")).to_have_text(say("This case is yours now."))
    assert page.url.endswith(f"/tickets/{case}?said=taken")
    why = page.get_by_role("region", name=say("Why it is here"))
    expect(why.get_by_role("listitem")).to_have_text([say("A complaint that someone can act on")])
    expect(page.locator("mark").first).to_be_visible()
    assert somebody.fits()

    box = page.get_by_role("textbox", name=say("Draft: read it, change it, send it"))
    draft = box.input_value()
    assert case in draft
    box.fill(draft + "\n" + PROMISE[lang])
    somebody.press("Send the reply")
    expect(page.get_by_text(say("The reply is not sent: something in it may not go out."))).to_be_visible()
    expect(page.locator(".findings q").first).to_be_visible()
    box = page.get_by_role("textbox", name=say("Your reply"))
    assert PROMISE[lang] in box.input_value()
    expect(replies(somebody)).to_have_count(0)
    assert somebody.fits()

    box.fill(draft + "\n" + POLITE[lang])
    somebody.press("Send the reply")
    expect(page.get_by_role("status")).to_have_text(say("The reply is stored and will be sent."))
    expect(replies(somebody)).to_contain_text(POLITE[lang])
    expect(replies(somebody)).to_contain_text(say("to be sent"))

    assert f"{case}: delivered (file)" in desk.koe("send")
    page.reload()
    expect(replies(somebody).locator(".chip")).to_have_text(say("delivered"))
    sent = [json.loads(line) for line in (desk.folder / "koe-out" / "replies.jsonl").read_text("utf-8").splitlines()]
    assert [one["text"] for one in sent if one["case"] == case] == [(draft + "\n" + POLITE[lang]).strip()]

    somebody.press("Solved")
    expect(page.get_by_role("status")).to_have_text(say("Resolved."))
    assert somebody.fits()
    assert row_of(somebody, "Person", who)[0] == "1"
    after = row_of(somebody, "Queue", "Support" if lang == "en" else "サポート")
    assert int(after[BACKLOG]) == int(support[BACKLOG]) - 1
    assert somebody.fits()


def test_by_keyboard_alone(desk: Desk, visitor: MakeVisitor) -> None:
    who, case = desk.hire("kei"), desk.complain("keys", "en")
    somebody = visitor("en")
    page, keys = somebody.page, somebody.page.keyboard
    somebody.go("/")
    keys.type(who)  # the field of the name has the focus
    keys.press("Tab")
    keys.type(f"correct horse of {who}")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queues")
    keys.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text(case)
    keys.press("r")
    keys.press("Control+End")
    keys.type("\nPlease tell us if you notice anything else.")
    keys.press("Tab")
    assert "Send the reply" in page.evaluate("document.activeElement.textContent")
    keys.press("Enter")
    expect(replies(somebody)).to_contain_text("if you notice anything else.")
    keys.press("e")
    expect(page.get_by_role("status")).to_have_text("Resolved.")
    keys.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")


def test_a_list_by_keyboard(visitor: MakeVisitor) -> None:
    lead = visitor("en")
    lead.log_in("lead")
    lead.go("/tickets")
    page, keys = lead.page, lead.page.keyboard
    first, second = (page.locator("[data-row]").nth(place).get_attribute("href") for place in (0, 1))
    keys.press("j")
    keys.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == second
    keys.press("k")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(f"{first}$"))
    page.go_back()
    keys.press("/")
    keys.type("smoke")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("text=smoke"))
