"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.checks import check, coverage
from graymarket.evidence.dictionary import dictionary
from graymarket.evidence.drift import MID_YEAR
from graymarket.evidence.frames import Tables
from graymarket.evidence.lineage import lineage, trace
from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.summary import size, summary
from graymarket.evidence.tables import (
    LINEAGE,
    PACKAGE,
    Base,
    find_root,
    load,
    package,
    raw_cells,
    resource,
)

__all__ = [
    "LINEAGE",
    "MID_YEAR",
    "PACKAGE",
    "Base",
    "EvidenceError",
    "Problem",
    "Tables",
    "check",
    "coverage",
    "dictionary",
    "find_root",
    "lineage",
    "load",
    "package",
    "raw_cells",
    "resource",
    "size",
    "summary",
    "trace",
]
