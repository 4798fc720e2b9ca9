"""The command line as a whole: help, speed of the first word, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from flows.cli import app, main
from flows.wiring import Wiring
from koe.settings import Settings

CONTRACT = {
    *("demo", "init", "ingest", "run", "report", "verify", "route", "analyse", "cluster", "detect", "doctor"),
    *("issues list", "issues show", "issues rename", "issues merge", "issues split", "issues move"),
    *("issues dismiss", "issues fix", "issues reopen"),
    *("queue list", "queue next", "queue show", "queue claim", "queue reply", "queue resolve", "queue close"),
    *("send", "user add", "user change", "user list", "user disable", "user token"),
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


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty store and two files."""
    folder = tmp_path_factory.mktemp("shop")
    Wiring(Settings(folder=folder)).database.migrate()
    (folder / "said.csv").write_text("id,text,created_at\n1,fine,2026-02-03\n", "utf-8")
    (folder / "latin.csv").write_bytes(b"series,period,count\n\xe9,2026-W01,3\n")
    return folder


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ingest", "--file", "none.csv", "--channel", "review"], 2, "none.csv: no such file"),
        (["ingest", "--file", "said.csv", "--channel", "reviews"], 2, "--channel"),
        (["ingest", "--file", "said.csv", "--channel", "review", "--map", "text"], 2, "field=column"),
        (["ingest", "--file", "said.csv", "--channel", "review", "--encoding", "utf-99"], 2, "cp932"),
        (["ingest", "--file", "said.csv", "--channel", "review", "--map", "text=none"], 1, "its columns are id"),
        (["ingest", "shop", "--file", "said.csv"], 2, "not both"),
        (["ingest", "shop"], 2, "names no sources"),
        (["ingest", "--map", "text=id"], 2, "go with --file"),
        (["ingest", "--exposure"], 2, "takes one file"),
        (["ingest", "--exposure", "said.csv"], 1, "no column 'product_id'"),
        (["report", "--format", "html,pdf"], 2, "unknown format 'pdf'; known ones are html, md, json, xlsx"),
        (["report", "--lang", "fr"], 2, "unknown language 'fr'"),
        (["report", "--week", "2026-W54"], 2, "2026-W47"),
        (["verify", "none.json"], 2, "none.json: no such file"),
        (["verify", "."], 2, "is a folder"),
        (["verify", "said.csv"], 1, "not JSON"),
        (["issues", "show", "142"], 2, "ISSUE-0142"),
        (["issues", "fix", "ISSUE-0001", "--from", "soon"], 2, "2026-08-01"),
        (["detect", "latin.csv"], 1, "not UTF-8"),
        (["detect", "--level", "2", "said.csv"], 2, "between 0 and 1"),
        (["cluster", "none.jsonl"], 2, "no such file"),
        (["--config", "none.yaml", "run"], 2, "koe init"),
    ],
)
def test_a_mistake_is_one_sentence_and_its_exit_code(
    words: list[str],
    code: int,
    said: str,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.setattr(sys, "argv", ["koe", *words])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    assert (left.value.code, told.out) == (code, "")
    assert told.err.startswith("koe: ")
    assert said in told.err


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    done = _koe("--config", "taken/koe.yaml", "init", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("koe: taken")


def test_a_reader_of_a_pipe_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "version"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_pipes_get_utf_8_whatever_the_system_speaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "detect"],
        input="series,period,count\n声,2026-W01,3\n".encode(),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].startswith("声,2026-W01,3".encode())
