from __future__ import annotations

from pathlib import Path

import pytest

from flows.own_models import OwnModels
from koe.errors import UsageError


def made(models: OwnModels) -> Path:
    folder = models.begin()
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


def test_models_are_installed_and_undone_one_after_the_other(tmp_path: Path) -> None:
    models = OwnModels(tmp_path, "default")
    assert models.current() is None
    first = made(models)
    models.install(first)
    second = made(models)
    assert second != first
    models.install(second)
    assert models.current() == second
    assert models.undo() == first
    assert not second.exists()
    assert models.undo() is None
    with pytest.raises(UsageError, match="nothing to undo"):
        models.undo()


def test_another_base_model_has_its_own(tmp_path: Path) -> None:
    models = OwnModels(tmp_path, "default")
    models.install(made(models))
    assert OwnModels(tmp_path, "org/other").current() is None


def test_an_interrupted_training_is_gone_on_with(tmp_path: Path) -> None:
    models = OwnModels(tmp_path, "default")
    folder = made(models)
    (folder / "checkpoint.pt").write_text("half")
    assert models.begin() == folder


def test_what_is_not_better_is_discarded(tmp_path: Path) -> None:
    models = OwnModels(tmp_path, "default")
    folder = made(models)
    models.discard(folder)
    assert not folder.exists()


def test_a_missing_model_and_a_broken_list_say_the_mend(tmp_path: Path) -> None:
    models = OwnModels(tmp_path, "default")
    folder = made(models)
    models.install(folder)
    (folder / "config.json").unlink()
    with pytest.raises(UsageError, match="koe train --undo"):
        models.current()
    (tmp_path / "installed.json").write_text("[")
    with pytest.raises(UsageError, match="delete the file"):
        models.current()
