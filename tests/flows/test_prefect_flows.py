"""The Prefect flows do what the steps do: the same week, as a flow run with its artifacts."""

from __future__ import annotations

import gc
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    # Prefect and its server warn of their own dependencies; that is not koe's to mend.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def _prefect() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90):
        yield
    # The harness leaves sockets to the garbage collector, which would complain in the middle of another test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture
def config(tmp_path: Path) -> str:
    said = ["充電中に音が出ません。", "充電しながらだと音が鳴らない。", "No sound at all while it is charging."] * 2
    rows = [
        {"id": number, "text": text + "!" * number, "rating": 2, "created_at": f"2026-03-0{number + 2}T10:00:00+09:00"}
        for number, text in enumerate(said)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "shop.jsonl").write_text("\n".join([*lines, "{broken"]), "utf-8")
    path = tmp_path / "koe.yaml"
    path.write_text(
        "languages: [en]\n"
        "sources: {shop: {channel: review, path: shop.jsonl, map: {external_id: id}, set: {product_id: P1}}}\n",
        "utf-8",
    )
    return str(path)


@pytest.mark.usefixtures("_prefect")
def test_the_weekly_flow_completes_with_a_warning_for_refused_rows(config: str) -> None:
    from prefect.artifacts import Artifact

    from flows.weekly import weekly

    paths = weekly(config, "2026-W10")
    report = json.loads(next(Path(path) for path in paths if path.endswith(".json")).read_text("utf-8"))
    assert report["totals"]["feedback"] == 6
    assert report["totals"]["quarantined"] == 1
    warning = Artifact.get("refused-rows")
    assert warning is not None
    assert "1 rows were refused" in str(warning.data)
    shown = Artifact.get("weekly-report")
    assert shown is not None
    assert "6 pieces of feedback came in" in str(shown.data)
    assert len(str(shown.data).splitlines()) <= 30
    page = next(path for path in paths if path.endswith(".en.html"))
    assert str(shown.data).endswith(f"The whole report: {page}")
    table = Artifact.get("weekly-issues")
    assert table is not None
    assert [row["id"] for row in json.loads(str(table.data))] == [issue["id"] for issue in report["issues"]]
    link = Artifact.get("weekly-page")
    assert link is not None
    assert f"[Defect report 2026-W10]({Path(page).as_uri()})" in str(link.data)
