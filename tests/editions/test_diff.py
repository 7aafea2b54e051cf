"""Which results are others in another edition, and by how much."""

import math

import pytest

from graymarket.editions import moves


def quantity(value=None, low=None, high=None, unit="percent", step=0.1, **fields):
    kind = {"type": "quantity", "kind": "measured", "unit": unit}
    return kind | {"value": value, "low": low, "high": high, "step": step} | fields


def verdict(answer, **parts):
    return {"type": "verdict", "about": "moved", "answer": answer, "parts": parts}


def moment(date, **fields):
    return {"type": "moment", "date": date, "end": None, "precision": "day"} | fields


def names(*codes):
    return {"type": "names", "items": [[code, code.title()] for code in codes]}


def several(*items):
    return {"type": "several", "items": [*items]}


def label(text):
    return {"type": "label", "text": text}


@pytest.mark.parametrize(
    "before, after, kind, percent",
    [
        (quantity(24.5), quantity(22.05), "moved", -10),
        (quantity(4, unit="cases"), quantity(5, unit="cases"), "moved", 25),
        (quantity(low=2, high=4), quantity(low=2, high=5), "moved", 100 / 6),
        (quantity(3, 2, 4), quantity(3, 2, 5), "moved", 0),
        (quantity(3), quantity(3, 2, 4), "moved", 0),
        (quantity(-4), quantity(-2), "moved", 50),
        (quantity(0), quantity(3), "moved", None),
        (quantity(50), quantity(0.5, unit="ratio"), "moved", None),
        (quantity(62, unit="chance"), quantity(38, unit="chance"), "moved", 100 * -24 / 62),
        (quantity(24.4), quantity(24.5), "moved", 100 * 0.1 / 24.4),  # just a step
        (quantity(24.14, text="24.1%"), quantity(24.16, text="24.2%"), "moved", 2 / 24.14),
        (quantity(24.14, step=None), quantity(24.16, step=None), "moved", 2 / 24.14),
        (moment("2026-06-01"), moment("2026-06-02"), "moved", None),
        (moment("2026-06-01"), moment("2026-06-01", end="2026-06-03"), "moved", None),
        (moment("2026-06-01"), moment("2026-06-01", precision="month"), "moved", None),
        (verdict("fell"), verdict("inconclusive"), "flipped", None),
        (verdict("fell", by=quantity(3)), verdict("fell", by=quantity(4)), "moved", None),
        (verdict("fell", place="Cuba"), verdict("fell", place="Iran"), "flipped", None),
        (verdict("fell", of=names("cub")), verdict("fell", of=names("irn")), "flipped", None),
        (verdict("fell"), verdict("fell", by=quantity(4)), "flipped", None),
        (names("cub", "sdn"), names("cub"), "flipped", None),
        (names("cub", "sdn"), names("sdn", "cub"), "flipped", None),
        (several(quantity(1), names("cub")), several(quantity(2), names("cub")), "moved", None),
        (several(quantity(1)), several(quantity(1), quantity(2)), "flipped", None),
        (label("Xiaomi"), label("Apple"), "flipped", None),
        (quantity(4), verdict("fell"), "flipped", None),
    ],
)  # fmt: skip
def test_how_a_result_changed(before, after, kind, percent):
    (move,) = moves({"subject/name": before}, {"subject/name": after}).to_dict("records")
    assert (move["name"], move["type"], move["kind"]) == ("subject/name", after["type"], kind)
    if percent is None:
        assert math.isnan(move["percent"])
    else:
        assert move["percent"] == pytest.approx(percent)


@pytest.mark.parametrize(
    "before, after",
    [
        (quantity(24.11), quantity(24.19)),  # by less than a step
        (quantity(24.1, step=1), quantity(24.9, step=1)),
        (quantity(None, 10, 20), quantity(None, 10.05, 19.95)),
        (quantity(24.1, text="24%", step=None), quantity(24.2, text="24%", step=None)),
        (quantity(24.1, text="24%"), quantity(24.1, text="some 24%")),  # the words alone
        (verdict("fell", by=quantity(3.01)), verdict("fell", by=quantity(3.02))),
        (names("cub"), names("cub") | {"text": "Cuba alone"}),
        (moment("2026-06-01"), moment("2026-06-01") | {"text": "the first of June"}),
        (several(quantity(3.01)), several(quantity(3.02))),
        (label("Xiaomi"), label("Xiaomi")),
    ],
)
def test_what_does_not_change_is_no_move(before, after):
    assert moves({"subject/name": before}, {"subject/name": after}).empty


def test_what_one_edition_alone_has_is_no_move():
    then, now = {"a/gone": quantity(1), "a/kept": quantity(1)}, {"a/kept": quantity(1)}
    assert moves(then, now | {"a/new": quantity(2)}).empty
    columns = ["name", "type", "before", "after", "kind", "percent"]
    assert [*moves({}, {}).columns] == columns


def test_the_texts_of_both_are_given():
    then = {"a/b": quantity(1) | {"text": "1.0%"}}
    (move,) = moves(then, {"a/b": quantity(2) | {"text": "2.0%"}}).to_dict("records")
    assert (move["before"], move["after"]) == ("1.0%", "2.0%")
