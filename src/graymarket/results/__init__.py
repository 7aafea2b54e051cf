"""What the report knows: typed results of a question and the tables, without a word of text."""

from graymarket.results.build import Results
from graymarket.results.quantity import (
    Confidence,
    Kind,
    Label,
    Moment,
    Names,
    Quantity,
    Result,
    Several,
    Verdict,
    as_json,
    from_json,
)
from graymarket.results.units import UNITS, Unit, outwards, rounded

__all__ = [
    "UNITS",
    "Confidence",
    "Kind",
    "Label",
    "Moment",
    "Names",
    "Quantity",
    "Result",
    "Results",
    "Several",
    "Unit",
    "Verdict",
    "as_json",
    "from_json",
    "outwards",
    "rounded",
]
