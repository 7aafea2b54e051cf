"""The test of gray methods against published answers: known answers from a few rows."""

import pandas as pd
import pytest

from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results import back_test
from graymarket.wording import Wording

EVENT = pd.Timestamp("2021-09-01")
QUESTION = Question(
    *("made-up", "A title", "", "Xiaomi", ("CUB",), EVENT, "it locks", None, ()), path=None
)
YEAR = (pd.Timestamp("2016-03-20"), pd.Timestamp("2017-03-20"))


def case(number, answers, independent="yes", method="flow", region="IRN", unit="percent"):
    quantity = "gray_units" if method == "channel" else "gray_share"
    return {
        "id": f"cases-{number}",
        "role": "back_test",
        "region": region,
        "maker": "all",
        "start": YEAR[0],
        "end": YEAR[1],
        "method": method,
        "quantity": quantity,
        "unit": unit,
        "gray_sense": "customs",
        "what": "Phones",
        "reason": "",
        "answers": answers,
        "independent": independent,
    }


def flow(number):
    """80 to 90% is gray: the bounds; nearly all draws lie well inside."""
    ends = {"legal_supply": (1e6, 1e6, 1e6), "demand": (5e6, 8e6, 10e6)}
    return [(f"cases-{number}", name, *range_) for name, range_ in ends.items()]


def compute(cases, inputs, published):
    answers = pd.DataFrame(published, columns=["id", "low", "value", "high"], dtype=object)
    columns = ["case", "parameter", "low", "mode", "high"]
    regions = {"IRN": "Iran", "RUS": "Russia", "ESP": "Spain"}
    frames = {
        "cases": pd.DataFrame(cases),
        "case_inputs": pd.DataFrame(inputs, columns=columns),
        "benchmarks": answers,
        "regions": pd.DataFrame({"region": regions.keys(), "name": regions.values()}),
    }
    return back_test.compute(QUESTION, Tables.of(frames))


@pytest.fixture(scope="module")
def known():
    cases = [case(1, "benchmarks/a benchmarks/b"), case(2, "benchmarks/c", "no")]
    published = [("a", None, 87.0, None), ("b", None, 95.0, None), ("c", None, 80.2, None)]
    return compute(cases, [*flow(1), *flow(2)], published)


def say(result):
    return str(Wording().text(result))


def test_independent_answers_are_counted_apart(known):
    results = known.results
    counts = {name: results[name].value for name in ("answers", "caught", "bounded", "cases")}
    assert counts == {"answers": 2, "caught": 1, "bounded": 1, "cases": 1}
    assert (results["all_answers"].value, results["all_caught"].value) == (3, 1)
    assert results["all_bounded"].value == 2
    assert results["places"].items == (("IRN", "Iran"),)


def test_intervals_that_miss_too_often_are_too_narrow(known):
    assert say(known.results["too_narrow"]) == "too narrow"
    assert say(known.results["direction"]) == "we sound too sure"


def test_intervals_that_catch_all_are_wide_enough():
    results = compute([case(1, "benchmarks/a")], flow(1), [("a", 85.0, None, 95.0)]).results
    assert results["too_narrow"].answer == "right"
    assert say(results["direction"]) == "none seen"


def test_each_answer_has_its_verdict(known):
    assert [say(cell) for cell in known.tested["caught"]] == [
        *("inside", "missed", "in the bounds, same figures")
    ]


def test_a_case_is_drawn_once_with_all_its_answers(known):
    first = known.drawn.iloc[0]
    assert (first["answer_low"], first["answer_high"], first["proxy"]) == (87, 95, False)
    assert say(first["remark"]) == "one of two inside"
    assert say(first["label"]) == "Iran 2016, flow"
    assert known.drawn["proxy"].tolist() == [False, True]


def test_the_chain_s_kin():
    ends = {"share": (8, 8, 8), "sales": (1e7, 1e7, 1e7), "part_outside": (50, 60, 95)}
    inputs = [("cases-1", name, *range_) for name, range_ in ends.items()]
    cases = [case(1, "benchmarks/a", "no", "channel", "ESP", "units")]
    results = compute(cases, inputs, [("a", None, 882_000.0, None)]).results
    assert say(results["chain_bounds"]) == "400,000 to 760,000"
    assert say(results["chain_result"]) == "outside even the bounds"
    assert say(results["chain_figures"]) == "on like figures"
    assert say(results["chain_published"]) == "882,000"
    assert "too_narrow" not in results  # no independent answer
    assert (results["methods"].value, results["passed"].value) == (0, 0)


def test_how_the_residual_method_fared():
    ends = {"formal_share": (3, 3, 3), "formal_part": (90, 91, 92), "share_in_use": (9, 9, 9)}
    inputs = [("cases-1", name, *range_) for name, range_ in ends.items()]
    cases = [case(1, "benchmarks/a benchmarks/b", method="share_gap", region="RUS")]
    published = [("a", None, 20.0, None), ("b", None, 69.7, None)]
    results = compute(cases, inputs, published).results
    assert (results["residual_answers"].value, results["residual_missed"].value) == (2, 1)
    assert results["residual_places"].items == (("RUS", "Russia"),)
    assert results["share_gap_by_inputs"].value == 1
