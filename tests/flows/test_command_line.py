"""The command line as a whole: help, speed of the first word, exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from flows.cli import app

CONTRACT = {
    *("demo", "init", "ingest", "run", "report", "verify", "route", "analyse", "cluster", "detect", "doctor"),
    *("issues list", "issues show", "issues rename", "issues merge", "issues split", "issues move"),
    *("issues dismiss", "issues fix", "issues reopen"),
    *("queue list", "queue next", "queue show", "queue claim", "queue reply", "queue resolve", "queue close"),
    *("quarantine list", "quarantine show", "quarantine retry"),
}
HEAVY = ["torch", "transformers", "spacy", "pandas", "sqlalchemy", "sklearn", "scipy", "prefect", "numpy", "pydantic"]


def _commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield " ".join((*path, name)), inner
        yield from _commands(inner, (*path, name))


def _koe(*words: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_contract_s_commands_are_there() -> None:
    names = {name for name, _ in _commands(get_command(app))}
    assert names >= CONTRACT


@pytest.mark.parametrize(("name", "command"), list(_commands(get_command(app))))
def test_every_command_and_option_has_help(name: str, command: object) -> None:
    assert getattr(command, "help", None), name
    for parameter in getattr(command, "params", []):
        if parameter.name != "help":
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_help_loads_no_heavy_library() -> None:
    code = f"import sys, flows.cli; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    assert _koe("nonsense", folder=tmp_path).returncode == 2
    assert _koe("report", "--week", "2026-99", folder=tmp_path).returncode == 2
    (tmp_path / "koe.yaml").write_text("timezone: Nowhere\n", "utf-8")
    done = _koe("run", folder=tmp_path)
    assert done.returncode == 2
    assert "koe.yaml:1" in done.stderr


def test_a_missing_database_says_its_mend(tmp_path: Path) -> None:
    done = _koe("issues", "list", folder=tmp_path)
    assert done.returncode == 1
    assert "koe init" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_writes_a_file_that_koe_reads(tmp_path: Path) -> None:
    assert _koe("init", folder=tmp_path).returncode == 0
    assert _koe("issues", "list", folder=tmp_path).returncode == 0
    again = _koe("init", folder=tmp_path)
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_ingest_of_a_file_ends_with_3_when_rows_were_refused(tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text(
        "id,星,本文,created_at\n1,５,とても良い,2026-02-03\n2,9,だめ,2026-02-03\n", "utf-8"
    )
    words = ("ingest", "--file", "said.csv", "--channel", "review", "--map", "external_id=id")
    done = _koe(*words, "--map", "text=本文", "--map", "rating=星", "--set", "product_id=P1", folder=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "2 rows, 1 new" in done.stdout
    listed = _koe("quarantine", "list", folder=tmp_path)
    assert listed.returncode == 0
    assert "said" in listed.stdout
    assert len(listed.stdout.splitlines()) == 1


def test_errors_become_sentences_not_tracebacks(tmp_path: Path) -> None:
    done = _koe("ingest", "--file", "none.csv", "--channel", "review", folder=tmp_path)
    assert done.returncode in {1, 2}
    assert "none.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_application_is_typer_s() -> None:
    assert isinstance(app, typer.Typer)
