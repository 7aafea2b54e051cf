"""The question's closure, featured closures and stocks, on tables of a few rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graymarket.evidence import Tables
from graymarket.models import closure
from graymarket.models.closure import Shares
from graymarket.question import Question
from graymarket.results import Quantity, Results, Verdict, closures, door, effects, stocks
from graymarket.wording import Wording

MONTHS = pd.date_range("2015-01-01", "2023-12-01", freq="MS")
CLOSED = pd.Timestamp("2019-01-01")
WORDS = Wording("en")


def row(**changes: object) -> pd.Series:
    """A row of the table closures: Apple leaves Russia."""
    known = {"id": "apple-rus", "region": "RUS", "maker": "Apple", "series": "apple_share"}
    known |= {"month": CLOSED, "end": pd.NaT, "left_out": "UKR", "basis": "", "source_id": "x"}
    return pd.Series(known | {"lineage": "closures/apple-rus"} | changes)


def asked(**changes: object) -> Question:
    known = {"name": "made-up", "title": "T", "subtitle": "", "maker": "Apple", "what": "it closes"}
    known |= {"regions": ("RUS",), "event": CLOSED, "closure": row(), "rests_on": ()}
    return Question(path=Path("made-up.toml"), **(known | changes))


def tables(after: float = 24.0, featured: bool = True) -> Tables:
    """Russia's share is 30 percent, 27 in the last year before the closure, then `after`."""
    share = np.where(MONTHS < CLOSED, 30.0, after)
    share[(CLOSED - pd.DateOffset(months=12) <= MONTHS) & (MONTHS < CLOSED)] = 27.0
    panel = pd.DataFrame({"region": "RUS", "month": MONTHS, "mobile_share": 40.0})
    panel = panel.assign(apple_share=share, samsung_internet_share=5.0)
    case = {"id": "cases-01", "maker": "Apple", "region": "RUS", "method": "renewal"}
    case |= {"quantity": "units_per_year", "reason": ""}
    given = pd.DataFrame(
        [("phones", 9e7, 1e8, 1.1e8), ("share", 18, 20, 22), ("life", 36, 48, 72)],
        columns=["parameter", "low", "mode", "high"],
    )
    pick = {"pick": "picks-01", "question": "made-up", "place": stocks.FEATURED, "label": "russia"}
    pick |= {"entry": "closures/apple-rus", "order": 1, "use": "show"}
    return Tables.of(
        {
            "regions": pd.DataFrame({"region": ["RUS", "UKR"], "name": ["Russia", "Ukraine"]}),
            "usage_panel": panel,
            "closures": row().drop("lineage").to_frame().T,
            "cases": pd.DataFrame([case]),
            "case_inputs": given.assign(case="cases-01", basis="")
            .set_index(["case", "parameter"])
            .reset_index(),
            "market_size": pd.DataFrame({"id": ["market_size-1"], "value": [43.0]}),
            "picks": pd.DataFrame([pick] if featured else [], columns=list(pick)),
        }
    )


def said(results: Results, name: str) -> str:
    return str(WORDS.text(results[name]))


def test_a_stock_is_what_models_say_with_its_rows() -> None:
    results = stocks.compute(asked(), tables()).results
    seen, left = results["russia_seen"], results["russia_left"]
    assert isinstance(seen, Quantity) and isinstance(left, Quantity)
    assert (seen.value, seen.unit, seen.region) == (24, "percent", "RUS")
    assert left.low == pytest.approx(0)  # 59 months on, no phone of 36 is left
    assert left.high == pytest.approx(30 * np.exp(-59 / 72))
    assert "closures/apple-rus" in left.lineage
    assert said(results, "russia_since") == "over four years"
    assert said(results, "russia_so") == "so they still came in"


def test_a_share_that_faded_away_turns_the_sentences() -> None:
    results = stocks.compute(asked(), tables(after=2.0)).results
    assert said(results, "russia_so") == "so none need have come in"
    assert said(results, "russia_came_in") == "may be running out"
    assert said(results, "russia_held") == "may have kept"


def test_a_share_of_another_maker_is_no_stock_of_its_own() -> None:
    assert stocks.renewal_case(tables(), row(series="samsung_internet_share")) is None
    assert stocks.renewal_case(tables(), row(region="UKR")) is None
    assert stocks.renewal_case(tables(), row()) is not None


def test_without_featured_closures_nothing_is_computed() -> None:
    nothing = tables(featured=False)
    assert closures.compute(asked(), nothing).results == {}
    assert stocks.compute(asked(), nothing).results == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closure": None}, "the question names no closure and no series of the panel"),
        ({"closure": row(region="UKR"), "regions": ("UKR",)}, "the panel has no series of Ukraine"),
        (
            {"closure": row(month=pd.Timestamp("2016-01-01"))},
            "the panel begins in January 2015, too late to fit",
        ),
        (
            {"closure": row(month=pd.Timestamp("2023-10-01"))},
            "the panel ends in December 2023, too early to judge",
        ),
    ],
)
def test_a_door_that_cannot_be_seen_says_why(changes: dict[str, object], words: str) -> None:
    every = tables()
    known = {name: every[name] for name in every} | dict.fromkeys(
        ("world_development", "registries"), pd.DataFrame({"lineage": []})
    )
    result = door.compute(asked(**changes), Tables.of(known))
    assert said(result.results, "why") == words
    assert said(result.results, "title").endswith("cannot be tested here")
    assert result.lines.empty and result.gaps.empty and result.weights.empty


