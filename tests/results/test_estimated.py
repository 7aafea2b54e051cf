"""The estimate as a subject: known answers from a few rows."""

from dataclasses import replace

import pandas as pd
import pytest
from scipy.special import logit

from graymarket.evidence import Tables
from graymarket.models.synthesis import combined
from graymarket.question import Question
from graymarket.results import Quantity, Verdict, estimate, shares
from graymarket.results.build import Results
from graymarket.results.intervals import step
from graymarket.results.share_readings import Target
from graymarket.wording import Wording

EVENT = pd.Timestamp("2021-09-01")
QUESTION = Question(
    *("made-up", "A title", "", "Xiaomi", ("CUB", "SYR"), EVENT, "it locks", None, ()), path=None
)
COLUMNS = ["region", "date", "maker", "parameter", "low", "mode", "high", "unit", "kind"]
ROWS = [
    ("CUB", EVENT, "all", "lines", 6e6, 7e6, 8e6, "lines", "evidence"),
    ("CUB", EVENT, "all", "lines_per_user", 1.0, 1.25, 1.5, "ratio", "inference"),
    ("CUB", EVENT, "all", "smartphone_share", 60, 70, 80, "percent", "inference"),
    ("CUB", EVENT, "Xiaomi", "share", 8, 15, 20, "percent", "inference"),
    ("CUB", EVENT, "Xiaomi", "brand_gray", 97, 100, 100, "percent", "evidence"),
    ("CUB", EVENT, "Xiaomi", "customs_gray", 0, 3, 10, "percent", "guess"),
    ("SYR", EVENT, "Xiaomi", "share", 0, None, 100, "percent", "none"),
]


def tables(rows=ROWS, **more):
    """A base of a few rows; further tables replace those of the same name."""
    assumptions = pd.DataFrame(rows, columns=COLUMNS).assign(reasoning="why", drift="")
    frames = {
        "assumptions": assumptions.assign(
            lineage=[f"assumptions/{r[0]}/{r[1]:%Y-%m}/{r[2]}/{r[3]}" for r in rows]
        ),
        "usage_panel": empty("region month mobile_share apple_share samsung_internet_share"),
        "regions": pd.DataFrame(
            {"region": ["CUB", "SYR"], "name": ["Cuba", "Syria"], "kind": "country"}
        ),
        "cases": pd.DataFrame(columns=CASES),
        "case_inputs": pd.DataFrame(
            columns=["case", "parameter", "low", "mode", "high", "lineage"]
        ),
        "claims": pd.DataFrame(
            [("claim-1", "market-share", 15.0, "CUB")], columns=["id", "topic", "value", "region"]
        ),
        "inputs": pd.DataFrame(columns=["id", "region", "metric", "grade", "value", "lineage"]),
        "vendor_share": pd.DataFrame([QUOTED]),
        "shares_in_use": empty(
            "id region vendor start end share of smartphone_share measured_by grade"
        ),
        "offers": empty("id region vendor start end count total grade"),
        "market_size": empty("id region start end metric value grade"),
        "world_development": empty("region indicator year value"),
        "vendor_usage": pd.DataFrame(
            [("world", EVENT, "Xiaomi", 11.6)],
            columns=["region", "month", "vendor", "usage_share"],
        ),
    }
    return Tables.of(frames | more)


# A reading of which nothing tells the error, as there are no pairs: no share follows from it.
QUOTED = {"id": "v-1", "region": "CUB", "vendor": "Xiaomi", "metric": "page_view_share"}
QUOTED |= {"value": 18.3, "start": EVENT, "end": EVENT, "unit": "percent", "statistic": "value"}
QUOTED |= {"repeats": "", "grade": "A", "sample": None, "unknown_share": None}


def empty(columns):
    return pd.DataFrame(columns=[*columns.split(), "lineage"])


CASES = ["id", "role", "region", "maker", "start", "end", "method", "quantity", "unit"]
CASES += ["gray_sense", "what", "reason", "answers", "independent", "lineage"]


def changed(parameter, low, mode, high):
    """ROWS with another range for one parameter of Cuba."""
    rows = [list(row) for row in ROWS]
    for row in rows:
        if (row[0], row[3]) == ("CUB", parameter):
            row[4:7] = low, mode, high
    return rows


def known(rows=ROWS, question=QUESTION, **more):
    return estimate.compute(question, tables(rows, **more))


@pytest.fixture(scope="module")
def base():
    return known()


def say(result):
    return str(Wording().text(result))


def test_the_chain_by_hand(base):
    # 7 million / 1.25 x 70% = 3.92 million smartphones; 15% is 588,000, all of them gray
    assert base.results["by_hand"].value == pytest.approx(588_000)
    assert say(base.results["by_hand"]) == "588,000"
    assert list(base.chain["kind"].dropna()) == ["evidence", *["inference"] * 3, "evidence"]


def test_all_inputs_off_the_same_way_by_hand_and_printed_outwards(base):
    """The 95% ends of both triangles: 8 + sqrt(0.025 x 12 x 7) = 9.45 to 18.78; 97.47 to 99.96."""
    ends = base.results["brand_gray_share_together"]
    assert ends.low == pytest.approx(0.094491 * 97.4743, abs=0.01)
    assert ends.high == pytest.approx(0.187753 * 99.9623, abs=0.01)
    assert (ends.kind, ends.level) == ("bound", None)
    assert say(ends) == "9–19%"


def test_an_interval_has_its_level_and_the_rows_of_its_inputs(base):
    share = base.results["brand_gray_share"]
    assert (share.level, share.kind, share.unit, share.period) == (
        95,
        "estimated",
        "percent",
        "2021-09",
    )
    assert share.lineage == (
        "assumptions/CUB/2021-09/Xiaomi/share",
        "assumptions/CUB/2021-09/Xiaomi/brand_gray",
    )
    ends = base.results["brand_gray_share_together"]
    assert ends.low <= share.low < share.value < share.high <= ends.high


