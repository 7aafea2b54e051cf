"""The three methods by hand, and the back-test against made-up and real answers."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence, models

percent = st.floats(1, 100)


def test_share_gap_by_hand():
    # 3% of formal sales, which are 42.2 of 46 million, against 9% of all: 1.266 of 4.14 million
    assert models.residual_share(3, 100 * 42.2 / 46, 9) == pytest.approx(100 * (1 - 1.266 / 4.14))
    # the other 2.874 million among 3.8 million gray phones
    assert models.residual_part(3, 100 * 42.2 / 46, 9) == pytest.approx(100 * 2.874 / 3.8)


def test_renewal_by_hand():
    # a fifth of 60 million phones, each used for 48 months: 3 million a year
    assert models.renewal(60e6, 20, 48) == pytest.approx(3e6)


def test_flow_and_channel_by_hand():
    assert models.mirror_gap(1_400_000, 14_000_000) == pytest.approx(90)
    assert models.channel_units(8, 10_000_000, 95) == pytest.approx(760_000)


@given(formal=percent, part=percent, in_use=percent)
def test_a_gap_is_a_share_and_no_formal_sales_leave_all(formal, part, in_use):
    assert 0 <= models.residual_share(formal, part, in_use) <= 100
    assert models.residual_share(0, part, in_use) == 100


@given(legal=st.floats(0, 1e8), demand=st.floats(1, 1e8))
def test_more_legal_supply_never_leaves_more(legal, demand):
    assert 0 <= models.mirror_gap(legal, demand) <= 100
    assert models.mirror_gap(legal * 1.1, demand) <= models.mirror_gap(legal, demand)


def case(answers="", reason=""):
    row = {"id": "cases-001", "method": "flow", "quantity": "gray_share"}
    row |= {"answers": answers, "reason": reason, "lineage": "cases/cases-001"}
    return pd.DataFrame([row])


def flow_inputs(**ranges):
    rows = [
        {"case": "cases-001", "parameter": name, "low": low, "mode": mode, "high": high}
        | {"lineage": f"case_inputs/cases-001/{name}"}
        for name, (low, mode, high) in ranges.items()
    ]
    return pd.DataFrame(rows)


INPUTS = flow_inputs(legal_supply=(1e6, 1e6, 1e6), demand=(5e6, 8e6, 10e6))


def test_bounds_are_the_ends_of_the_inputs_and_hold_the_interval():
    found = models.by_method(case(), INPUTS).iloc[0]
    assert (found["low"], found["high"]) == pytest.approx((80, 90))
    order = ["low", "low95", "low80", "median", "high80", "high95", "high"]
    assert list(found[order]) == sorted(found[order])


def test_a_case_that_does_not_apply_gets_no_number():
    found = models.by_method(case(reason="nothing was counted"), INPUTS).iloc[0]
    assert "median" not in found or pd.isna(found["median"])


def test_a_case_without_its_inputs_is_refused():
    with pytest.raises(ValueError, match="cases-001: expected the inputs legal_supply, demand"):
        models.by_method(case(), INPUTS.iloc[:1])


@pytest.mark.parametrize(
    ("low", "value", "high", "in_95", "in_bounds"),
    [
        (None, 87.0, None, True, True),
        (85.0, None, 95.0, True, True),  # any of a printed range inside counts
        (None, 80.2, None, False, True),
        (None, 95.0, None, False, False),
    ],
)
def test_an_answer_is_held_against_interval_and_bounds(low, value, high, in_95, in_bounds):
    found = models.by_method(case(answers="benchmarks/x"), INPUTS)
    row = pd.Series({"low": low, "value": value, "high": high}, dtype=object)
    tested = models.back_test(found, lambda entry: row).iloc[0]
    assert (tested["in_95"], tested["in_bounds"]) == (in_95, in_bounds)


def test_no_answer_is_fed_to_its_own_case():
    cases, inputs = evidence.load("cases"), evidence.load("case_inputs")
    for row in cases.itertuples():
        basis = " ".join(inputs.loc[inputs["case"] == row.id, "basis"]).split()
        assert not set(row.answers.split()) & set(basis), row.id


def test_the_regions_have_all_methods_or_a_reason():
    cases = evidence.load("cases")
    six = cases[cases["role"] == "six_regions"]
    found = models.by_method(six, evidence.load("case_inputs"))
    assert six.groupby("region")["method"].agg(set).eq({"share_gap", "flow"}).all()
    assert six["region"].nunique() == 6
    assert (found["median"].isna() == (found["reason"] != "")).all()


def test_a_case_names_its_rows_and_those_of_its_inputs_and_answer():
    found = models.by_method(case(answers="benchmarks/x"), INPUTS)
    rows = ("cases/cases-001", "case_inputs/cases-001/legal_supply", "case_inputs/cases-001/demand")
    assert found["lineage"][0] == rows
    answer = pd.Series({"low": None, "value": 87.0, "high": None}, dtype=object)
    tested = models.back_test(found, lambda entry: answer)
    assert tested["lineage"][0] == (*rows, "benchmarks/x")


@pytest.mark.parametrize(("caught", "narrow"), [(8, True), (9, False), (10, False)])
def test_intervals_that_catch_less_than_nine_in_ten_are_too_narrow(caught, narrow):
    tested = pd.DataFrame({"in_95": [True] * caught + [False] * (10 - caught)})
    assert models.too_narrow(tested) is narrow


def test_without_answers_nothing_is_said_of_the_width():
    with pytest.raises(ValueError, match="no published answer"):
        models.too_narrow(pd.DataFrame({"in_95": []}))
