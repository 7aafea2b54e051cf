"""What holds for every chart form, one case each, and what is particular to some."""

import io
import re
from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest
from cases import BARS, CASES, EVENT, LINES, MONTHS, POLICIES, READING, RULES, SPANS, chart

from graymarket import charts
from graymarket.charts.style import NARROW, STAGE, WIDE, house_style
from graymarket.wording import Wording, current, use

WIDTHS = pytest.mark.parametrize("width", [WIDE, NARROW, STAGE])
FORMS = pytest.mark.parametrize("form", sorted(CASES))


@cache
def drawn(form, width):
    return chart(form).draw(width)


def svg(drawing):
    text = io.StringIO()
    with house_style(), mpl.rc_context({"svg.hashsalt": "x", "svg.fonttype": "none"}):
        drawing.figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def test_every_form_has_a_case():
    assert {name for name in charts.__all__ if name.islower()} == set(CASES)


@WIDTHS
@FORMS
def test_labels_can_be_read(form, width):
    assert drawn(form, width).overlaps() == []


@WIDTHS
@FORMS
def test_marks_lie_inside_the_figure(form, width):
    drawing = drawn(form, width)
    assert len(drawing.marks) == CASES[form][1]
    for mark in drawing.marks:
        assert 0 < mark.x < 1, mark
        assert 0 < mark.y < 1, mark
        assert mark.label, mark


@FORMS
def test_a_chart_is_drawn_alike_each_time_and_saved_alike(form):
    made = chart(form)
    one, other = made.draw(NARROW), made.draw(NARROW)
    assert svg(one) == svg(other) == svg(one)
    assert one.marks == other.marks


@FORMS
def test_a_native_chart_only_where_it_would_show_all(form):
    assert (chart(form).native is not None) == CASES[form][2]


@WIDTHS
def test_marks_of_a_line_lie_on_the_line(width):
    drawing = chart("lines").draw(width)
    (ax,) = drawing.figure.axes
    height = drawing.figure.bbox.height
    drawn = ax.lines[0].get_transform().transform_path(ax.lines[0].get_path()).vertices
    marks = [mark for mark in drawing.marks if mark.series == "Here"]
    for mark, (x, y) in zip(marks, drawn, strict=True):
        assert mark.x * drawing.figure.bbox.width == pytest.approx(x, abs=0.1)
        assert height - mark.y * height == pytest.approx(y, abs=0.1)


def test_what_happens_to_a_frame_later_does_not_change_its_chart():
    rows, panel = BARS.copy(), {"A\nmillions": BARS.copy()}
    bars, multiples = charts.bars(rows, "millions"), charts.bar_multiples(panel)
    before = svg(bars.draw(WIDE)), svg(multiples.draw(WIDE))
    rows["value"] = panel["A\nmillions"]["value"] = 9.0
    panel.clear()
    assert (svg(bars.draw(WIDE)), svg(multiples.draw(WIDE))) == before


def test_a_native_chart_holds_its_data():
    native = charts.lines(LINES.head(2).assign(There=[None, 9.126])).native
    assert native.categories == ["2017-03-01", "2017-04-01"]
    assert [(one.name, one.values, one.role) for one in native.series] == [
        ("Here", [20.0, 20.71], "accent"),
        ("There", [None, 9.13], "second"),
    ]
    assert charts.bars(BARS, "millions").native.series[0].values == [1.5, None, 2.5]


def test_an_office_chart_lacks_events_and_bars_of_another_look():
    assert charts.lines(LINES, EVENT).native is None
    assert charts.bars(BARS, "millions", (0.5, "It happens")).native is None
    assert charts.bars(BARS.assign(part=[False, False, True]), "millions").native is None
    assert charts.bars(BARS.assign(other=[False, False, True]), "millions").native is None


def test_a_reading_among_months_that_the_series_lacks_is_no_native_chart():
    late = (MONTHS[-1] + pd.DateOffset(months=1), 3.0)
    for point, whole in ((READING, True), (late, False)):
        none = pd.Series(dtype=float)
        made = charts.line_with_reading(LINES["There"], "World", point, "Cuba", none)
        assert (made.native is not None) == whole


