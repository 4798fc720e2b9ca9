"""What an installed koe needs besides its code is in the package."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_data_file_of_the_packages_is_shipped() -> None:
    tool = PYPROJECT["tool"]["setuptools"]
    patterns = tool["package-data"]["*"]
    packages = [name.removesuffix("*") for name in tool["packages"]["find"]["include"]]
    data = [
        path
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
    assert {path.suffix for path in data} >= {".csv", ".jsonl", ".xlsx", ".parquet", ".yaml", ".j2", ".css", ".json"}
    left_out = [str(path) for path in data if not any(fnmatch(path.name, pattern) for pattern in patterns)]
    assert left_out == []


def test_every_pin_has_a_reason() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert all("==" in line and "#" in line for line in lines)
