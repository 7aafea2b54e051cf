"""What the contract does to a chart: its SVG, and which row of the table a mark belongs to."""

import io
import re

import matplotlib as mpl
import pandas as pd

from graymarket import charts
from graymarket.charts.style import house_style
from graymarket.exhibits import Exhibit

SCALE = re.compile(r"scale\([^)]*\)")
MONTHS = pd.date_range("2020-01-01", periods=3, freq="MS", name="Month")
SHARES = pd.DataFrame({"Here": [1.0, 2.0, 3.0]}, index=MONTHS)
CHANGES = pd.DataFrame(
    {"label": ["One", "Two", "Two"], "percent": [5.0, -2.0, 3.0], "text": ["a", "b", "c"]}
)


def payload(data, chart):
    return Exhibit(
        "one", "Title", "Sub", "Alt", data, lineage="vendor_usage/world", chart=chart
    ).payload()


def test_outlined_letters_keep_their_size():
    chart = charts.changes(CHANGES)
    plain = io.StringIO()
    with house_style(), mpl.rc_context({"svg.fonttype": "path"}):
        chart.draw(6.4).figure.savefig(plain, format="svg")
    expected = SCALE.findall(plain.getvalue())
    assert "scale(0.086 -0.086)" in expected
    assert SCALE.findall(payload(CHANGES, chart)["outlined_svg"]) == expected


def test_marks_have_the_rows_of_the_table_whatever_its_order():
    backwards = SHARES[::-1].reset_index()
    shown = payload(backwards, charts.lines(SHARES))
    assert [mark["row"] for mark in shown["marks"]["narrow"]] == [2, 1, 0]
    assert shown["along"] == "x"
    assert shown["native"]["series"][0]["values"] == [1.0, 2.0, 3.0]


def test_a_mark_that_may_be_of_two_rows_is_of_none():
    shown = payload(CHANGES, charts.changes(CHANGES))
    assert [mark["row"] for mark in shown["marks"]["wide"]] == [0]


def test_a_table_has_neither_marks_nor_pictures():
    shown = payload(CHANGES, None)
    assert shown["marks"] is shown["svg"] is shown["native"] is None
