"""Every snippet of the README runs: its commands in one folder, in order, and its Python."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")

#: Commands that need a server, take minutes, or start the whole of what runs around them: tested elsewhere.
ELSEWHERE = {
    "koe train": "tests/flows/test_train_command.py and tests/nlp/test_adapt.py",
    "koe desk": "tests/flows/test_desk_command.py",
    "make": "the makefile is what runs the tests",
    "prefect": "tests/flows/test_deployments.py",
    "export": "for prefect",
}

pytestmark = [pytest.mark.slow, pytest.mark.model]


def _snippets(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def _commands() -> list[str]:
    lines = [line.removeprefix("$ ") for text in _snippets("console") for line in text.splitlines()]
    return [re.sub(r"\s+#.*", "", line) for line in lines if not line.startswith(tuple(ELSEWHERE))]


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_every_command_is_known() -> None:
    words = {line.removeprefix("$ ").split()[0] for text in _snippets("console") for line in text.splitlines()}
    assert words <= {"koe", "echo", *ELSEWHERE}


def test_the_commands_run_in_order(tmp_path: Path) -> None:
    """The files that the snippets name are the sample shop's; what they make is there afterwards."""
    _prepare(tmp_path)
    for command in _commands():
        done = _run(command, tmp_path)
        # 3: some rows of the sample are refused on purpose.
        assert done.returncode in {0, 3}, f"{command}\n{done.stdout}\n{done.stderr}"
        if command == "koe init":
            _settle(tmp_path)
    assert (tmp_path / "koe-out" / "koe-2026-W20.json").exists()
    assert (tmp_path / "issues.jsonl").read_text("utf-8").count("\n") == 4
    assert (tmp_path / "alerts.csv").read_text("utf-8").startswith("series,period,count,expected")


def _prepare(folder: Path) -> None:
    samples = Path(str(files("samples")))
    shutil.copytree(samples / "data", folder / "data")
    (folder / "reviews.csv").write_text("本文,星,投稿日\n音が出ない,2,2026-05-12\n", "utf-8")
    texts = ["no sound while charging", "silent when plugged in", "lovely", "the sound is gone while it charges"]
    lines = [f'{{"id": {number}, "text": "{text}"}}' for number, text in enumerate(texts)]
    (folder / "complaints.jsonl").write_text("\n".join(lines), "utf-8")
    weeks = "\n".join(f"A,2026-W{week:02d},{2 + week % 2}" for week in range(1, 20))
    (folder / "counts.csv").write_text(f"series,period,count\n{weeks}\n", "utf-8")


def _settle(folder: Path) -> None:
    """As a user would, fill in the sources of the file that `koe init` wrote."""
    shutil.copy(Path(str(files("samples"))) / "koe.yaml", folder / "koe.yaml")


@pytest.mark.parametrize("snippet", _snippets("python"))
def test_the_python_runs(snippet: str) -> None:
    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_shell_words_parse() -> None:
    for command in _commands():
        assert shlex.split(command)
