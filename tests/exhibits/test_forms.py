"""What the span chart draws, and that its words stay inside the picture."""

import pandas as pd
import pytest

from graymarket.exhibits import forms
from graymarket.exhibits.style import NARROW, WIDE

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
