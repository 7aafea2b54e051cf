"""Typed results: what they refuse, and how they stand in a file."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket.results import Moment, Quantity, Results, Verdict, as_json, outwards, rounded

ROWS = ("claims/claim-01",)
SHARE = {"unit": "percent", "definition": "a share", "kind": "measured", "lineage": ROWS}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "expected a value, or both ends"),
        ({"low": 1}, "expected a value, or both ends"),
        ({"high": 1, "value": 1}, "expected a value, or both ends"),
        ({"low": 2, "high": 1}, "expected finite low <= value <= high"),
        ({"low": 1, "value": 3, "high": 2}, "expected finite low <= value <= high"),
        ({"value": float("nan")}, "expected finite"),
        ({"value": float("inf")}, "expected finite"),
        ({"value": 1, "unit": "parsecs"}, "expected a unit of UNITS, got 'parsecs'"),
        ({"value": 1, "lineage": ()}, "expected at least one row"),
        ({"value": 1, "definition": " "}, "needs a definition"),
    ],
)
def test_a_quantity_that_cannot_be_quoted_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Quantity(**(SHARE | fields))


def test_a_quantity_stands_in_a_file_with_all_that_it_takes_to_quote_it():
    known = Quantity(
        **SHARE, low=np.float64(1.5), high=np.int64(3), level=95, period="2021-09", region="CUB"
    )
    written = json.loads(json.dumps(as_json(known)))
    assert written == {
        "type": "quantity",
        "unit": "percent",
        "definition": "a share",
        "kind": "measured",
        "lineage": ["claims/claim-01"],
        "value": None,
        "low": 1.5,
        "high": 3,
        "level": 95,
        "period": "2021-09",
        "region": "CUB",
        "confidence": "",
        "step": None,
    }


def test_results_stand_within_results():
    then = Moment(date=pd.Timestamp("2021-09-17"), definition="the day", lineage=ROWS)
    verdict = Verdict(
        about="effect", answer="unclear", definition="x", lineage=ROWS, parts={"day": then}
    )
    assert as_json(verdict)["parts"]["day"]["date"] == "2021-09-17"


def test_results_are_named_once_and_come_from_rows():
    frame = pd.DataFrame({"value": [1, 2], "lineage": ["claims/claim-01", "claims/claim-02"]})
    results = Results("2021-09", "CUB")
    results.count("claims", 2, "How many claims", frame, unit="claims")
    assert results["claims"].lineage == ("claims/claim-01", "claims/claim-02")
    assert (results["claims"].period, results["claims"].region) == ("2021-09", "CUB")
    with pytest.raises(ValueError, match="named twice"):
        results.count("claims", 2, "How many claims", frame)
    with pytest.raises(ValueError, match="expected a lower-case name"):
        results.count("Claims", 2, "How many claims", frame)
    results.quantity("half", 1, "number", "Half of them", results["claims"])
    assert results["half"].lineage == results["claims"].lineage


def test_halves_go_away_from_zero():
    assert [str(rounded(x, 0.1)) for x in (0.05, -0.05, 0.25, 18.25)] == [
        "0.1",
        "-0.1",
        "0.3",
        "18.3",
    ]
    assert [str(rounded(x, 1)) for x in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "-3"]


@given(st.floats(-1e9, 1e9), st.sampled_from([0.01, 0.1, 1, 5, 1000]))
def test_rounding_moves_a_number_by_half_a_step_at_most(number, step):
    assert abs(float(rounded(number, step)) - number) <= step / 2 + 1e-6


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.sampled_from([0.1, 1, 10]))
def test_outwards_holds_the_range(low, width, step):
    first, last = outwards(low, low + width, step)
    assert float(first) <= low + 1e-6 and float(last) >= low + width - 1e-6
