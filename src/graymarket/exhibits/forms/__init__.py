"""The chart forms: each takes tidy data and returns a figure in the house style."""

from graymarket.exhibits.forms.comparisons import (
    before_after,
    changes,
    claims,
    crosses,
    dots,
    dumbbell,
)
from graymarket.exhibits.forms.diagrams import matrix, spans, timeline, tree
from graymarket.exhibits.forms.estimates import intervals, magnitudes, readings, tornado
from graymarket.exhibits.forms.series import (
    bar_multiples,
    bars,
    counterfactual,
    counterfactuals,
    line_with_reading,
    lines,
    placebos,
    small_multiples,
)

__all__ = [
    "bar_multiples",
    "bars",
    "before_after",
    "changes",
    "claims",
    "counterfactual",
    "counterfactuals",
    "crosses",
    "dots",
    "dumbbell",
    "intervals",
    "line_with_reading",
    "lines",
    "magnitudes",
    "matrix",
    "placebos",
    "readings",
    "small_multiples",
    "spans",
    "timeline",
    "tornado",
    "tree",
]
