from __future__ import annotations

from pathlib import Path

import pytest

from flows.own_models import OwnModels
from koe.errors import ConflictError, UsageError


def models_in(folder: Path, base: str = "default", base_hash: str = "11111111") -> OwnModels:
    return OwnModels(folder, base, lambda: base_hash)


def made(models: OwnModels) -> Path:
    folder = models.begin()
    (folder / "config.json").write_text("{}")
    return folder


def test_models_are_installed_and_undone_one_after_the_other(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    assert models.current() is None
    first = made(models)
    models.install(first)
    second = made(models)
    assert second != first
    models.install(second)
    assert models.current() == second
    assert models.undo() == first
    assert models.undo() is None
    with pytest.raises(UsageError, match="nothing to undo"):
        models.undo()


def test_what_was_undone_is_deleted_at_the_next_training_only(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    first = made(models)
    models.install(first)
    second = made(models)
    models.install(second)
    models.undo()
    assert (second / "config.json").is_file()
    third = models.begin()
    assert not (second / "config.json").exists()
    assert first.exists()
    assert third != first


def test_a_folder_is_reserved_and_only_own_names_are_numbered(tmp_path: Path) -> None:
    for name in ("adapted-9x", "adapted-by-hand", "adapted-"):
        (tmp_path / name).mkdir()
    models = models_in(tmp_path)
    folder = models.begin()
    assert folder.name == "adapted-1"
    assert folder.is_dir()
    assert (tmp_path / "adapted-by-hand").is_dir()


def test_two_trainings_cannot_run_at_once(tmp_path: Path) -> None:
    with models_in(tmp_path).training() as folder:
        with pytest.raises(ConflictError, match=r"train\.lock"), models_in(tmp_path).training():
            pass
        assert folder.is_dir()
    assert not folder.exists(), "an empty folder is not kept"
    with models_in(tmp_path).training() as again:
        assert again == folder


def test_another_base_model_has_its_own(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    models.install(made(models))
    assert models_in(tmp_path, "org/other").current() is None
    assert models_in(tmp_path, "org/other").outdated() is None


def test_a_copy_of_a_base_that_has_changed_is_not_in_use(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    folder = made(models)
    models.install(folder)
    assert models.outdated() is None
    newer = models_in(tmp_path, base_hash="22222222")
    assert newer.current() is None
    assert newer.outdated() == folder
    newer.install(made(newer))
    assert newer.outdated() is None
    assert models.current() == folder, "the base came back, and so does what was adapted from it"


def test_the_base_is_looked_at_only_when_something_is_installed(tmp_path: Path) -> None:
    def hashed() -> str:
        raise AssertionError("nothing is installed")

    assert OwnModels(tmp_path, "default", hashed).current() is None


def test_an_interrupted_training_is_gone_on_with(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    folder = made(models)
    (folder / "checkpoint.pt").write_text("half")
    assert models.begin() == folder


def test_what_is_not_better_is_discarded(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    folder = made(models)
    models.discard(folder)
    assert not folder.exists()


def test_a_missing_model_and_a_broken_list_say_the_mend(tmp_path: Path) -> None:
    models = models_in(tmp_path)
    folder = made(models)
    models.install(folder)
    (folder / "config.json").unlink()
    with pytest.raises(UsageError, match="koe train --undo"):
        models.current()
    (tmp_path / "installed.json").write_text("[")
    with pytest.raises(UsageError, match="delete the file"):
        models.current()
