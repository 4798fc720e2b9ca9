from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.masking import MASK, mask


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("連絡は taro.yamada@example.com まで", "taro.yamada@example.com"),
        ("電話０３－１２３４－５６７８まで", "０３－１２３４－５６７８"),
        ("090-1234-5678に電話して", "090-1234-5678"),
        ("tel 0312345678.", "0312345678"),
        ("call +1 (415) 555-0132 now", "+1 (415) 555-0132"),
        ("call 800-555-1234", "800-555-1234"),
        ("カードは4111 1111 1111 1111です", "4111 1111 1111 1111"),
        ("〒150-0001 東京都", "〒150-0001"),
        ("〒１５０－０００１", "〒１５０－０００１"),
        ("注文番号：ORD-2026-004519 が届かない", "ORD-2026-004519"),
        ("注文番号４５１９２２が届かない", "４５１９２２"),
        ("Order #88213 never came", "88213"),
        ("my order number is A-10293.", "A-10293"),
        ("ORD-2026-004519", "ORD-2026-004519"),
    ],
)
def test_personal_data_is_covered_character_for_character(text: str, secret: str) -> None:
    covered = mask(text)
    start = text.index(secret)
    rest = covered[:start] + covered[start + len(secret) :]
    assert len(covered) == len(text)
    assert not any(character.isalnum() for character in covered[start : start + len(secret)])
    assert MASK in covered
    assert rest == text[:start] + text[start + len(secret) :]


@pytest.mark.parametrize(
    "text",
    [
        "4519円でした。12時間もちます",
        "2026-11-20 10:30 に届いた",
        "バージョン4.2.1にしてから",
        "15000mAh と書いてある",
        "I waited in order to save 2 of them",
        "100-200 yen, 1,234,567 in all",
        "5つ星！ 3年使った",
    ],
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet=st.sampled_from("0123456789０１２-ー－ 〒@.a注文番号order#()+\n"), max_size=60))
def test_length_never_changes(text: str) -> None:
    covered = mask(text)
    assert len(covered) == len(text)
    assert all(shown in (MASK, original) for shown, original in zip(covered, text, strict=True))