@pytest.fixture(scope="module")
def fallen() -> closure.SyntheticControl:
    """A region whose share fell by eight points against twelve donors."""
    rng = np.random.default_rng(3)
    names = [f"D{i:02}" for i in range(12)]
    steps = rng.normal(0, 0.6, (len(MONTHS), 12)).cumsum(axis=0)
    frame = pd.DataFrame(20 + steps, index=MONTHS, columns=names)
    frame["RUS"] = frame["D01"] + np.where(MONTHS >= CLOSED, -8, 0)
    return closure.synthetic_control(Shares(frame, frame), "RUS", CLOSED, names)


def test_an_effect_is_a_quantity_with_an_interval(fallen: closure.SyntheticControl) -> None:
    results = effects.scope(fallen)
    effects.add_effect(results, "", fallen, ("closures/apple-rus",), "Russia", step=1)
    effect, span = results["effect"], results["range"]
    assert isinstance(effect, Quantity) and isinstance(span, Quantity)
    assert effect.value == pytest.approx(-8, abs=0.2)
    assert (span.level, span.kind, span.period) == (90, "estimated", "2019-01..2023-01")
    assert said(results, "as_far") == "0"
    assert said(results, "as_far_by_distance") == "0"
    assert said(results, "placebos") == "12"
    assert said(results, "bridged") == "no month is flagged"
    assert effect.lineage == ("closures/apple-rus", "usage_panel", "registries")


def test_ranks_are_cells_that_count_untouched_countries(fallen: closure.SyntheticControl) -> None:
    ranked = replace(fallen, placebo_ratios=fallen.placebo_ratios + 1e9)
    cells = effects.ranks(ranked, "closures/apple-rus")
    assert [WORDS.text(cell) for cell in cells.values()] == ["12 of 12", "0 of 12"]
    assert list(cells) == ["as_far", "as_far_by_distance"]


def test_donors_are_named_with_their_weights(fallen: closure.SyntheticControl) -> None:
    codes = list(fallen.weights.index)
    known = Tables.of({"regions": pd.DataFrame({"region": codes, "name": codes})})
    origin = ("closures/apple-rus",)
    frame = effects.weights(fallen, known, origin)
    assert frame.loc[0, "donor"] == "D01"
    weights = [cell.value for cell in frame["weight"]]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(100, abs=3)
    assert set(frame["lineage"]) == {origin}
    mix = str(WORDS.text(effects.mix(frame, origin)))
    assert mix.startswith(f"D01 {WORDS.text(frame.loc[0, 'weight'])}")


def test_ranges_that_leave_out_zero_are_counted_beside_chance(
    fallen: closure.SyntheticControl,
) -> None:
    within = replace(fallen, effects=fallen.effects.assign(low=-20.0, high=4.0))
    controls, unbarred = {"a": fallen, "b": fallen}, {"a": fallen, "b": within}
    results, rows = Results(), {"a": row(), "b": row()}
    closures._add_all(results, controls, unbarred, rows, tables())
    assert said(results, "beyond") == "two"
    assert said(results, "beyond_with_any_donor") == "one"
    assert said(results, "by_chance") == "0.2"  # two ranges of nine in ten
    heaviest = results["heaviest"]
    assert isinstance(heaviest, Quantity)
    assert (heaviest.low, heaviest.high) == (100 * fallen.weights.iloc[0],) * 2


def test_months_bridged_are_named_in_runs(fallen: closure.SyntheticControl) -> None:
    months = tuple(pd.to_datetime(["2016-10-01", "2016-11-01", "2018-06-01"]))
    results = Results()
    flagged = replace(fallen, flagged=months)
    effects.add_effect(results, "", flagged, ("closures/apple-rus",), "Russia")
    assert "in Russia: Oct–Nov 2016; June 2018 (last effect" in said(results, "bridged")
    assert said(results, "flagged") == "three months"


def test_horizons_keep_numbers_and_intervals(fallen: closure.SyntheticControl) -> None:
    frame = effects.horizons(fallen, ("closures/apple-rus",))
    assert list(frame["months"]) == [6, 12, 24, 48]
    last = frame.iloc[-1]
    assert last["effect"].value == pytest.approx(fallen.last["points"])
    assert (last["range"].low, last["range"].high) == (fallen.last["low"], fallen.last["high"])
    assert last["percent"].unit == "percent_change"


def test_every_answer_has_words() -> None:
    for about, answers in {
        "mark": ("moved_above", "moved_below", "inconclusive", "within_chance", "untested"),
        "doubt": ("ordinary_rank", "within_band", "one_donor_decides", "poor_fit"),
        "no_door": ("no_closure", "no_series", "too_few_clear_months", "stand_in"),
        "crowd": ("stands_out", "lost", "band_alone", "rank_alone"),
        "closure_lost": ("unclear", "fell", "rose"),
        "closure_power": ("hopeless", "coarse"),
        "provisional": ("none", "some"),
    }.items():
        parts = dict.fromkeys(("share", "place", "month", "months", "seen", "maker"), "x")
        for answer in answers:
            verdict = Verdict(
                about=about, answer=answer, definition="d", lineage=("closures",), parts=parts
            )
            assert WORDS.text(verdict)
