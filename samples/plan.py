"""What is planted in the sample data: products, weeks, issues and how each runs over the weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koe.week import Week

FIRST_WEEK = Week(2026, 5)
WEEKS = 16
LAST_WEEK = FIRST_WEEK + (WEEKS - 1)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the fictitious maker and the variants it sells in, with how often each is bought."""

    id: str
    texts: str
    ja: str
    en: str
    owner: str
    variants: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class PlantedIssue:
    """A recurring complaint: ``weights`` says how often it is voiced in each of the 16 weeks.

    ``share`` is the part of its feedback that has ``value`` as its ``attribute``, wherever that value is on sale.
    """

    key: str
    product: str
    ja: str
    en: str
    weights: Sequence[float]
    attribute: str | None = None
    value: str | None = None
    share: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlantedFix:
    """What ends a planted issue, and the first week in which most of what customers own has it."""

    issue: str
    week: Week


def _weeks(*runs: tuple[int, float]) -> list[float]:
    """Weights of the 16 weeks from runs of (number of weeks, weight)."""
    weights = [weight for count, weight in runs for _ in range(count)]
    assert len(weights) == WEEKS, "the runs must cover all weeks"
    return weights


STEADY = _weeks((16, 1.0))

PRODUCTS = {
    product.id: product
    for product in [
        Product(
            "SPK-10",
            "speaker",
            "ポータブルスピーカー コト",
            "Koto portable speaker",
            "audio",
            {"colour": {"Sumi": 4, "Wakaba": 3, "Sakura": 2}, "lot": {"B-2409": 3, "B-2412": 3, "B-2415": 3}},
        ),
        Product(
            "MIX-5",
            "mixer",
            "スタンドミキサー コネ",
            "Kone stand mixer",
            "kitchen",
            {"colour": {"Shiro": 4, "Aka": 2, "Kon": 2}, "part": {"C1": 1}},
        ),
        Product(
            "UND-1",
            "underwear",
            "ハダギ便",
            "Hadagi Club",
            "apparel",
            {"size": {"S": 2, "M": 4, "L": 3, "XL": 1}, "warehouse": {"Chiba": 2, "Osaka": 2, "Fukuoka": 1}},
        ),
        Product(
            "VAC-3",
            "vacuum",
            "ロボット掃除機 ソラ",
            "Sora robot vacuum",
            "cleaning",
            {"colour": {"Shiro": 3, "Kuro": 2}, "firmware": {"1.8": 1}},
        ),
        Product(
            "APP-1",
            "app",
            "アサナギホーム",
            "Asanagi Home app",
            "digital",
            {"os": {"Android": 3, "iOS": 3}, "app_version": {"4.1": 1}},
        ),
    ]
}

ISSUES = [
    PlantedIssue(
        "spk-silent-charging",
        "SPK-10",
        "充電中に音が出ない",
        "no sound while charging",
        _weeks((9, 0), (1, 0.7), (1, 0.9), (5, 1.0)),
        "lot",
        "B-2417",
        0.8,
        "begins with lot B-2417 in week 10; other lots go on selling",
    ),
    PlantedIssue("spk-bt-drops", "SPK-10", "Bluetoothが切れる", "Bluetooth keeps dropping", STEADY),
    PlantedIssue("spk-battery-short", "SPK-10", "電池がもたない", "battery runs empty too soon", STEADY),
    PlantedIssue(
        "mix-coupling-breaks",
        "MIX-5",
        "カップリングが割れる",
        "coupling breaks",
        _weeks((7, 1.0), (1, 0.0), (3, 0.18), (5, 0.0)),
        "part",
        "C1",
        1.0,
        "fixed by part C2 in week 8; old stock with part C1 fades out",
    ),
    PlantedIssue("mix-bowl-loose", "MIX-5", "ボウルが固定されない", "bowl comes loose", STEADY),
    PlantedIssue(
        "mix-smoke-smell",
        "MIX-5",
        "焦げ臭い・煙が出る",
        "burning smell and smoke",
        _weeks((2, 0.4), (14, 1.0)),
        note="a safety hazard, mostly inside 4 and 5 star reviews",
    ),
    PlantedIssue(
        "und-wrong-item",
        "UND-1",
        "サイズ・色違いが届く",
        "wrong size or colour delivered",
        _weeks((14, 1.0), (1, 8.0), (1, 24.0)),
        "warehouse",
        "Chiba",
        0.75,
        "rises in the last two weeks, mostly from one warehouse",
    ),
    PlantedIssue("und-elastic-loosens", "UND-1", "ゴムが伸びる", "waistband goes slack", STEADY),
    PlantedIssue("und-cancel-charged", "UND-1", "解約したのに請求される", "charged after cancelling", STEADY),
    PlantedIssue(
        "vac-dock-return",
        "VAC-3",
        "充電台に戻れない",
        "does not find its way back to the dock",
        _weeks((6, 0.15), (10, 1.0)),
        "firmware",
        "2.1",
        0.85,
        "begins with firmware 2.1 in week 7; easily confused with vac-dock-no-charge",
    ),
    PlantedIssue(
        "vac-dock-no-charge",
        "VAC-3",
        "充電台にいるのに充電されない",
        "sits on the dock but does not charge",
        STEADY,
        note="easily confused with vac-dock-return",
    ),
    PlantedIssue("vac-brush-tangles", "VAC-3", "ブラシに髪が絡まる", "hair winds round the brush", STEADY),
    PlantedIssue(
        "app-login-loop",
        "APP-1",
        "更新後ログインを繰り返す",
        "log-in loop after the update",
        _weeks((11, 0), (1, 6.0), (1, 5.0), (1, 4.0), (1, 3.0), (1, 1.0)),
        "app_version",
        "4.2",
        1.0,
        "begins with version 4.2 in week 12 and fades",
    ),
    PlantedIssue(
        "app-furigana", "APP-1", "フリガナ欄が通らない", "furigana field refuses kana", STEADY, note="Japanese only"
    ),
    PlantedIssue("app-notification-night", "APP-1", "夜中に通知が来る", "notifications in the night", STEADY),
    PlantedIssue("app-device-offline", "APP-1", "機器がオフライン表示になる", "device shown as offline", STEADY),
]


FIXES = [PlantedFix("mix-coupling-breaks", FIRST_WEEK + 7)]


def variants_on_sale(product: Product, week: int) -> dict[str, dict[str, int]]:
    """The variants a customer of a week (1 to 16) may own: new lots, parts and versions replace old ones."""
    on_sale = {name: dict(values) for name, values in product.variants.items()}
    if product.id == "SPK-10" and week >= 9:
        on_sale["lot"] = {"B-2412": 3, "B-2415": 4, "B-2417": 3, "B-2418": 3}
    if product.id == "MIX-5" and week >= 8:
        on_sale["part"] = {"C1": max(0, 12 - week), "C2": 4}
    if product.id == "VAC-3" and week >= 7:
        on_sale["firmware"] = {"1.8": 1, "2.1": 3}
    if product.id == "APP-1" and week >= 12:
        on_sale["app_version"] = {"4.1": 2, "4.2": 5}
    return on_sale
