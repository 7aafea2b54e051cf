"""What chart forms draw, and that their words stay inside the picture and apart."""

import pandas as pd
import pytest

from graymarket.exhibits import forms
from graymarket.exhibits.style import NARROW, STAGE, WIDE

DAY = pd.Timestamp
WINDOW = (DAY("2013-01-01"), DAY("2026-11-30"))
YEAR = (DAY("2021-01-01"), DAY("2021-12-31"))
RULES = pd.DataFrame(
    [
        ("Cuba", "Begins nobody knows when", "terms", None, DAY("2022-08-14"), None, False),
        ("Iran", "Stands", "terms", DAY("2017-12-05"), None, None, True),
        ("Syria", "Disputed", "closed", DAY("2021-03-23"), DAY("2021-08-14"), "2021-11-04", False),
        ("Sudan", "Ends nobody knows when", "closed", DAY("2021-06-23"), None, None, False),
    ],
    columns=["group", "label", "kind", "start", "end", "until", "open"],
)
RULES[["start", "end", "until"]] = RULES[["start", "end", "until"]].apply(pd.to_datetime)


def drawn(width, rules=RULES):
    key = {"closed": "forbidden", "terms": "allowed on terms"}
    lock = (DAY("2021-09-01"), "The lock, September 2021")
    return forms.spans(width, rules, WINDOW, lock, key, ("Syria in 2021", *YEAR))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_words_stay_inside_and_apart(width):
    figure = drawn(width)
    figure.draw_without_rendering()
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    assert min(text.get_fontsize() for text in texts) >= 8.5
    for i, box in enumerate(boxes):
        assert box.x0 >= 0, texts[i]
        assert box.y0 >= 0, texts[i]
        assert box.x1 <= figure.bbox.x1, texts[i]
        assert box.y1 <= figure.bbox.y1, texts[i]
        clash = [texts[j] for j in range(i) if boxes[j].overlaps(box)]
        assert not clash, (texts[i], clash)


def test_only_a_disputed_end_is_hatched_and_drawn_again():
    hatched = [patch for patch in drawn(WIDE).axes[0].patches if patch.get_hatch()]
    assert len(hatched) == 2  # over the years, and month by month
    far, near = sorted(patch.get_width() for patch in hatched)
    assert near > 5 * far
    settled = RULES.assign(until=pd.NaT)
    assert not [patch for patch in drawn(WIDE, settled).axes[0].patches if patch.get_hatch()]


def test_an_unknown_end_fades_and_an_open_one_has_an_arrow():
    def see_through(rules):
        patches = drawn(WIDE, rules).axes[0].patches
        return sum(patch.get_alpha() is not None for patch in patches)

    layers = see_through(RULES[RULES["group"] == "Sudan"])
    assert layers > 0
    assert see_through(RULES[RULES["group"] == "Iran"]) == 0
    assert see_through(RULES) == 2 * layers
    arrows = [patch for patch in drawn(WIDE).axes[0].patches if hasattr(patch, "get_closed")]
    assert len(arrows) == 1


POLICIES = pd.DataFrame(
    [
        ("A registry, 2008 to 2011", 90, 90, 5, 7, ">90%", "5–7%", False),
        ("A tax cut, 2024 to 2025", 25, 25, 23, 33, "25%", "23–33%", False),
        ("A new fee, 2011 to 2012", 100, 100, 15, 48, "212 thousand", "102 thousand", True),
    ],
    columns=["label", "low0", "high0", "low1", "high1", "text0", "text1", "strong"],
)


@pytest.mark.parametrize("width", [WIDE, NARROW, STAGE])
def test_before_and_after_stand_clear_of_marks_and_lines_over_a_scale(width):
    figure = forms.before_after(width, {"Shares": POLICIES, "Counts": POLICIES.tail(1)})
    figure.draw_without_rendering()
    for ax in figure.axes:
        lines = [line.get_window_extent() for line in ax.lines]
        for text in filter(lambda text: text.get_text(), ax.texts):
            box = text.get_window_extent()
            assert 0 <= box.x0 < box.x1 <= figure.bbox.x1, text
            assert not any(box.overlaps(line) for line in lines), text
        ticks = [label.get_text() for label in ax.get_xticklabels()]
        assert ticks[0] == "0"
        assert len(ticks) >= 3
        assert ax.get_xticks()[-1] >= 100


def test_before_and_after_take_a_dollar_for_a_dollar():
    rows = POLICIES.head(1).assign(text0="$25 m", text1="$73 m")
    (ax,) = forms.before_after(WIDE, {"Imports": rows}).axes
    said = [text for text in ax.texts if "$" in text.get_text()]
    assert [text.get_text() for text in said] == ["$25 m → $73 m"]
    assert not said[0].get_parse_math()
