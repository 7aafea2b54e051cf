"""Results go to a file and come back the same."""

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graymarket.results import (
    UNITS,
    Label,
    Moment,
    Names,
    Quantity,
    Several,
    Verdict,
    as_json,
    from_json,
)

words = st.text(min_size=1, max_size=12).filter(str.strip)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True) | st.sampled_from(["type", "parts", "date"])
known = {"definition": words, "lineage": st.lists(words, min_size=1, max_size=3).map(tuple)}
confidence = st.sampled_from(["high", "moderate", "low", "none", ""])
numbers = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(pd.Timestamp)


def with_ends(draw, ends):
    low, value, high = sorted(ends)
    return {"low": low, "high": high, "value": draw(st.sampled_from([None, value]))}


@st.composite
def quantities(draw):
    if draw(st.booleans()):
        amount = {"value": draw(numbers)}
    else:
        amount = with_ends(draw, draw(st.tuples(numbers, numbers, numbers)))
    kinds = ["measured", "estimated", "bound", "judged", "stated", "counted"]
    return Quantity(
        **amount,
        **{name: draw(part) for name, part in known.items()},
        unit=draw(st.sampled_from(sorted(UNITS))),
        kind=draw(st.sampled_from(kinds)),
        level=draw(st.none() | st.floats(0, 100)),
        step=draw(st.none() | st.sampled_from([0.01, 0.1, 1, 5])),
        period=draw(st.sampled_from(["", "2021-09", "2020-02..2021-09"])),
        region=draw(st.sampled_from(["", "CUB", "CUB SYR"])),
        confidence=draw(confidence),
    )


precisions = st.sampled_from(["day", "month", "year", "day_short", "month_alone"])
moments = st.builds(Moment, date=days, end=st.none() | days, precision=precisions, **known)
pairs = st.lists(st.tuples(words, words), max_size=3).map(tuple)
lists = st.builds(Names, items=pairs, about=words, most=st.none() | st.integers(1, 9), **known)
labels = st.builds(Label, text=st.text(max_size=12), **known)
plain = quantities() | moments | lists | labels


def nested(inner):
    parts = st.dictionaries(names, inner | st.text(max_size=8), max_size=3)
    verdicts = st.builds(Verdict, about=words, answer=words, parts=parts, **known)
    items = st.lists(inner, max_size=3).map(tuple)
    return verdicts | st.builds(Several, items=items, about=words, listed=st.booleans(), **known)


@settings(max_examples=150, deadline=None)
@given(st.recursive(plain, nested, max_leaves=6))
def test_what_was_written_comes_back(result):
    assert from_json(json.loads(json.dumps(as_json(result)))) == result


def test_what_is_beside_a_result_in_its_file_is_left_out():
    label = Label(text="Xiaomi", definition="The maker", lineage=("regions/CUB",))
    assert from_json(as_json(label) | {"text": "Xiaomi", "printed": "Xiaomi"}) == label


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"definition": "d"}, KeyError),
        ({"type": "poem", "definition": "d"}, KeyError),
        ({"type": "label", "definition": "d"}, TypeError),
    ],
)
def test_what_is_no_result_is_refused(entry, error):
    with pytest.raises(error):
        from_json(entry)


@pytest.mark.parametrize("kind", [Verdict, Moment, Names, Label, Several])
def test_every_type_needs_a_definition_and_a_row(kind):
    fields = {
        Verdict: {"about": "a", "answer": "b"},
        Moment: {"date": pd.Timestamp("2021-09-17")},
        Names: {"items": ()},
        Label: {"text": ""},
        Several: {"items": ()},
    }[kind]
    assert kind(**fields, definition="d", lineage=("sources",))
    with pytest.raises(ValueError, match="needs a definition"):
        kind(**fields, definition="", lineage=("sources",))
    with pytest.raises(ValueError, match="at least one row"):
        kind(**fields, definition="d", lineage=())


def test_days_may_be_given_as_text():
    moment = Moment(date="2021-09-17", end="2021-10-01", definition="d", lineage=("sources",))
    assert (moment.date, moment.end) == (pd.Timestamp("2021-09-17"), pd.Timestamp("2021-10-01"))
