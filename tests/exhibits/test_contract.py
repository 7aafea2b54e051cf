"""What the contract does to a chart's SVG, and when an office program may draw the chart."""

import io
import re

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.figure import Figure

from graymarket.exhibits import forms
from graymarket.exhibits.contract import Exhibit
from graymarket.exhibits.native import Native
from graymarket.exhibits.style import house_style

SCALE = re.compile(r"scale\([^)]*\)")


def draw(width):
    figure = Figure(figsize=(width, 1))
    figure.text(0.5, 0.5, "Letters", fontsize=8.8)
    return figure


def test_outlined_letters_keep_their_size():
    exhibit = Exhibit("one", "Title", "Sub", "Alt", pd.DataFrame({"a": [1]}), ("t",), draw=draw)
    plain = io.StringIO()
    with house_style(), mpl.rc_context({"svg.fonttype": "path"}):
        draw(6.4).savefig(plain, format="svg")
    expected = SCALE.findall(plain.getvalue())
    assert "scale(0.088 -0.088)" in expected
    assert SCALE.findall(exhibit.svg(outline_text=True)) == expected


MONTHS = pd.date_range("2020-01-01", periods=36, freq="MS", name="Month")
SHARES = pd.DataFrame({"Here": range(36), "There": [9.126] * 36}, index=MONTHS)
BAND = pd.DataFrame({"observed": SHARES["Here"], "synthetic": SHARES["There"]}, index=MONTHS)
BAND[["low", "high"]] = 8.0, 10.0
READING = (MONTHS[9], 18.27)
OWN = pd.Series({READING[0]: READING[1]})
ROWS = pd.DataFrame({"label": ["one", "two"], "value": [1.5, 2.5], "text": "", "part": False})
EVENT = (MONTHS[12], "It happens")


def whole(draw, data, kind="line", x="Month", y=("Here", "There")):
    native = Native(kind, x, y)
    basis = ("vendor_usage/world",)
    exhibit = Exhibit("one", "T", "S", "A", data, basis, draw=draw, native=native)
    return exhibit.payload()["native"]["whole"]


def test_an_office_chart_tells_all_of_lines_and_of_a_lone_reading():
    data = SHARES.round(2).reset_index()
    assert whole(lambda width: forms.lines(width, SHARES), data)

    def with_reading(width):
        return forms.line_with_reading(width, SHARES["There"], "There", READING, "18.3%", OWN)

    assert whole(with_reading, data.assign(Here=data["Month"].map(OWN)))
    assert not whole(with_reading, data), "the reading is none of the data"


@pytest.mark.parametrize(
    "draw",
    [
        lambda width: forms.lines(width, SHARES, EVENT),
        lambda width: forms.counterfactual(width, BAND, EVENT, ("Here", "There")),
    ],
)
def test_an_office_chart_lacks_events_and_bands(draw):
    assert not whole(draw, SHARES.reset_index())


@pytest.mark.parametrize(
    ("rows", "event", "expected"),
    [
        (ROWS, None, True),
        (ROWS, (0.5, "It happens"), False),
        (ROWS.assign(part=[False, True]), None, False),
        (ROWS.assign(other=[False, True]), None, False),
    ],
)
def test_an_office_chart_has_bars_of_one_look(rows, event, expected):
    def draw(width):
        return forms.bars(width, rows, "millions", event)

    assert whole(draw, ROWS[["label", "value"]], "bar", "label", ("value",)) is expected
