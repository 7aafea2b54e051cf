"""Notebooks in, report out: execute, assemble, and write HTML and PDF."""

from graymarket.publish.build import build
from graymarket.publish.problems import PublishError

__all__ = ["PublishError", "build"]
