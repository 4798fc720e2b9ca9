"""The guard: what may not go out, in drafts and in what people typed.

=======================  ==============================================================================
rule                     stops
=======================  ==============================================================================
promise_refund …         a promise of what koe.yaml does not allow (``drafts: actions:``)
promise_date             a day or a time by which something will be done
promise_compensation     money for a damage; no setting allows it
never_again              "this will never happen again"
liability                an admission of fault
personal_data            addresses, numbers and mail addresses that are not the company's own
review                   something offered or asked for a changed review
length                   more than the outlet takes
=======================  ==============================================================================

Negations ("we cannot promise a refund"), open questions ("we will check whether …") and what is quoted of the customer
pass. The rules are patterns, so they find what people usually write and not everything that can be written: a person
still reads each reply.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from desk.drafts.outlets import Outlet
from desk.drafts.plain import plain
from desk.drafts.rules import english, japanese
from koe.errors import UsageError
from reports.masking import MASK, mask


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of a text that may not go out: ``text`` is ``[start:end]`` of it; why, in both languages."""

    rule: str
    start: int
    end: int
    text: str
    why_ja: str
    why_en: str

    def why(self, lang: str) -> str:
        """The reason in a language."""
        return self.why_ja if lang == "ja" else self.why_en


class StoppedError(UsageError):
    """A reply that may not go out as it is; ``findings`` say where and why."""

    def __init__(self, findings: Collection[Finding]) -> None:
        self.findings = tuple(findings)
        lines = [f"  “{one.text}”: {one.why_en}" for one in self.findings]
        super().__init__("\n".join(["the reply may not go out as it is:", *lines]))


def check(
    text: str, actions: Collection[str] = (), own: Collection[str] = (), outlet: Outlet = Outlet.ANY
) -> list[Finding]:
    """What in a text may not go out, in the order of the text.

    ``actions`` are those that may be promised, by their names in koe.yaml. ``own`` are stretches that are the
    company's own and no personal data of anybody: the case number, a contact address, the signature.
    """
    found = {_finding(text, "personal_data", start, end) for start, end in _personal(text, own)}
    read = plain(text)
    for begin, end in read.sentences():
        sentence = read.text[begin:end]
        for rule in (*english.RULES, *japanese.RULES):
            if _ALLOWED_BY.get(rule.name, "") in actions:
                continue
            for start, stop in rule.hits(sentence):
                found.add(_finding(text, rule.name, *read.original(begin + start, begin + stop)))
    if (over := outlet.over(text)) is not None:
        found.add(_finding(text, "length", over, len(text)))
    return _widest(found)


#: Which action of koe.yaml allows a promise.
_ALLOWED_BY = {
    "promise_refund": "refund",
    "promise_exchange": "exchange",
    "promise_repair": "repair",
    "promise_voucher": "voucher",
    "promise_date": "date",
}

_WHY = {
    "promise_refund": (
        "返金を約束していますが、設定（drafts: actions:）で refund が認められていません。",
        "It promises a refund, which the settings (drafts: actions:) do not allow.",
    ),
    "promise_exchange": (
        "交換や代わりの商品を約束していますが、設定（drafts: actions:）で exchange が認められていません。",
        "It promises an exchange, which the settings (drafts: actions:) do not allow.",
    ),
    "promise_repair": (
        "修理を約束していますが、設定（drafts: actions:）で repair が認められていません。",
        "It promises a repair, which the settings (drafts: actions:) do not allow.",
    ),
    "promise_voucher": (
        "クーポンや割引を約束していますが、設定（drafts: actions:）で voucher が認められていません。",
        "It promises a voucher or a discount, which the settings (drafts: actions:) do not allow.",
    ),
    "promise_date": (
        "期日を約束していますが、設定（drafts: actions:）で date が認められていません。",
        "It promises a date, which the settings (drafts: actions:) do not allow.",
    ),
    "promise_compensation": (
        "補償や費用の負担を約束しています。担当者の判断が必要です。",
        "It promises compensation; that takes a decision outside of a reply.",
    ),
    "never_again": (
        "再発しないことを約束しています。守れるとは限らない約束です。",
        "It promises that something never happens again, which nobody can keep for sure.",
    ),
    "liability": (
        "責任や過失を認める表現です。お詫びはできますが、責任の判断はここではできません。",
        "It admits fault. Being sorry is fine; who is liable is not decided in a reply.",
    ),
    "personal_data": (
        "個人情報（連絡先や番号など）が含まれています。",
        "It carries personal data such as an address or a number.",
    ),
    "review": (
        "評価の変更と引き換えの提案やお願いです。販売サイトの規約で禁じられています。",
        "It offers or asks for something for a changed review, which shops and app stores forbid.",
    ),
    "length": (
        "送信先の文字数の上限を超えています。ここから先が超過分です。",
        "It is longer than the outlet takes; this is what is too much.",
    ),
}

#: The names of all rules.
RULES = tuple(_WHY)


def _finding(text: str, rule: str, start: int, end: int) -> Finding:
    return Finding(rule, start, end, text[start:end], *_WHY[rule])


def _widest(found: Collection[Finding]) -> list[Finding]:
    """One finding for each place and rule: those within a longer one of the same rule say nothing new."""
    kept = [
        one
        for one in found
        if not any(
            other.rule == one.rule and other is not one and other.start <= one.start and one.end <= other.end
            for other in found
        )
    ]
    return sorted(kept, key=lambda one: (one.start, one.end, one.rule))


def _personal(text: str, own: Collection[str]) -> Iterator[tuple[int, int]]:
    masked = mask(text)
    ours = [span for part in own if part for span in _places(text, part)]
    place = 0
    for hidden, group in groupby(zip(text, masked, strict=True), key=lambda pair: pair[0] != MASK == pair[1]):
        length = sum(1 for _ in group)
        if hidden and not any(start <= place and place + length <= end for start, end in ours):
            yield place, place + length
        place += length


def _places(text: str, part: str) -> Iterator[tuple[int, int]]:
    start = text.find(part)
    while start >= 0:
        yield start, start + len(part)
        start = text.find(part, start + 1)
