"""Which results read differently in another edition, and how."""

import math

import pytest

from graymarket import models


def told(text, value=None):
    return {"text": text, "value": text if value is None else value, "basis": []}


@pytest.mark.parametrize(
    "before, after, kind, percent",
    [
        (told("24%", 24.5), told("22%", 22.05), "moved", -10),
        (told("four", 4), told("five", 5), "moved", 25),
        (told("2.0–4.0%"), told("2.0–5.0%"), "moved", 100 / 6),
        (told("0 to 11%"), told("0 to 10%"), "moved", -100 / 11),
        (told("90%"), told("91%"), "moved", 100 / 90),
        (told("−4", -4.0), told("−2", -2.0), "moved", 50),
        (told("1 June"), told("2 June"), "moved", None),
        (told("June 2026"), told("August 2026"), "moved", None),
        (told("7 of 12"), told("8 of 12"), "moved", None),
        (told("0", 0), told("3", 3), "moved", None),
        (told("fell"), told("did not clearly move"), "flipped", None),
        (told("Cuba and Sudan"), told("Cuba"), "flipped", None),
        (told("likely (62%)", 62.0), told("unlikely (38%)", 38.0), "moved", 100 * -24 / 62),
        (told("no", False), told("yes", True), "flipped", None),
    ],
)
def test_how_a_result_moved(before, after, kind, percent):
    (move,) = models.moves({"01-x/name": before}, {"01-x/name": after}).to_dict("records")
    assert (move["chapter"], move["name"], move["kind"]) == ("01-x", "name", kind)
    if percent is None:
        assert math.isnan(move["percent"])
    else:
        assert move["percent"] == pytest.approx(percent)


def test_what_reads_the_same_or_is_in_one_edition_alone_is_no_move():
    then = {"01-x/same": told("24%", 24.1), "01-x/gone": told("1", 1)}
    now = {"01-x/same": told("24%", 24.3), "01-x/new": told("1", 1)}
    assert models.moves(then, now).empty
