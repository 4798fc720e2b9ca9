from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from koe.feedback import Channel, Disclosure, Feedback, Scale
from storage.database import Database
from storage.feedback_versions import UpsertCounts

Review = Callable[..., Feedback]
DAY = timedelta(days=1)


def test_every_field_comes_back(database: Database, now: datetime) -> None:
    said = Feedback(
        source="survey",
        external_id="é1",
        channel=Channel.SURVEY,
        created_at=datetime(2026, 1, 5, 9, 3, 1, 250, tzinfo=timezone(timedelta(hours=9))),
        product_id="SPK-10",
        author="花子",
        customer_id="C1",
        title="題\ud83d",
        text="音\x00が\n出ない😀",
        rating=4,
        score=9,
        scale=Scale.NPS,
        updated_at=datetime(2026, 1, 6, tzinfo=UTC),
        lang="ja",
        reach=50_000_000_000,
        disclosure=Disclosure.STAFF,
        attributes={"lot": "B\x00", "色": "赤"},
        parent_id="q1",
    )
    with database.work() as work:
        work.feedback.upsert([said], now)
        work.commit()
    with database.work() as work:
        stored = work.feedback.get("survey:é1")
    assert stored is not None
    expected = replace(said, title="題\ufffd", text="音\ufffdが\n出ない😀", attributes={"lot": "B\ufffd", "色": "赤"})
    assert stored.feedback == expected
    assert stored.feedback.created_at.tzinfo is UTC
    assert stored.text_hash == stored.feedback.text_hash
    assert (stored.seq, stored.first_seen_at, stored.ingested_at) == (1, now, now)


def test_the_same_again_changes_nothing(database: Database, review: Review, now: datetime) -> None:
    batch = [review(str(number), rating=number % 5 + 1) for number in range(50)]
    again = [replace(one, rating=float(one.rating or 0), text=one.text) for one in batch]
    with database.work() as work:
        assert work.feedback.upsert(batch, now) == UpsertCounts(new=50)
        assert work.feedback.upsert(again, now + DAY) == UpsertCounts(unchanged=50)
        assert work.feedback.last_seq() == 50


def test_an_edit_is_a_version_and_the_first_seen_date_stays(database: Database, review: Review, now: datetime) -> None:
    with database.work() as work:
        work.feedback.upsert([review(text="bad")], now)
        assert work.feedback.upsert([review(text="good")], now + DAY) == UpsertCounts(edited=1)
        history = work.feedback.history("shop:1")
        assert [(one.feedback.version, one.feedback.text) for one in history] == [(1, "bad"), (2, "good")]
        assert [one.first_seen_at for one in history] == [now, now]
        assert [one.ingested_at for one in history] == [now, now + DAY]
        assert work.feedback.get("shop:1") == history[1]
        assert work.feedback.version("shop:1", 1) == history[0]


def test_versions_of_one_key_in_one_file_are_stored_once(database: Database, review: Review, now: datetime) -> None:
    file = [review(text="a"), review(text="b", updated_at=now - DAY), review(text="c")]
    with database.work() as work:
        assert work.feedback.upsert(file, now) == UpsertCounts(new=1, edited=2)
        assert work.feedback.upsert(file, now + DAY) == UpsertCounts(unchanged=3)


def test_an_old_export_read_again_is_no_edit_but_a_dated_return_is(
    database: Database, review: Review, now: datetime
) -> None:
    with database.work() as work:
        work.feedback.upsert([review(text="a")], now)
        work.feedback.upsert([review(text="b", updated_at=now)], now)
        assert work.feedback.upsert([review(text="a")], now + DAY) == UpsertCounts(unchanged=1)
        back = review(text="b", updated_at=now - DAY)
        assert work.feedback.upsert([back], now + DAY) == UpsertCounts(unchanged=1)
        work.feedback.upsert([review(text="c", updated_at=now + DAY)], now + DAY)
        returned = review(text="b", updated_at=now + 2 * DAY)
        assert work.feedback.upsert([returned], now + 2 * DAY) == UpsertCounts(edited=1)
        assert [one.feedback.text for one in work.feedback.history("shop:1")] == ["a", "b", "c", "b"]


