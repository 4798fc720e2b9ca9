"""The page on other models says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from koe.settings import ModelSettings
from koe.settings_file import load_settings
from koe.taxonomy import Intent, Sentiment
from nlp.other_models.choice import HEADS
from nlp.other_models.hub import SENTENCE_FILES, how_to_bring
from nlp.pattern_words import RULES

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text("utf-8")


def test_its_example_is_a_koe_yaml(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "koe.yaml").write_text(example, "utf-8")
    model = load_settings(tmp_path / "koe.yaml").model
    assert model.sentiment
    assert model.sentiment.labels["LABEL_2"] is Sentiment.POSITIVE
    assert model.triggers
    assert model.triggers.labels["SHIPPING"] == "delivery:negative"
    assert model.embedding
    assert (model.embedding.pooling, model.embedding.prefix) == ("mean", "query: ")


def test_it_names_every_head_every_key_and_the_command_of_the_error() -> None:
    assert set(HEADS) < set(ModelSettings.model_fields)
    for head in HEADS:
        assert f"| `{head}` |" in PAGE
    assert all(f"`{key}`" in PAGE for key in ("labels", "pooling", "prefix"))
    name = "intfloat/multilingual-e5-base"
    assert f"hf download {name} --local-dir multilingual-e5-base" in PAGE
    assert f"hf download {name} --local-dir multilingual-e5-base" in how_to_bring(name)


def test_it_names_the_types_that_word_rules_add_and_the_files_that_are_brought() -> None:
    (said,) = re.findall(r"\*\*Word rules\.\*\*.*?\n\n", PAGE, re.DOTALL)
    added = {rule.type for rule in RULES if rule.intent is not Intent.LEGAL_THREAT}
    assert {kind for kind in added if f"`{kind}`" in said} == added
    assert all(f"`{file}`" in PAGE for file in SENTENCE_FILES)


def test_folders_are_meant_from_koe_yaml(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    model = ModelSettings.model_validate({"sentiment": "mine", "embedding": "org/model"}).heads_meant_from(tmp_path)
    assert model.sentiment
    assert model.sentiment.name == str(tmp_path / "mine")
    assert model.embedding
    assert model.embedding.name == "org/model"
    assert model.triggers is None
