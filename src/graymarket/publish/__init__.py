"""Executed notebooks in; page, PDF, slides, deck, workbook and pictures out."""

from graymarket.publish.build import FOLDERS, publish, write
from graymarket.publish.problems import PublishError
from graymarket.publish.publication import Publication

__all__ = ["FOLDERS", "Publication", "PublishError", "publish", "write"]
