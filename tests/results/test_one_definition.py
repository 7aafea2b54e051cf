"""What the first edition computed twice, by two definitions, has one; every chapter quotes that.

Each test turns the table round by one row, and sees every result that tells of it turn alike.
"""

import re

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket.evidence import Tables
from graymarket.results import (
    Results,
    benchmarks,
    published,
    rules,
    senses,
    trade_flows,
)


def named_by_chapters(root, name):
    """The chapters whose prose or code quotes a result."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    books = {p: nbformat.read(p, as_version=4) for p in (root / "notebooks").glob("*.ipynb")}
    return {
        path.name[:2]
        for path, book in books.items()
        if any(pattern.search(cell.source) for cell in book.cells)
    }


# ---- which places are barred


CUBA_BARRED = {"region": "CUB", "regime": "us_bis", "effect": "prohibited", "grade": "A"}
SUDAN_BARRED = {"region": "SDN", "regime": "eu", "start": "2021-01-01"}
SUDAN_BARRED |= {"effect": "prohibited", "grade": "A"}


@pytest.fixture
def known(tables, asked):
    """Call it with rows of the table sanctions for the rules, and the sense of gray by place."""

    def compute(*rows):
        places = [{"region": "CUB", "name": "Cuba"}, {"region": "SDN", "name": "Sudan"}]
        empty = {
            name: [] for name in ("presence", "closures", "local_rules", "assumptions", "picks")
        }
        given = tables(regions=places, sanctions=[*rows], **empty)
        question = asked(regions=("CUB", "SDN"))
        answers = senses.compute(question, given).answers.query("sense == 'sanctions'")
        return rules.compute(question, given), answers.set_index("region")["answer"]

    return compute


def test_one_more_ban_moves_every_place_that_tells_of_it(known, say):
    """A row of which page 1 and chapter 5 of the first edition told each in its own way."""
    before, senses_before = known(CUBA_BARRED)
    after, senses_after = known(CUBA_BARRED, SUDAN_BARRED)
    assert say(before.results["barred"]) == "Cuba"
    assert say(before.results["left_open"]) == say(before.results["without"]) == "Sudan"
    for name in ("barred", "barred_now"):
        assert say(after.results[name]) == "Cuba and Sudan"
    assert after.results["left_open"].items == after.results["without"].items == ()
    assert after.results["barred_count"].value == before.results["barred_count"].value + 1 == 2
    assert say(before.results["barring"]) == "US export rules"
    assert say(after.results["barring"]) == "Sanctions rules"  # no longer those of the US alone
    for name in ("headline", "title"):
        assert say(before.results[name]).endswith("from Cuba")
        assert say(after.results[name]).endswith("from Cuba and Sudan")
    assert before.then.loc["Sudan", "European Union"] == "none found"
    assert after.then.loc["Sudan", "European Union"] == "prohibited"
    assert senses_before.loc["SDN"].answer == "silent"
    answer = senses_after.loc["SDN"]
    assert (answer.answer, say(answer.parts["regimes"])) == ("barred", "European Union")


def test_summary_and_chapter_quote_the_same_results(root):
    for name in ("rules.barring", "rules.barred", "rules.title"):
        assert named_by_chapters(root, name) >= {"00", "05"}
    for computed in ("net_effect", "sanctions_effect", "REGIMES"):
        assert named_by_chapters(root, computed) == set()


# ---- published shares


EMPTY = ("xiaomi_gray_share", "picks", "taxes", "policies", "sources")


def share(**changes):
    """A published share of all phones sold that may be used."""
    known = {"region": "CUB", "value": 10.0, "unit": "percent", "use": "core", "grade": "B"}
    known |= {"start": "2020-01-01", "end": "2020-12-31", "qualifier": "exact"}
    return known | {"denominator": "units_sold", "gray_sense": "customs"} | changes


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        ({"value": 20.0}, 3),
        ({"unit": "ratio"}, 2),  # what chapter 80 of the first edition still counted
        ({"grade": "C"}, 2),
        ({"use": "counterfeit"}, 2),
    ],
)
def test_published_shares_are_counted_by_one_definition(tables, asked, change, figures):
    rows = [share(), share(region="PRK"), share(**change)]
    known = benchmarks.compute(asked(), tables(benchmarks=rows, **{name: [] for name in EMPTY}))
    assert known.results["figures"].value == len(known.shares) == figures


def test_chapters_quote_that_count(root):
    assert named_by_chapters(root, "benchmarks.figures") >= {"10", "80"}


def test_a_share_is_as_exact_as_its_source_prints_it():
    assert published.step_as_given(10, 12) == 1
    assert published.step_as_given(10, 12.5) == 0.1
    assert published.step_as_given(0.25) == published.step_as_given(1 / 3) == 0.01


@pytest.mark.parametrize("qualifier", published.BOUNDS)
def test_a_bound_is_said_to_be_one(say, qualifier):
    row = pd.Series({"lineage": "benchmarks/b-1"})
    share = published.percent(10, 10, "A share", row)
    bound = published.bounded(share, qualifier)
    assert bound.answer == qualifier
    assert bound.parts["share"] is share
    assert say(bound) != say(share) == "10%"
    assert published.bounded(share, "exact") is share


def test_years_go_from_the_one_to_the_other(say):
    start, end = pd.Timestamp("2019-05-01"), pd.Timestamp("2021-03-31")
    assert say(published.years(start, end, "benchmarks")) == "2019–2021"
    assert say(published.years(pd.NaT, end, "benchmarks")) == "2021"


# ---- recorded flows


def flow(exporter, importer, year, by):
    known = {"exporter": exporter, "importer": importer, "reported_by": by}
    return known | {"start": pd.Timestamp(f"{year}-01-01"), "end": pd.Timestamp(f"{year}-12-31")}


BOTH = [flow("PRK", "CUB", 2020, "exporter"), flow("PRK", "CUB", 2020, "importer")]


def mirrored(rows, places=("CUB",)):
    results = Results()
    names = pd.Series({"CUB": "Cuba", "PRK": "North Korea"})
    tables = Tables.of(
        {"trade_flows": pd.DataFrame([{"id": f"f-{i}"} | row for i, row in enumerate(rows)])}
    )
    trade_flows.add_mirrored(results, tables["trade_flows"], places, names)
    return results["recorded"].value, results["mirrored"].value


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (BOTH, (1, 1)),
        (BOTH[:1], (1, 0)),
        ([*BOTH, flow("PRK", "CUB", 2021, "exporter")], (2, 1)),  # of another year
        ([BOTH[0], flow("PRK", "CUB", 2021, "importer")], (2, 0)),
        ([BOTH[0], flow("CUB", "PRK", 2020, "importer")], (2, 0)),  # the other way
        ([*BOTH, BOTH[0]], (1, 1)),  # two kinds of goods are one flow
        ([*BOTH, flow("PRK", "SDN", 2020, "importer")], (1, 1)),  # of another place
        ([BOTH[0], BOTH[1] | {"end": pd.Timestamp("2020-06-30")}], (2, 0)),
    ],
)
def test_mirrored_flows_are_flows_of_one_period_that_both_sides_report(rows, counts):
    assert mirrored(rows) == counts


@given(st.lists(st.sampled_from([2019, 2020, 2021]).flatmap(
    lambda year: st.sampled_from(["exporter", "importer"]).map(
        lambda by: flow("PRK", "CUB", year, by))), min_size=1))  # fmt: skip
def test_no_more_flows_are_mirrored_than_recorded(rows):
    recorded, both = mirrored(rows)
    assert both <= recorded <= len(rows)
    assert 2 * both <= len({(row["start"], row["reported_by"]) for row in rows})


def test_chapters_quote_those_counts(root):
    assert named_by_chapters(root, "trade.mirrored") >= {"11", "80"}


# ---- the panel beside StatCounter (counted in test_evidence_base.py)


def test_chapters_quote_one_loss_of_the_panel(root):
    assert named_by_chapters(root, "evidence_base.lost") >= {"80", "90"}
