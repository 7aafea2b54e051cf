"""A miniature base, free to be broken."""

from pathlib import Path

import pytest

import miniature


@pytest.fixture
def base(tmp_path) -> Path:
    """The root of a project with nothing but the miniature base, sound and without corrections."""
    root = miniature.write(tmp_path)
    path = root / "data" / "corrections.csv"
    path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    return root


@pytest.fixture
def corrected(tmp_path) -> Path:
    """The same with its one correction: readings-003 is 18.72 where the file says 18.27."""
    return miniature.write(tmp_path)
