"""The page on drafts says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from desk.drafts.customer import CustomerKind
from desk.drafts.guard import RULES
from desk.drafts.outlets import Outlet
from koe.settings_drafts import DraftsSettings
from koe.settings_file import load_settings

PAGE = (Path(__file__).parents[3] / "docs" / "drafts.md").read_text("utf-8")


def test_its_example_is_a_koe_yaml_with_every_key(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "koe.yaml").write_text(example, "utf-8")
    settings = load_settings(tmp_path / "koe.yaml")
    assert settings.drafts.model_fields_set == set(DraftsSettings.model_fields)
    assert settings.products["SPK-10"].kind == "speaker"


def test_its_tables_name_every_kind_outlet_and_rule() -> None:
    tables = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    kinds = re.findall(
        r"^\| (\w+) \|", tables[tables.index("kind of customer") : tables.index("| subject")], re.MULTILINE
    )
    assert sorted(kinds) == sorted(kind.value for kind in CustomerKind)
    assert all(f"| {outlet.value} |" in tables for outlet in Outlet)
    assert all(f"{outlet.limit:,}" in tables for outlet in Outlet if outlet.limit)
    assert all(re.search(rf"\b{rule}\b", tables) for rule in RULES)


def test_its_counts_of_sentences_are_those_of_the_tests() -> None:
    for lang, words in (("en", "English"), ("ja", "Japanese")):
        lines = (Path(__file__).parent / f"guard_{lang}.tsv").read_text("utf-8").splitlines()
        assert f"{len(lines)} {words}" in PAGE
