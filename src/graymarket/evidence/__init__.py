"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.tables import check, find_root, load, package

__all__ = ["EvidenceError", "Problem", "check", "find_root", "load", "package"]