def texts(form):
    """All text in a form's case, of marks and axes."""
    (ax,) = chart(form).draw(WIDE).figure.axes
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    return [text.get_text() for text in (*ax.texts, *ticks)]


def test_numbers_read_as_in_prose():
    assert {"29%", "18.3%", "at most 9.0%", "our interval", "30%", "20"} <= {*texts("readings")}
    assert {"0.40", "0.95"} <= {*texts("tornado")}
    assert {"0", "40", "50%"} <= {*texts("intervals")}
    assert {"−10%"} & {*texts("changes")} == set()  # the unit stands on the last tick alone
    assert any(text.startswith("−") for text in texts("changes"))
    assert {"Jan", "Sept"} <= {*texts("spans")}


class Marked(Wording):
    """English with all that it says in brackets."""

    def tick(self, value, unit=""):
        return f"[{super().tick(value, unit)}]"

    def word(self, section, key, **parts):
        return f"[{super().word(section, key, **parts)}]"

    def year(self, date):
        return f"[{super().year(date)}]"


@pytest.fixture
def marked():
    former = current()
    use(Marked())
    yield
    use(former)


@FORMS
def test_ticks_and_words_of_a_form_come_from_the_wording(form, marked):
    for ax in chart(form).draw(WIDE).figure.axes:
        axes = [axis for axis in (ax.xaxis, ax.yaxis) if axis.get_visible() and ax.axison]
        said = [label.get_text() for axis in axes for label in axis.get_ticklabels()]
        bare = [text for text in said if re.fullmatch(r"[−-]?[\d.,]+%?", text)]
        assert {*bare} <= {*BARS["label"]}, form  # which are data


def spans(width, rules=RULES):
    (ax,) = charts.spans(rules, *SPANS[1:]).draw(width).figure.axes
    return ax


def test_only_a_disputed_end_is_hatched_and_drawn_again():
    hatched = [patch for patch in spans(WIDE).patches if patch.get_hatch()]
    assert len(hatched) == 2  # over the years, and month by month
    far, near = sorted(patch.get_width() for patch in hatched)
    assert near > 5 * far
    settled = RULES.assign(until=pd.NaT)
    assert not [patch for patch in spans(WIDE, settled).patches if patch.get_hatch()]


def test_an_unknown_end_fades_and_an_open_one_has_an_arrow():
    def see_through(rules):
        return sum(patch.get_alpha() is not None for patch in spans(WIDE, rules).patches)

    layers = see_through(RULES[RULES["group"] == "Sudan"])
    assert layers > 0
    assert see_through(RULES[RULES["group"] == "Iran"]) == 0
    assert see_through(RULES) == 2 * layers
    arrows = [patch for patch in spans(WIDE).patches if hasattr(patch, "get_closed")]
    assert len(arrows) == 1


@WIDTHS
def test_words_larger_than_their_cell_are_found(width):
    drawing = chart("matrix").draw(width)
    (ax,) = drawing.figure.axes
    said = next(text for text in ax.texts if text.get_text().startswith("prohibited"))
    said.set_text(said.get_text() + "\nmore" * 12)
    assert [fault for fault in drawing.overlaps() if fault.endswith("larger than its cell")]


@WIDTHS
def test_the_median_does_not_hide_its_range(width):
    (ax,) = chart("dumbbell").draw(width).figure.axes
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    ranges = [line for line in ax.lines if line.get_marker() == "None"]
    assert len(dots) == len(ranges) > 0
    thinnest = min(line.get_linewidth() for line in ranges)
    assert thinnest > 1.5 * max(dot.get_markersize() for dot in dots)


def test_before_and_after_take_a_dollar_for_a_dollar():
    rows = POLICIES.head(1).assign(text0="$25 m", text1="$73 m")
    (ax,) = charts.before_after({"Imports": rows}).draw(WIDE).figure.axes
    said = [text for text in ax.texts if "$" in text.get_text()]
    assert [text.get_text() for text in said] == ["$25 m → $73 m"]
    assert not said[0].get_parse_math()
