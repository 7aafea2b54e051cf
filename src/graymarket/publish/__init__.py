"""Notebooks in, report out: execute, assemble, and write HTML and PDF."""

from graymarket.publish.build import build
from graymarket.publish.problems import PublishError
from graymarket.publish.variant import Variant

__all__ = ["PublishError", "Variant", "build"]
