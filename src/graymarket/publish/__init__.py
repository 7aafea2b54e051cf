"""Executed notebooks in; page, PDF, slides, deck, workbook and pictures out."""

from graymarket.publish.build import publish, write
from graymarket.publish.problems import PublishError
from graymarket.publish.publication import Publication

__all__ = ["Publication", "PublishError", "publish", "write"]
