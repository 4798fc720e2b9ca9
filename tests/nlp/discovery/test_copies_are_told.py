from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nlp.discovery.copies import find_copies

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
REVIEW = "I took it to the beach on Sunday and by the evening the strap had come clean off. Two screws were missing."
JA = "海に持って行ったら、夕方にはストラップがすっかり取れていました。ねじが二本なくなっていました。"


def row(key, text, hours=0, product="SPK"):
    return key, product, NOON + timedelta(hours=hours), text


def test_the_same_text_again_is_a_copy_of_the_earliest():
    copies = find_copies([row("b:2", REVIEW, 5), row("a:1", REVIEW, 1), row("c:3", REVIEW, 9)])
    assert copies == {"b:2": "a:1", "c:3": "a:1"}


def test_layout_and_a_word_more_make_no_difference():
    told = find_copies([row("a:1", REVIEW), row("b:2", "RT: " + REVIEW.upper() + " 😭 #sad", 1), row("c:3", JA, 2)])
    assert told == {"b:2": "a:1"}
    assert find_copies([row("a:1", JA), row("b:2", JA.replace("、", "､") + "\n", 1)]) == {"b:2": "a:1"}


def test_short_texts_are_alike_by_chance():
    assert (
        find_copies(
            [
                row("a:1", "Great!"),
                row("b:2", "Great!", 1),
                row("c:3", "よかったです", 2),
                row("d:4", "よかったです", 3),
            ]
        )
        == {}
    )


def test_the_same_fault_in_other_words_is_no_copy():
    other = "The strap came off at the beach on Sunday, and when I looked there were two screws missing from the back."
    assert find_copies([row("a:1", REVIEW), row("b:2", other, 1)]) == {}


def test_another_product_is_another_thing():
    assert find_copies([row("a:1", REVIEW), row("b:2", REVIEW, 1, product="MIX")]) == {}


def test_an_original_is_never_a_copy():
    texts = [row(f"s:{number}", REVIEW + " again" * (number // 3), number) for number in range(12)]
    copies = find_copies(texts)
    assert not set(copies.values()) & set(copies)


def test_equal_times_go_by_key():
    assert find_copies([row("z:1", REVIEW), row("a:1", REVIEW)]) == {"z:1": "a:1"}
