"""Every draft that koe can write fits its outlet and passes its own guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.drafts.actions import Action, next_step
from desk.drafts.case import DraftCase
from desk.drafts.customer import CustomerKind
from desk.drafts.draft import Draft, write
from desk.drafts.outlets import Outlet
from desk.drafts.subject import ANYTHING, FOLLOW_UP, ISSUE_FIXED, LEGAL, SOLVED
from desk.drafts.template_files import SHIPPED
from koe.errors import SettingsError
from koe.feedback import Channel
from koe.settings import Settings
from koe.settings_drafts import DraftsSettings, PromisedAction
from koe.taxonomy import TRIGGER_TYPES

SUBJECTS = (*TRIGGER_TYPES, LEGAL, SOLVED, ANYTHING, "allergy", FOLLOW_UP, ISSUE_FIXED)
NEVER_SORRY = {"question", "purchase_intent", "praise", SOLVED, FOLLOW_UP, ISSUE_FIXED}
EVERYTHING: list[PromisedAction] = ["exchange", "refund", "repair", "voucher", "date"]
#: Where a reply may stand, with the channel it answers.
PLACES = [
    *((Outlet.ANY, channel) for channel in Channel),
    *((outlet, Channel.REVIEW) for outlet in (Outlet.GOOGLE_PLAY, Outlet.APP_STORE)),
    (Outlet.X, Channel.SOCIAL),
]
WORDS = {
    "ja": {
        "name": "佐藤",
        "product": "ポータブルスピーカー コト",
        "label": "充電中に音が出ない",
        "workaround": "充電を外してからお使いください。",
    },
    "en": {
        "name": "Sarah",
        "product": "Koto speaker",
        "label": "no sound while charging",
        "workaround": "Unplug it first.",
    },
}
SORRY = {"ja": ("申し訳", "お詫び"), "en": ("sorry",)}


def _settings(actions: list[PromisedAction] | None = None, **drafts: object) -> Settings:
    given = {"company": {"ja": "アサナギ製作所", "en": "Asanagi Works"}, "actions": actions or []} | drafts
    return Settings(drafts=DraftsSettings.model_validate(given))


def _case(
    lang: str,
    subject: str = "defect",
    kind: CustomerKind = CustomerKind.UNHAPPY,
    outlet: Outlet = Outlet.ANY,
    channel: Channel = Channel.REVIEW,
    allowed: list[PromisedAction] | None = None,
    **more: object,
) -> DraftCase:
    words = {key: str(more.pop(key, value)) for key, value in WORDS[lang].items() if key != "workaround"}
    tangible = outlet is not Outlet.GOOGLE_PLAY
    step = next_step(subject, allowed or [], workaround=bool(more.get("workaround")), tangible=tangible)
    given = {
        "apology": subject not in NEVER_SORRY,
        "queue": "support",
        "step": step,
        **words,
        **more,
    }
    return DraftCase(
        ticket="CASE-000017", lang=lang, channel=channel, outlet=outlet, kind=kind, subject=subject, **given
    )  # type: ignore[arg-type]


def _all_right(draft: Draft) -> None:
    assert draft.findings == []
    assert draft.outlet.fits(draft.text)
    assert "CASE-000017" in draft.text
    assert "\n\n\n" not in draft.text
    assert draft.text == draft.text.strip()
    assert "{" not in draft.text


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("kind", CustomerKind)
def test_every_draft_fits_and_passes_the_guard(lang: str, kind: CustomerKind) -> None:
    settings = _settings()
    for subject in SUBJECTS:
        for outlet, channel in PLACES:
            for apology in {False, subject not in NEVER_SORRY}:
                draft = write(_case(lang, subject, kind, outlet, channel, apology=apology), settings)
                _all_right(draft)
                assert any(word in draft.text for word in SORRY[lang]) is apology, draft.text


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("allowed", [[], EVERYTHING], ids=["nothing allowed", "all allowed"])
def test_so_does_every_draft_with_little_known_and_with_much(lang: str, allowed: list[PromisedAction]) -> None:
    settings = _settings(allowed)
    little = {"name": "", "product": "", "label": ""}
    much = {"workaround": WORDS[lang]["workaround"], "alternative": "Koto 2", "returning": True}
    for subject in SUBJECTS:
        for outlet, channel in PLACES:
            for more in (little, much):
                _all_right(
                    write(_case(lang, subject, outlet=outlet, channel=channel, allowed=allowed, **more), settings)
                )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_template_file_is_used(lang: str) -> None:
    settings = _settings()
    used = set()
    for subject in SUBJECTS:
        for kind in (CustomerKind.CONFUSED, CustomerKind.UNHAPPY, CustomerKind.LOYAL):
            for outlet, channel in PLACES:
                for label in (WORDS[lang]["label"], "long " * 30):
                    used.add(write(_case(lang, subject, kind, outlet, channel, label=label), settings).template)
    files = {f"{lang}/{path.name}" for path in (SHIPPED / lang).glob("[!_]*.j2")}
    assert used == files


def test_both_languages_have_the_same_files() -> None:
    assert {path.name for path in (SHIPPED / "ja").iterdir()} == {path.name for path in (SHIPPED / "en").iterdir()}


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [("ja", "佐藤 様\n", "「充電中に音が出ない」とのお申し出"), ("en", "Hello Sarah,\n", "“no sound while charging”")],
)
def test_a_draft_greets_and_says_what_was_understood(lang: str, before: str, after: str) -> None:
    text = write(_case(lang), _settings()).text
    assert text.startswith(before)
    assert after in text
    nameless = write(_case(lang, name="", label=""), _settings()).text
    assert nameless.startswith({"ja": "お客様\n", "en": "Hello,\n"}[lang])
    assert {"ja": "商品の不具合", "en": "does not work"}[lang] in nameless


@pytest.mark.parametrize(
    ("subject", "ja", "en"),
    [
        ("safety", ["ご使用をおやめ", "捨てずに", "お電話"], ["stop using it", "do not throw it away", "by phone"]),
        ("wrong_item", ["交換のご対応が可能かどうか"], ["check whether we can exchange"]),
        ("missing_part", ["不足している部品をお送りできるかどうか"], ["whether we can send you the missing part"]),
        ("refund_request", ["ご返品の手順"], ["To return it"]),
        ("billing", ["担当者が一件ずつ確認"], ["go through the charge"]),
        ("legal", ["責任者が直接"], ["in person"]),
        ("delivery", ["配送会社に確認"], ["ask the carrier"]),
    ],
)
def test_the_next_step_of_each_subject(subject: str, ja: list[str], en: list[str]) -> None:
    for lang, said in (("ja", ja), ("en", en)):
        text = write(_case(lang, subject), _settings()).text
        assert all(words in text for words in said), text


@pytest.mark.parametrize(
    ("subject", "action", "ja", "en"),
    [
        ("wrong_item", "exchange", "正しい商品と交換いたします", "We will exchange it for the right one"),
        ("defect", "exchange", "新しい商品と交換いたします", "We will exchange it for a new one"),
        ("defect", "repair", "弊社にて修理いたします", "We will repair it"),
        ("refund_request", "refund", "代金をご返金いたします", "we will refund you"),
    ],
)
def test_only_what_is_allowed_is_promised(subject: str, action: PromisedAction, ja: str, en: str) -> None:
    for lang, said in (("ja", ja), ("en", en)):
        assert said in write(_case(lang, subject, allowed=[action]), _settings([action])).text
        assert said not in write(_case(lang, subject), _settings()).text
        # The guard would have stopped it, had it been promised all the same.
        promised = _case(lang, subject, allowed=[action])
        assert [one.rule for one in write(promised, _settings()).findings] == [f"promise_{action}"]


def test_what_cannot_be_sent_is_not_exchanged() -> None:
    assert next_step("defect", EVERYTHING, tangible=False).action is Action.DETAILS
    assert next_step("defect", EVERYTHING, tangible=True).action is Action.EXCHANGE
    assert next_step("defect", [], workaround=True, tangible=False).action is Action.WORKAROUND
    text = write(_case("en", outlet=Outlet.GOOGLE_PLAY), _settings()).text
    assert "exchange" not in text
    assert "version of the app" in text


def test_a_draft_that_is_too_long_is_written_shorter_and_never_cut() -> None:
    settings = _settings()
    assert write(_case("en", outlet=Outlet.APP_STORE), settings).template == "en/any.j2"
    shorter = write(_case("en", outlet=Outlet.GOOGLE_PLAY), settings)
    assert shorter.template == "en/any.short.j2"
    assert any("en/any.j2 is too long for google_play" in line for line in shorter.reasons)
    long_label = "音が出ない" * 30
    brief = write(_case("ja", outlet=Outlet.X, channel=Channel.SOCIAL, label=long_label), settings)
    assert brief.template == "ja/any.brief.j2"
    assert long_label not in brief.text
    _all_right(brief)


def test_where_even_the_shortest_is_too_long_the_draft_says_so() -> None:
    signature = "〇" * 200
    draft = write(_case("ja", outlet=Outlet.X), _settings(signature=signature))
    assert draft.text.endswith(signature)
    assert [one.rule for one in draft.findings] == ["length"]
    assert draft.length > 280


def test_signature_contact_and_returns_come_from_the_settings() -> None:
    settings = _settings(
        signature={"ja": "アサナギ製作所\nお客様窓口 0120-123-456", "en": "Asanagi Works\nhelp@asanagi.example"},
        signatures={"safety": {"ja": "安全対策室", "en": "Safety Office"}},
        contact="help@asanagi.example",
        returns={"ja": "https://asanagi.example/henpin", "en": "https://asanagi.example/returns"},
    )
    for lang in ("ja", "en"):
        draft = write(_case(lang, "refund_request"), settings)
        _all_right(draft)
        assert "https://asanagi.example/" in draft.text
        assert draft.text.endswith(settings.drafts.signature.of(lang))
        safety = write(_case(lang, "safety", queue="safety"), settings)
        _all_right(safety)
        assert "help@asanagi.example" in safety.text
        assert safety.text.endswith(settings.drafts.signatures["safety"].of(lang))


def test_customers_words_cannot_reach_the_template_or_the_terminal() -> None:
    draft = write(_case("en", label="{{ 7 * 7 }} {% raw %}\x1b[31m\u202e\nsecond line"), _settings())
    assert "“{{ 7 * 7 }} {% raw %} [31m second line”" in draft.text


def _write_own(tmp_path: Path, name: str, text: str) -> Settings:
    path = tmp_path / "replies" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return _settings(templates="replies").model_copy(update={"folder": tmp_path})


def test_templates_of_one_s_own_come_first_and_the_most_particular_wins(tmp_path: Path) -> None:
    settings = _settings()
    order = ["any.j2", "review.j2", "app_store.j2", "unhappy.j2", "defect.j2", "defect.unhappy.j2", "ISSUE-0142.j2"]
    for name in order:
        settings = _write_own(tmp_path, f"en/{name}", f"{name} {{{{ case_number }}}}")
        case = _case("en", outlet=Outlet.APP_STORE, issue="ISSUE-0142")
        assert write(case, settings).text == f"{name} CASE-000017"
    assert write(_case("en", "delivery", CustomerKind.NEW), settings).template == "en/review.j2"
    assert write(_case("ja"), settings).template == "ja/any.j2"
    settings = _write_own(tmp_path, "en/any.short.j2", "ours, short")
    assert write(_case("en", outlet=Outlet.GOOGLE_PLAY), settings).text == "defect.unhappy.j2 CASE-000017"


def test_a_part_of_one_s_own_takes_the_place_of_koe_s(tmp_path: Path) -> None:
    settings = _write_own(tmp_path, "en/_greeting.j2", "Dear {{ name }},")
    assert write(_case("en"), settings).text.startswith("Dear Sarah,\n\nThank you")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ nmae }}", ["any.j2:1", "'nmae' is undefined", "one of action, alternative, apology"]),
        ("line\n{% if %}", ["any.j2:2", "not a template"]),
        ("{{ name.__class__.__mro__ }}", ["any.j2:1", "may not"]),
        ("{{ ''.__class__ }}", ["any.j2:1", "may not"]),
        ("{{ cycler.__init__.__globals__ }}", ["any.j2:1", "may not"]),
        ("{% for one in range(10000000) %}x{% endfor %}", ["any.j2:1"]),
        ("{% include '../../koe.yaml' %}", ["any.j2"]),
        ("{{ name + 1 }}", ["any.j2:1", "the template fails"]),
    ],
)
def test_a_template_that_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, said: list[str]) -> None:
    settings = _write_own(tmp_path, "en/any.j2", text)
    with pytest.raises(SettingsError) as caught:
        write(_case("en"), settings)
    assert all(words in str(caught.value) for words in said), str(caught.value)


def test_a_wrong_name_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    settings = _write_own(tmp_path, "en/deffect.j2", "x")
    with pytest.raises(SettingsError, match="unknown word 'deffect'"):
        write(_case("en"), settings)
    with pytest.raises(SettingsError, match="no such folder"):
        write(_case("en"), _settings(templates="nowhere"))