def test_one_quantity_has_one_form(base):
    row = base.estimates.set_index(["region", "maker", "quantity"]).loc[("CUB", "Xiaomi", "share")]
    assert row["interval"] == base.results["share"]


def test_a_place_without_evidence_is_refused(base):
    assert base.results["refused"].items == (("SYR", "Syria"),)
    assert say(base.results["blank"]) == "one of two regions stay blank"
    assert "share_syr" not in base.results
    syria = base.estimates[base.estimates["region"] == "SYR"].iloc[0]
    assert isinstance(syria["interval"], Verdict)
    assert say(syria["interval"]) == "not estimable"


@pytest.fixture
def learned(monkeypatch):
    """As if readings told that Xiaomi's share in Cuba is 14%, give or take half a log-odds."""
    row = {"at": logit(0.14), "kind": "views", "shared": 0.0, "own": 0.5, "freedom": 1e9}
    readings = pd.DataFrame([row | {"lineage": "vendor_share/v-1"}], index=["v-1"])
    place = "CUB", EVENT, "Xiaomi"
    known = shares.Known(Target(*place), readings, pd.DataFrame(), combined(readings))
    of = shares.Shares({place: known}, *[pd.DataFrame()] * 6, Results())
    others = estimate.subjects.compute
    monkeypatch.setattr(
        estimate.subjects,
        "compute",
        lambda name, *rest: of if name == "shares" else others(name, *rest),
    )


@pytest.mark.parametrize(
    ("world", "chance", "size"), [(11.6, 66.7, "larger"), (14, 50, "no_larger")]
)
def test_the_chance_above_the_world(learned, world, chance, size):
    """14 and 11.6% are 0.2155 log-odds apart: 0.431 of the spread, below which 66.7% lie."""
    usage = pd.DataFrame(
        [("world", EVENT, "Xiaomi", world)], columns=["region", "month", "vendor", "usage_share"]
    )
    results = known(vendor_usage=usage).results
    assert results["above_world"].value == pytest.approx(chance, abs=0.3)
    assert results["size"].answer == size


def test_a_share_that_is_assumed_is_held_against_no_world(base):
    assert "above_world" not in base.results


def test_a_share_from_readings_takes_the_place_of_what_is_assumed(learned, base):
    """Ends at 1.96 x 0.5 log-odds from 14%: 5.76% and 30.24%; the rows are the readings."""
    found = known()
    share = found.results["share"]
    assert (share.low, share.value, share.high) == pytest.approx((5.76, 14, 30.24), abs=0.02)
    assert share.lineage == ("vendor_share/v-1",)
    assert "assumed_share" not in found.results
    assert base.results["assumed_share"].high == 20
    assert found.results["inputs_count"].value == base.results["inputs_count"].value - 1
    assert found.results["inputs_none"].value == base.results["inputs_none"].value


@pytest.mark.parametrize(
    ("ends", "place"),
    [((8, 15, 20), "inside"), ((4, 7.75, 9.5), "outside"), ((30, 35, 40), "outside")],
)
def test_where_the_article_s_figure_lies(ends, place):
    assert known(changed("share", *ends)).results["article_place"].answer == place


@pytest.mark.parametrize(
    ("ends", "answer"),
    [((97, 100, 100), "nearly_all"), ((50, 60, 70), "most"), ((30, 40, 60), "some")],
)
def test_how_many_come_from_outside(ends, answer):
    assert known(changed("brand_gray", *ends)).results["outside"].answer == answer


@pytest.mark.parametrize(("ends", "answer"), [((0, 3, 10), "apart"), ((50, 95, 100), "together")])
def test_whether_two_senses_can_be_told_apart(ends, answer):
    assert known(changed("customs_gray", *ends)).results["senses"].answer == answer


def test_another_maker_is_estimated_from_its_own_rows():
    rows = [*ROWS, ("CUB", EVENT, "Nokia", "share", 4, 5, 6, "percent", "inference")]
    nokia = known(rows, replace(QUESTION, maker="Nokia")).results
    assert nokia["share"].lineage == ("assumptions/CUB/2021-09/Nokia/share",)
    assert (nokia["share"].low, nokia["share"].high) == pytest.approx((4.22, 5.78), abs=0.01)
    assert "brand_gray_share" not in nokia
    assert say(nokia["no_gray"]) == "gray phones of Nokia in Cuba and Syria"


def test_nothing_assumed_is_no_estimate():
    results = known([]).results
    assert say(results["headline"]) == "For Xiaomi in Cuba and Syria no estimate is honest yet"
    assert "made" not in results
    assert "share" not in results


def test_the_date_nearest_the_event_is_taken():
    later = ("CUB", pd.Timestamp("2026-06-01"), "Xiaomi", "share", 30, 35, 40, "percent", "guess")
    found = known([*ROWS, later])
    assert found.results["share"].lineage == ("assumptions/CUB/2021-09/Xiaomi/share",)
    assert (found.then, found.latest) == (EVENT, later[1])


@pytest.mark.parametrize(
    ("unit", "high", "expected"),
    [
        *(("percent", 5.0, 0.1), ("percent", 5.1, 1), ("phones", 900_000, 10_000)),
        *(("phones", 2_000_000, 10_000), ("phones", 10_000_001, 1_000_000)),
    ],
)
def test_steps_of_estimates(unit, high, expected):
    assert step(unit, high) == expected


def test_results_are_typed(base):
    assert isinstance(base.results["share"], Quantity)
    assert all(result.lineage and result.definition for result in base.results.values())
