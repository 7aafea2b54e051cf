"""The methods by hand, and the back-test against made-up and real answers."""

import numpy as np
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


def test_need_and_jump_by_hand():
    # 36 million phones of 36 months are 12 million a year, with 3 million more: 15 million
    assert models.need_gap(9e6, 36e6, 3e6, 36) == pytest.approx(40)
    assert models.need_gap(16e6, 36e6, 3e6, 36) == 0
    assert models.registry_jump(1.4e6, 14e6) == pytest.approx(90)
    assert models.registry_jump(14e6, 1.4e6) == 0


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


def answers_of(errors, method="flow", level=0.0, **columns):
    """Answers that lie `errors` (place and log-odds) off a method whose median has log-odds 0."""
    rows = [
        {"id": f"cases-{n}", "region": place, "method": method, "answer": f"benchmarks/{n}"}
        | {"unit": "percent", "independent": "yes", "median": odds(level)}
        | {"answer_low": odds(level + error), "answer_high": odds(level + error)}
        | columns
        for n, (place, error) in enumerate(errors)
    ]
    return pd.DataFrame(rows)


def odds(log_odds):
    return 100 / (1 + np.exp(-log_odds))


def test_log_odds_stop_half_a_percent_from_the_ends():
    assert models.log_odds(50) == 0
    assert models.log_odds(0) == models.log_odds(0.5) == pytest.approx(np.log(0.5 / 99.5))
    assert models.log_odds(100) == pytest.approx(-models.log_odds(0))


def test_the_interval_of_a_further_place_by_hand():
    # mean 1, spread 1, Student's t with 2 degrees 4.3027, times the root of 4/3
    assert models.error_interval([0, 1, 2], 0.95) == pytest.approx((-3.9683, 5.9683), abs=1e-4)
    # 80%: t 1.8856
    assert models.error_interval([0, 1, 2], 0.8) == pytest.approx((-1.1773, 3.1773), abs=1e-4)
    with pytest.raises(ValueError, match="two other places or more, found 1"):
        models.error_interval([0], 0.95)


def test_an_answer_is_held_against_the_errors_of_other_places():
    found = models.method_errors(answers_of([("A", 0), ("B", 1), ("C", 2), ("D", 3.5)]))
    last = found.iloc[-1]
    assert last["error"] == pytest.approx(3.5)
    ends = [odds(-3.9683), odds(5.9683), odds(-1.1773), odds(3.1773)]
    assert last[["low95", "high95", "low80", "high80"]].tolist() == pytest.approx(ends, abs=1e-3)
    assert (last["caught95"], last["caught80"]) == (True, False)


def test_a_place_has_one_vote_however_many_answers_it_has():
    one = models.method_errors(answers_of([("A", 0), ("B", 1), ("C", 2), ("D", 3)]))
    many = models.method_errors(
        answers_of([("A", 0), ("B", 1), ("C", 1), ("C", 3), ("C", 2), ("D", 3)])
    )
    ends = ["low95", "high95", "low80", "high80"]
    assert many[ends].iloc[-1].tolist() == pytest.approx(one[ends].iloc[-1].tolist())


def test_only_independent_answers_in_percent_count():
    tested = pd.concat(
        [
            answers_of([("A", 0)]),
            answers_of([("B", 0)], independent="no"),
            answers_of([("C", 0)], unit="units", method="channel"),
        ],
        ignore_index=True,
    )
    assert models.method_errors(tested)["region"].tolist() == ["A"]


def test_a_printed_range_counts_by_its_middle():
    tested = answers_of([("A", 0)], answer_low=40.0, answer_high=50.0)
    assert models.method_errors(tested)["error"].item() == pytest.approx(np.log(45 / 55))


def verdict_of(errors, method="flow"):
    return models.judged(models.method_errors(answers_of(errors, method))).iloc[0]


def test_a_method_with_three_places_is_not_judged():
    row = verdict_of([("A", 0), ("B", 1), ("C", 2), ("C", 2)])
    assert (row["verdict"], row["places"], row["answers"]) == ("unjudged", 3, 4)
    assert (row["caught95"], row["caught80"]) == (0, 0)
    assert (row["bias"], row["spread"]) == pytest.approx((1, 1))


def test_a_method_passes_whose_intervals_hold_about_as_many_as_they_should():
    places = [(place, n - 4.5) for n, place in enumerate("ABCDEFGHIJ")]  # a step of 1 apart
    row = verdict_of(places)
    # 95% of 10: 7 to 10 are no surprise; 80%: 5 to 10
    assert (row["fewest95"], row["most95"], row["fewest80"], row["most80"]) == (7, 10, 5, 10)
    assert (row["caught95"], row["caught80"], row["verdict"]) == (10, 8, "passes")


def test_a_method_fails_whose_answers_lie_outside_what_it_learned_elsewhere():
    close = [(place, 0.1 * n) for n, place in enumerate("ABCD")]
    row = verdict_of([*close, *[("E", 4)] * 6])
    assert (row["verdict"], row["caught95"], row["answers"]) == ("fails", 4, 10)


def test_without_independent_answers_no_method_is_judged():
    tested = answers_of([("A", 0)], independent="no")
    judged = models.judged(models.method_errors(tested))
    assert judged.empty and {"method", "verdict", "caught95", "most80"} <= set(judged)


errors = st.lists(st.floats(-4, 4), min_size=4, max_size=8)


@given(errors=errors, shift=st.floats(-1, 1))
def test_a_bias_that_all_places_share_changes_no_verdict(errors, shift):
    places = [(f"R{n}", error) for n, error in enumerate(errors)]
    moved = [(place, error + shift) for place, error in places]
    columns = ["caught95", "caught80"]
    # at an end of an interval the last digit may decide
    fixed, other = (models.method_errors(answers_of(given)) for given in (places, moved))
    sure = ~np.isclose(_margin(fixed), 0, atol=1e-6)
    assert fixed[columns][sure].equals(other[columns][sure])


def _margin(found):
    """How near, in log-odds, each error comes to an end of its intervals."""
    at = models.log_odds(50) + found["error"]
    ends = ["low95", "high95", "low80", "high80"]
    logits = np.log(found[ends] / (100 - found[ends]))
    return logits.sub(at, axis=0).abs().min(axis=1)


@given(errors=errors)
def test_an_80_percent_interval_lies_within_the_95_percent_one(errors):
    found = models.method_errors(answers_of([(f"R{n}", e) for n, e in enumerate(errors)]))
    assert (found["low95"] <= found["low80"] + 1e-9).all()
    assert (found["high80"] <= found["high95"] + 1e-9).all()
    assert (found["caught95"] | ~found["caught80"]).all()


@given(errors=errors, place=st.integers(0, 3), away=st.floats(-4, 4))
def test_an_answer_has_no_say_in_its_own_interval(errors, place, away):
    ends = ["low95", "high95", "low80", "high80"]
    first = [(f"R{n}", error) for n, error in enumerate(errors)]
    second = [(name, away if n == place else error) for n, (name, error) in enumerate(first)]
    found, changed = (models.method_errors(answers_of(given)) for given in (first, second))
    assert found[ends].loc[place].tolist() == pytest.approx(changed[ends].loc[place].tolist())


def test_the_real_answers_are_many_and_far_apart():
    cases = evidence.load("cases")
    tested = cases[(cases["role"] == "back_test") & (cases["independent"] == "yes")]
    answers = {entry for cell in tested["answers"] for entry in cell.split()}
    assert len(answers) >= 20
    assert tested["region"].nunique() >= 12
