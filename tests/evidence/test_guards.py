"""What stops a row that rests on another time, a poor row, a typed ratio or a wrong sum."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence

EXCEPTIONS = {"assumptions": 3, "case_inputs": 5}  # rows that rest on another time, and say why
ENTRIES = {"assumptions": 4, "case_inputs": 6}  # what those rest on from another time
BASES = ("assumptions", "case_inputs", "closures")


@pytest.fixture(scope="module")
def copied(root, tmp_path_factory) -> Path:
    """A project with a copy of data/."""
    folder = tmp_path_factory.mktemp("guards")
    shutil.copytree(root / "data", folder / "data", ignore=shutil.ignore_patterns("editions"))
    return folder


@pytest.fixture
def planted(copied):
    """Plant cells in a row of a table; returns what its check says, and puts the table back."""
    before: dict[Path, bytes] = {}

    def plant(table: str, key: str, **cells: str) -> list[str]:
        path = copied / "data" / f"{table}.csv"
        before.setdefault(path, path.read_bytes())
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert {*cells} <= {*rows.columns}
        rows.loc[rows["id"] == key, [*cells]] = [*cells.values()]
        rows.to_csv(path, index=False, lineterminator="\n")
        row = rows.index[rows["id"] == key][0] + 2
        start = f"data/{table}.csv, row {row}, column "
        _, problems = evidence.Base(copied).read(table)
        return [str(problem).replace(start, "") for problem in problems]

    yield plant
    for path, content in before.items():
        path.write_bytes(content)


def rule(root: Path, table: str, name: str) -> dict:
    return next(r for r in evidence.resource(table, root)["rules"] if r["rule"] == name)


def cells_of(root: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(root / "data" / f"{table}.csv", dtype=str, keep_default_na=False)


@pytest.mark.parametrize("table", EXCEPTIONS)
def test_exceptions_are_counted_and_each_names_its_effect(root, table):
    rows = cells_of(root, table)
    used = rows[rows["off_date"] != ""]
    assert len(used) == EXCEPTIONS[table] == rule(root, table, "dates")["at_most"]
    assert (used["off_date_effect"] != "").all()
    assert rule(root, table, "dates")["within"] == 12
    assert rule(root, table, "dates")["entries"] == ENTRIES[table]


@pytest.mark.parametrize(
    ("table", "key", "cells", "expected"),
    [
        (
            "assumptions",
            "assumptions-002",
            {"basis": "inputs/inputs-022"},
            "basis: found “inputs/inputs-022”, expected a row within 12 months of 2021-09, not "
            "16 months after, or why it is used in off_date",
        ),
        (
            "assumptions",
            "assumptions-061",
            {"basis": "presence/presence-043 presence/presence-044"},
            "basis: found “presence/presence-044”, expected a row within 12 months of 2026-06, not "
            "57 months before, or why it is used in off_date",
        ),
        (
            "case_inputs",
            "case_inputs-120",
            {"basis": "shares_in_use/shares_in_use-126"},
            "basis: found “shares_in_use/shares_in_use-126”, expected a row within 12 months of "
            "2023-01 to 2023-12, not 19 months after, or why it is used in off_date",
        ),
        (
            "case_inputs",
            "case_inputs-120",
            {"basis": "inputs/inputs-043"},
            "basis: found “inputs/inputs-043”, expected no row of grade C: nothing may be built "
            "on it",
        ),
        (
            "assumptions",
            "assumptions-001",
            {"off_date": "For good measure"},
            "off_date: found “For good measure”, expected nothing: all of the basis is of the "
            "row’s own time",
        ),
        (
            "assumptions",
            "assumptions-018",
            {"off_date_effect": ""},
            "off_date_effect: found “”, expected what the range would be without "
            "presence/presence-015, or “none” and why",
        ),
    ],
)
def test_a_row_of_another_time_stops_the_check(planted, table, key, cells, expected):
    assert planted(table, key, **cells)[0] == expected


def test_at_most_ten_rows_rest_on_another_time():
    assert sum(EXCEPTIONS.values()) <= 10


def test_one_exception_too_many_stops_the_check(planted):
    cells = {"basis": "inputs/inputs-022", "off_date": "x", "off_date_effect": "none: x"}
    lines = planted("assumptions", "assumptions-002", **cells)
    assert any(
        line.endswith("expected at most 3 rows with a reason, this is one of 4") for line in lines
    )


def test_a_row_with_a_reason_takes_in_no_more_under_it(planted):
    basis = "presence/presence-015 presence/presence-016 inputs/inputs-045"
    lines = planted("assumptions", "assumptions-018", basis=basis)
    assert lines == [
        "basis: found “inputs/inputs-045”, expected at most 4 entries of another time, this is "
        "number 5"
    ]


def test_within_twelve_months_is_of_the_time(planted):
    # A figure of December 2021 for September 2021, and one of 2020 for a case of 2021.
    assert planted("assumptions", "assumptions-002", basis="inputs/inputs-061") == []
    assert planted("case_inputs", "case_inputs-055", basis="market_size/market_size-340") == []


@pytest.mark.parametrize(
    ("table", "key", "kind"),
    [
        ("assumptions", "assumptions-001", "evidence"),
        ("case_inputs", "case_inputs-014", "inference"),
    ],
)
def test_what_rests_on_no_row_is_called_a_guess(planted, table, key, kind):
    expected = "basis: found “”, expected the rows that it rests on: a guess alone has none"
    assert planted(table, key, basis="", kind=kind) == [expected]
    assert planted(table, key, basis="", kind="guess") == []


CARRIED = "assumptions-020"  # Iran's people in June 2026, carried from 2024
RUSSIA = "world_development/RUS/SP.POP.TOTL"


def test_a_series_stands_in_place_of_a_range_and_a_basis(planted):
    assert planted("assumptions", CARRIED, drift=RUSSIA, basis="") == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"drift": ""}, "low: found “”, expected a value, or a series in drift"),
        ({"mode": "92400000"}, "mode: found “92400000”, expected nothing: the build computes it "),
        (
            {"drift": "world_development/XYZ/SP.POP.TOTL"},
            "drift: found “world_development/XYZ/SP.POP.TOTL”, expected a series of the base",
        ),
        (
            {"drift": "world_development/IRN/IT.CEL.SETS"},
            "drift: found “world_development/IRN/IT.CEL.SETS”, expected a series of people by "
            "mid-year, as world_development/IRN/SP.POP.TOTL",
        ),
        ({"date": "2024-07"}, "expected a series that ends before 2024-07, not in 2024"),
        # Five years ahead want fifteen changes, and the series has fourteen.
        ({"date": "2028-07"}, None),
        ({"date": "2028-08"}, "expected 16 values or more to reach 2028-08 from 2024, not 15"),
    ],
)
def test_a_series_that_cannot_be_carried_stops_the_check(planted, cells, expected):
    lines = planted("assumptions", CARRIED, **cells)
    assert lines == [] if expected is None else any(expected in line for line in lines)


def test_a_series_with_a_gap_is_not_carried(copied, planted):
    path = copied / "data" / "world_development.csv"
    before = path.read_bytes()
    lines = before.decode().splitlines(keepends=True)
    left = [line for line in lines if not line.startswith("IRN,SP.POP.TOTL,2015,")]
    assert len(left) == len(lines) - 1
    path.write_text("".join(left))
    found = planted("assumptions", CARRIED)
    path.write_bytes(before)
    assert found == [
        "drift: found “world_development/IRN/SP.POP.TOTL”, expected a value for each year from "
        "2010 to 2024, once"
    ]


def test_each_basis_has_its_guards(root):
    for resource in evidence.package(root)["resources"]:
        if any(field["name"] == "basis" for field in resource["schema"]["fields"]):
            assert resource["name"] in BASES
            assert {"rule": "basis", "field": "basis"} in resource["rules"]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("assumptions", "assumptions-031"),
        ("case_inputs", "case_inputs-001"),
        ("closures", "charge-egypt-2025"),
    ],
)
def test_a_row_of_grade_c_in_a_basis_stops_the_check(root, planted, table, key):
    market = cells_of(root, "market_size")
    poor = market[(market["grade"] == "C") & (market["start"] > "2020")]["id"].iloc[0]
    entry = f"market_size/{poor}"
    lines = planted(table, key, basis=entry)
    assert (
        f"basis: found “{entry}”, expected no row of grade C: nothing may be built on it" in lines
    )


RATIO = (
    "expected no ratio typed in: a ratio is computed in the build, from the rows of its own series "
    "(may be typed: lines_per_person, sims_per_person, sims_per_unique_subscriber)"
)


@pytest.fixture
def any_metric(copied):
    """The copy, with a word for a ratio let into the vocabulary of inputs."""
    path = copied / "data" / evidence.PACKAGE
    before = path.read_text(encoding="utf-8")
    package = json.loads(before)
    (inputs,) = (r for r in package["resources"] if r["name"] == "inputs")
    (metric,) = (f for f in inputs["schema"]["fields"] if f["name"] == "metric")
    metric["constraints"]["enum"].append("panel_calibration_ratio")
    path.write_text(json.dumps(package), encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def test_a_typed_calibration_ratio_stops_the_check(any_metric, planted):
    cells = {"metric": "panel_calibration_ratio", "unit": "ratio", "value": "1.28"}
    lines = planted("inputs", "inputs-024", **cells)
    assert lines == [f"metric: found “panel_calibration_ratio”, {RATIO}"]


def test_a_ratio_by_its_unit_alone_stops_the_check(planted):
    lines = planted("inputs", "inputs-024", unit="ratio", value="1.28")
    assert f"metric: found “observation”, {RATIO}" in lines


def test_lines_per_person_may_be_typed(planted):
    assert planted("inputs", "inputs-061", value="1.6") == []


@pytest.mark.parametrize(
    ("table", "key", "cells", "expected"),
    [
        (
            "inputs",
            "inputs-021",
            {"value": "84.7"},
            "value: found “84.7”, expected 84.6154, the share of its parents",
        ),
        (
            "shares_in_use",
            "shares_in_use-127",
            {"share": "16.8"},
            "share: found “16.8”, expected 16.7, the difference of its parents",
        ),
        (
            "vendor_share",
            "vendor_share-1066",
            {"value": "25"},
            "value: found “25”, expected 24, the sum of its parents",
        ),
        (
            "benchmarks",
            "benchmarks-106",
            {"derived_from": "percent trade_facts/trade_facts-128 36000000"},
            "derived_from: found “percent trade_facts/trade_facts-128 36000000”, expected one of "
            "difference, ratio, sum, product, share, then two parents or more (share: two)",
        ),
        (
            "inputs",
            "inputs-021",
            {"derived_from": "share market_size/market_size-999 market_size/market_size-160"},
            "derived_from: found “market_size/market_size-999”, expected parents that are rows "
            "with a figure, as table/row or table/row:column",
        ),
        (
            "inputs",
            "inputs-021",
            {"derived_from": "ratio inputs/inputs-021 1"},
            "derived_from: found “ratio inputs/inputs-021 1”, expected another row among the "
            "parents: a number from nothing else is a typed one",
        ),
        (
            "inputs",
            "inputs-021",
            {"derived_from": "ratio market_size/market_size-161 0"},
            "derived_from: found “ratio market_size/market_size-161 0”, expected parents that can "
            "be divided by",
        ),
        (
            "inputs",
            "inputs-021",
            {"value": ""},
            "value: found “”, expected 84.6154, the share of its parents",
        ),
    ],
)
def test_a_figure_that_does_not_follow_stops_the_check(planted, table, key, cells, expected):
    assert planted(table, key, **cells) == [expected]


@pytest.mark.parametrize(
    ("value", "parents"),
    [
        ("85", "share market_size/market_size-161 market_size/market_size-160"),
        ("0.846", "ratio market_size/market_size-161 market_size/market_size-160"),
        ("14400000", "sum market_size/market_size-161 market_size/market_size-160"),
        ("1200000", "difference market_size/market_size-160 market_size/market_size-161"),
        ("13200000", "product market_size/market_size-161 2"),
        ("1400000", "sum iran_imports/iran_imports-1395:units 0"),
    ],
)
def test_a_figure_that_follows_to_its_last_digit_is_sound(planted, value, parents):
    # Not in percent, so that no other rule speaks.
    cells = {"metric": "subscriptions", "unit": "SIMs", "value": value, "derived_from": parents}
    assert planted("inputs", "inputs-021", **cells) == []


def test_a_figure_that_was_computed_says_from_what(planted):
    lines = planted("inputs", "inputs-021", derived_from="")
    assert lines == [
        "derived_from: found “”, expected parents, or “from the source’s own numbers” in the note, "
        "which says “computed”"
    ]
    note = "Computed as 6.6 of 7.8 million. From the source’s own numbers"
    assert planted("inputs", "inputs-021", note=note) == []


def test_some_figures_are_derived(root):
    tables = ("inputs", "shares_in_use", "benchmarks", "vendor_share")
    counts = {table: (cells_of(root, table)["derived_from"] != "").sum() for table in tables}
    assert counts == {"inputs": 2, "shares_in_use": 13, "benchmarks": 3, "vendor_share": 1}