def test_a_week_sees_edits_from_their_date_on(database: Database, review: Review, now: datetime) -> None:
    edited = review(text="edited", updated_at=datetime(2026, 5, 20, tzinfo=UTC))
    undated = review(text="undated")
    with database.work() as work:
        work.feedback.upsert([review(text="first"), edited], now)
        work.feedback.upsert([undated], now + DAY)

        def seen(until: datetime) -> list[str | None]:
            return [one.feedback.text for one in work.feedback.seen(until)]

        assert seen(datetime(2026, 5, 1, tzinfo=UTC)) == []
        assert seen(datetime(2026, 5, 20, tzinfo=UTC)) == ["first"]
        assert seen(datetime(2026, 5, 21, tzinfo=UTC)) == ["edited"]
        assert seen(now + 2 * DAY) == ["undated"]


def test_a_late_old_version_does_not_hide_the_newer_one(database: Database, review: Review, now: datetime) -> None:
    march, april = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4))
    first = review(text="first", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    with database.work() as work:
        work.feedback.upsert([first, replace(first, text="april", updated_at=april)], now)
        work.feedback.upsert([replace(first, text="march", updated_at=march)], now + DAY)
        latest = work.feedback.get("shop:1")
        assert latest is not None
        assert latest.feedback.text == "april"
        assert [one.feedback.text for one in work.feedback.seen(april)] == ["march"]


def test_an_edit_dated_by_day_follows_the_first_version_of_that_day(
    database: Database, review: Review, now: datetime
) -> None:
    with database.work() as work:
        work.feedback.upsert([review(text="first")], now)
        work.feedback.upsert([review(text="edited", updated_at=datetime(2026, 5, 1, tzinfo=UTC))], now)
        latest = work.feedback.get("shop:1")
        assert latest is not None
        assert latest.feedback.text == "edited"


def test_what_came_later_is_unseen_as_of_an_earlier_number(database: Database, review: Review, now: datetime) -> None:
    with database.work() as work:
        work.feedback.upsert([review("1", text="a")], now)
        work.commit()
        as_of = work.feedback.last_seq()
        work.feedback.upsert([review("1", text="b", updated_at=now - DAY), review("2")], now)
        work.feedback.set_copies({"shop:2": "shop:1"})
        work.commit()
        assert [one.feedback.text for one in work.feedback.seen(now, as_of)] == ["a"]
        assert [one.feedback.text for one in work.feedback.seen(now)] == ["b", "音が出ない"]
        assert work.feedback.copies(as_of) == {}
        assert work.feedback.copies() == {"shop:2": "shop:1"}


def test_seen_is_ordered_by_date_then_key_and_filtered(database: Database, review: Review, now: datetime) -> None:
    early = datetime(2026, 4, 1, tzinfo=UTC)
    batch = [review("b"), review("B"), review("あ"), review("late", created_at=now), review("z", created_at=early)]
    with database.work() as work:
        work.feedback.upsert([*batch, review("p", product_id="P")], now)
        assert [one.feedback.external_id for one in work.feedback.seen(now)] == ["z", "B", "b", "p", "あ"]
        assert [one.key for one in work.feedback.seen(now, product="P")] == ["shop:p"]
        since = early + DAY
        assert [one.feedback.external_id for one in work.feedback.seen(now, since=since)] == ["B", "b", "p", "あ"]


def test_a_copy_keeps_its_original(database: Database, now: datetime) -> None:
    with database.work() as work:
        assert work.feedback.set_copies({"a:2": "a:1"}) == 1
        assert work.feedback.set_copies({"a:2": "a:9", "a:3": "a:1"}) == 1
        assert work.feedback.copies() == {"a:2": "a:1", "a:3": "a:1"}


def test_a_person_is_found_in_a_source_and_across_sources(database: Database, review: Review, now: datetime) -> None:
    mine = review("1", author="taro", customer_id="C1")
    other_source = replace(review("2", author="taro", customer_id="C1"), source="social")
    with database.work() as work:
        work.feedback.upsert([mine, other_source, review("3", author="jiro")], now)
        work.feedback.upsert([replace(mine, text="edited")], now + DAY)
        assert [(one.key, one.feedback.version) for one in work.feedback.by_author("shop", "taro")] == [("shop:1", 2)]
        assert [one.key for one in work.feedback.by_customer("C1")] == ["shop:1", "social:2"]
        assert work.feedback.by_customer("C1", before=mine.created_at) == []
        assert set(work.feedback.load(["shop:1", "social:2", "shop:none"])) == {"shop:1", "social:2"}
