"""What a PDF says, as pdftotext reads it."""

import shutil
import subprocess

import pytest


def printed(path, *options):
    """Its text; `options` are pdftotext's. Skips where that is not installed."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on PATH (Debian, Ubuntu: apt-get install poppler-utils)")
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
