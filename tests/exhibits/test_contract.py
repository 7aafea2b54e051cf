"""What the contract does to a chart's SVG changes no letter."""

import io
import re

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from graymarket.exhibits.contract import Exhibit
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
