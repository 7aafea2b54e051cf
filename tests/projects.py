"""Copies of the project to build reports in."""

import shutil
import subprocess
import sys
from pathlib import Path

FOLDERS = ("data", "notebooks")
FILES = ("README.md", "CITATION.cff", "requirements.lock")


def copy_project(root: Path, folder: Path) -> Path:
    """What reports are made from, and nothing else; returns the folder."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in FOLDERS:
        shutil.copytree(root / name, folder / name, ignore=ignore)
    for name in FILES:
        shutil.copy(root / name, folder)
    return folder


def build(folder: Path, *options: object) -> subprocess.CompletedProcess[str]:
    """`graymarket build` in a process of its own."""
    command = [sys.executable, "-m", "graymarket.cli", "build", "--root", folder, *options]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8")


def replace(folder: Path, table: str, old: str, new: str) -> None:
    """Put another text in place of the first like it in a table."""
    path = folder / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
