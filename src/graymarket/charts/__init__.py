"""The chart forms: each is a function of tidy data alone and returns a `Chart`."""

from graymarket.charts.chart import Chart, Drawing, Mark, Native, Series
from graymarket.charts.comparisons import (
    before_after,
    changes,
    claims,
    crosses,
    dots,
    dumbbell,
)
from graymarket.charts.diagrams import matrix, spans, timeline, tree
from graymarket.charts.estimates import intervals, magnitudes, readings, tornado
from graymarket.charts.series import (
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
    "Chart",
    "Drawing",
    "Mark",
    "Native",
    "Series",
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
