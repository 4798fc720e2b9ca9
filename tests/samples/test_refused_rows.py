"""Each broken row of the sample data is refused for the reason it was broken for, and no other row is."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import as_file, files

import pytest

from koe.feedback import RefusedRow
from koe.settings_file import load_settings
from samples.build import REFUSED
from storage.sources.read import read_rows

#: What koe says of each kind of broken row.
SAID = {
    "impossible rating": "impossible rating",
    "unreadable date": "date",
    "nothing said": "nothing said and nothing rated",
    "date in the future": "future",
    "over the size limit": "over the limit",
    "byte that cannot be decoded": "cannot be read as cp932",
    "unreadable rating": "rating",
    "broken JSON": "broken JSON",
    "score outside its scale": "outside the scale",
}


@pytest.mark.parametrize("name", ["shop", "ichiba", "marketplace", "app-store", "product-qa", "surveys", "social"])
def test_rows_are_refused_for_what_is_wrong_with_them(name: str) -> None:
    now = datetime(2026, 5, 18, tzinfo=UTC)
    with as_file(files("samples")) as folder:
        settings = load_settings(folder / "koe.yaml")
        source = settings.sources[name]
        path = folder / source.path[0]
        rows = list(read_rows(path, source, name, settings.zone, now, settings.max_row_bytes))
    reasons = [row.reason for row in rows if isinstance(row, RefusedRow)]
    expected = REFUSED.get(name, [])
    assert len(reasons) == len(expected), reasons
    for reason, kind in zip(reasons, expected, strict=True):
        assert SAID[kind] in reason, (kind, reason)
