"""Tables in: what is good loads as typed, what is bad is named to the cell."""

import csv
import io
import json
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence


def edit(project: Path, table: str, old: str, new: str) -> int:
    """Replace the first `old`; returns its row."""
    path = project / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    return text[: text.index(old)].count("\n") + 1


def lines(project: Path) -> list[str]:
    return [str(problem) for problem in evidence.check(project)]


def test_data_is_sound(root):
    assert evidence.check(root) == []


def test_stock_frictionless_agrees(root):
    package = str(root / "data" / "datapackage.json")
    # Some rows of each table; keys into rows left out cannot be followed.
    report = frictionless.validate(package, limit_rows=50, skip_errors=["foreign-key"])
    assert report.valid, report.to_summary()


def test_the_miniature_is_sound_too(corrected):
    assert evidence.check(corrected) == []
    assert frictionless.validate(str(corrected / "data" / "datapackage.json")).valid


def test_known_cells(root):
    panel = evidence.load("usage_panel", root)
    cuba = panel[(panel.region == "CUB") & (panel.month == "2021-09-01")].iloc[0]
    assert (cuba.mobile_share, cuba.apple_share, cuba.samsung_internet_share) == (76.7, 7.36, 3.78)
    world = evidence.load("vendor_usage", root).set_index(["month", "vendor"]).usage_share
    assert world[pd.Timestamp("2010-04-01"), "Apple"] == 33.15
    assert len(panel) >= 34_429  # up to August 2026
    assert len(world) >= 170 * 70  # months, vendors: worldwide


def test_a_share_in_use_stands_once(root):
    shares = evidence.load("shares_in_use", root)
    registers = evidence.load("vendor_share", root).query("metric == 'network_register_share'")
    reading = ["region", "vendor", "start", "end", "measured_by"]
    there = pd.MultiIndex.from_frame(shares[reading])
    assert there.is_unique
    also = registers.rename(columns={"attributed_to": "measured_by"})[reading]
    assert not pd.MultiIndex.from_frame(also).isin(there).any()


def test_unknown_is_one_figure_a_count(root):
    views = evidence.load("vendor_share", root).query("unknown_share.notna()")
    assert {*views["metric"]} == {"page_view_share"}
    counts = views.groupby(["region", "start", "source_id"])
    assert (counts["unknown_share"].nunique() == 1).all()
    assert (counts["value"].sum() + counts["unknown_share"].first() <= 100.5).all()


def test_offers_add_to_their_total(root):
    for total, offers in evidence.load("offers", root).groupby("total"):
        assert offers["count"].sum() == pytest.approx(total)


def test_pandas_alone_reads_the_same_values(base):
    for resource in evidence.package(base)["resources"]:
        plain = pd.read_csv(base / "data" / resource["path"])
        loaded = evidence.load(resource["name"], base)
        assert [*plain.columns, "lineage"] == list(loaded.columns)
        for field in resource["schema"]["fields"]:
            name = field["name"]
            ours, theirs = loaded[name], plain[name]
            if field["type"] in ("date", "yearmonth"):
                theirs = pd.to_datetime(theirs)
            elif field["type"] == "string":
                theirs = theirs.map(lambda cell: "" if pd.isna(cell) else str(cell))
            pd.testing.assert_series_equal(
                ours, theirs.astype(ours.dtype), check_exact=True, obj=f"{resource['name']}.{name}"
            )


def test_types(base):
    assert evidence.load("regions", base)["in_terms"].dtype == bool
    readings = evidence.load("readings", base)
    assert readings["sample"].dtype == "Int64"
    assert readings["sample"].isna().tolist() == [False, False, *[True] * 5]
    assert readings["value"].dtype == "float64"
    assert readings.at[0, "end"] == pd.Timestamp("2021-01-31")
    assert readings.at[3, "since"] == ""
    assert evidence.load("panel", base).at[13, "month"] == pd.Timestamp("2021-02-01")


FAULTS = [
    (
        "readings",
        "40.5,1200",
        "140.5,1200",
        "column value: found “140.5”, expected 0 to 100 where unit is percent",
    ),
    (
        "readings",
        "40.5,1200",
        "-0.5,1200",
        "column value: found “-0.5”, expected 0 to 100 where unit is percent",
    ),
    (
        "readings",
        "change,percentage_points",
        "change,units",
        "column unit: found “units”, expected 'percent' or 'percentage_points' "
        "where metric is change",
    ),
    (
        "readings",
        "2021-01-01,2021-03-31,,change",
        "2021-04-01,2021-03-31,,change",
        "column end: found “2021-03-31”, expected no less than start, which is “2021-04-01”",
    ),
    (
        "readings",
        "2021-03-31,2020-03-15",
        "2021-03-31,2021-02",
        "column start: found “2021-01-01”, expected no less than since, which is “2021-02”",
    ),
    (
        "readings",
        "60.5,1200",
        "60.6,1200",
        "column value: found “101.1 in sum”, expected at most 101 in sum over the 2 rows alike in "
        "region, start",
    ),
    (
        "readings",
        "units,900",
        "units,899",
        "column value: found “899”, expected at least 900, "
        "the sum of readings-006 and readings-007",
    ),
    (
        "readings",
        "readings-002",
        "readings-001",
        "column id: found “readings-001”, expected a key that no other row has; row 2 has it too",
    ),
    (
        "panel",
        "AAA,2020-02",
        "AAA,2020-01",
        "column region and month: found “AAA, 2020-01”, "
        "expected a key that no other row has; row 2 has it too",
    ),
    (
        "readings",
        "B,counter",
        "B,nobody",
        "column source_id: found “nobody”, expected an id that stands in data/sources.csv "
        "(bureau-2021, counter, gazette-2020)",
    ),
    (
        "readings",
        "B,counter",
        "D,counter",
        "column grade: found “D”, expected one of A, B, C",
    ),
    (
        "readings",
        "18.27,",
        "18.27%,",
        "column value: found “18.27%”, expected a number such as 18.27",
    ),
    *[
        (
            "readings",
            "18.27,",
            f"{number},",
            f"column value: found “{number}”, expected a number such as 18.27",
        )
        for number in ("Infinity", "-inf", "1e999", "NaN")
    ],
    ("readings", "1200", "1200.5", "column sample: found “1200.5”, expected a whole number"),
    (
        "readings",
        "1200",
        "9" * 19,
        f"column sample: found “{'9' * 19}”, expected a whole number",
    ),
    ("readings", "1200", "0", "column sample: found “0”, expected at least 1 (persons)"),
    (
        "panel",
        "AAA,2020-02",
        "AAA,2020-13",
        "column month: found “2020-13”, expected a month as YYYY-MM",
    ),
    (
        "panel",
        "AAA,2020-02,10.5",
        "AAA,2020-02,100.1",
        "column share: found “100.1”, expected at most 100 (percent of page views)",
    ),
    (
        "panel",
        "AAA,2020-02,10.5",
        "AAA,2020-02,-0.1",
        "column share: found “-0.1”, expected at least 0 (percent of page views)",
    ),
    (
        "readings",
        "BBB,2021-01-01",
        "BBB,2021-02-30",
        "column start: found “2021-02-30”, expected a day as YYYY-MM-DD",
    ),
    (
        "readings",
        "BBB,2021-01-01",
        "BBB,2021-1-01",
        "column start: found “2021-1-01”, expected a day as YYYY-MM-DD",
    ),
    (
        "readings",
        "2021-03-31,2020-03-15",
        "2021-03-31,2020-3",
        "column since: found “2020-3”, expected a date as YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    ("regions", "Beta,false", "Beta,no", "column in_terms: found “no”, expected true or false"),
    (
        "regions",
        "Beta,false",
        "Beta,",
        "column in_terms: expected a value: this column may not be empty",
    ),
    ("closures", "closure-a,AAA,", "closure-a,", ": found “6 cells”, expected 7 cells"),
    ("closures", "closure-a,AAA,", "closure-a,AAA,,", ": found “8 cells”, expected 7 cells"),
    (
        "closures",
        "closure-a,AAA,2020-06",
        "closure-a,AAA,2021-02",
        "column end: found “2021-01”, expected no less than month, which is “2021-02”",
    ),
    (
        "closures",
        "readings/readings-001 panel",
        "readings/readings-004 panel",
        "column basis: found “readings/readings-004”, "
        "expected no row of grade C: nothing may be built on it",
    ),
    *[
        (
            "closures",
            "panel/BBB/2020-01..2020-06",
            entry,
            f"column basis: found “{entry}”, expected entries that stand for rows of the base",
        )
        for entry in ("panel/CCC", "panel/BBB/2020-01/x", "nothing/a", "panel/BBB/2020-07..2020-06")
    ],
    (
        "closures",
        "closure-a,AAA",
        'closure-a,"AAA" x',
        ": expected well-formed CSV (',' expected after '\"': is a quote left open, or the "
        "file cut off?)",
    ),
    (
        "closures",
        "id,region,month",
        "id,region,region,month",
        "column region: expected this column once",
    ),
    *[
        (
            "picks",
            "panel/AAA/2020-05",
            entry,
            f"column entry: found “{entry}”, expected a row of data/, as “table/row-id”",
        )
        for entry in ("panel/AAA", "panel", "closures/closure-c", "nothing/a")
    ],
    (
        "picks",
        "picks-001,mine",
        "picks-001,yours",
        "column question: found “yours”, expected a file of data/questions/ (mine)",
    ),
    (
        "picks",
        "share,13.5",
        "share,11.5",
        "column text: found “11.5”, expected words of that row’s share, which is “13.5”",
    ),
    (
        "picks",
        "share,13.5",
        "worth,13.5",
        "column field: found “worth”, expected a column of the row panel/AAA/2020-05",
    ),
    (
        "sources",
        "Bureau,Phones",
        "Bureau,Pho\x0bnes",
        "column title: found “Pho\\x0bnes counted”, expected text without control characters",
    ),
]


@pytest.mark.parametrize(("table", "old", "new", "expected"), FAULTS)
def test_each_fault_is_one_clear_line(base, table, old, new, expected):
    row = edit(base, table, old, new)
    where = f"data/{table}.csv, row {row}"
    if "in sum" in expected:
        where = f"data/{table}.csv, row {row - 1}"  # the first of its group
    line = where + expected if expected.startswith(":") else f"{where}, {expected}"
    with pytest.raises(evidence.EvidenceError) as error:
        evidence.load(table, base)
    assert str(error.value) == line


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("readings", "18.27,", "0,"),
        ("readings", "18.27,", "100,"),
        ("readings", "-2,", "200,"),  # in percentage points
        ("readings", "change,percentage_points,-2", "change,percent,2"),
        ("readings", "40.5,1200", "40.5,1"),
        ("readings", "2021-03-31,2020-03-15", "2021-03-31,2021-01"),
        ("readings", "BBB,2021-01-01,2021-03-31", "BBB,2021-03-31,2021-03-31"),
        ("readings", "A,2021-01-01,2021-01-31,2020-03", "A,,2021-01-31,2020-03"),
        ("readings", "units,900", "units,901"),
        ("panel", "AAA,2020-02,10.5", "AAA,2020-02,100"),
        ("panel", "AAA,2020-02,10.5", "AAA,2020-02,0"),
        ("panel", "AAA,2020-02,10.5", "AAA,2020-02,"),
        ("closures", "2020-06,2021-01", "2021-01,2021-01"),
        ("picks", "picks-001,mine", "picks-001,"),
        ("sources", "Bureau,Phones", "Bureau,Pho\tnes"),
    ],
)
def test_what_just_fits_is_sound(base, table, old, new):
    edit(base, table, old, new)
    assert len(evidence.load(table, base))


def test_the_whole_base_has_the_faults_of_its_tables(base):
    row = edit(base, "readings", "18.27,", "118,")
    assert lines(base) == [
        f"data/readings.csv, row {row}, column value: found “118”, expected 0 to 100 "
        "where unit is percent"
    ]


def test_missing_column(base):
    edit(base, "readings", "metric,", "")
    assert lines(base) == ["data/readings.csv, row 1, column metric: expected this column"]


def test_renamed_column(base):
    edit(base, "picks", "place,", "plaice,")
    assert lines(base) == [
        "data/picks.csv, row 1, column place: expected this column",
        "data/picks.csv, row 1, column plaice: expected only the columns pick, question, place, "
        "entry, field, text, order",
    ]


def test_missing_file(base):
    (base / "data" / "picks.csv").unlink()
    assert lines(base) == [
        "data/picks.csv: expected this file to be there, as datapackage.json names it"
    ]


def test_not_utf8(base):
    path = base / "data" / "sources.csv"
    path.write_bytes(path.read_bytes().replace("é".encode(), "é".encode("latin-1")))
    assert lines(base)[0] == (
        "data/sources.csv, row 4: found “byte 0xe9”, "
        "expected text in UTF-8 (save it as “CSV UTF-8”)"
    )


def test_open_quote(base):
    path = base / "data" / "picks.csv"
    path.write_text(path.read_text(encoding="utf-8") + 'picks-003,"', encoding="utf-8")
    (line,) = lines(base)
    assert line.startswith("data/picks.csv, row 4: expected well-formed CSV")


def test_unused_source(base):
    path = base / "data" / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8") + "zzz,Nobody,Nothing,,\n", encoding="utf-8")
    unused = (
        "data/sources.csv, row 5, column source_id: found “zzz”, "
        "expected an id that some other table uses"
    )
    assert lines(base) == [unused]
    edit(base, "panel", "AAA,2020-02,10.5", "AAA,2020-02,110.5")
    assert lines(base)[1:] == [unused]  # the worse fault comes first


def test_faults_that_may_hide_a_use_do_not_make_sources_unused(base):
    for table in ("readings", "panel"):
        path = base / "data" / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("counter", ""), encoding="utf-8")
    assert all(line.endswith("this column may not be empty") for line in lines(base))


def test_all_problems_at_once_and_the_worst_first(base):
    edit(base, "readings", "2021-01-01,2021-03-31,,change", "2021-04-01,2021-03-31,,change")
    edit(base, "panel", "AAA,2020-02", "AAA,soon")
    edit(base, "closures", "closure-b,BBB,", "closure-b,")
    (base / "data" / "picks.csv").unlink()
    assert [line.split(",")[0].split(":")[0] for line in lines(base)] == [
        "data/picks.csv",
        "data/closures.csv",
        "data/panel.csv",
        "data/readings.csv",
    ]


def test_problems_of_a_table_come_by_row_and_column(base):
    edit(base, "readings", "1200", "0")
    edit(base, "readings", "18.27,", "x,")
    edit(base, "readings", "A,counter", "D,counter")
    assert [line.split(": ")[0].removeprefix("data/readings.csv, ") for line in lines(base)] == [
        "row 2, column grade",
        "row 2, column sample",
        "row 4, column value",
    ]


def as_excel_in_german(content: bytes) -> bytes:
    """What a spreadsheet of a country with decimal commas saves, and a stray blank line."""
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    for column in ("value", "low", "high"):
        if column in table:
            table[column] = table[column].str.replace(".", ",")
    return (table.to_csv(index=False, sep=";") + "\n\n").encode("utf-8")


def as_libreoffice(content: bytes) -> bytes:
    """All cells in quotes, apart by semicolons, below a blank line."""
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    text = io.StringIO("\n")
    text.seek(0, io.SEEK_END)
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode("utf-8")


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") + b"\r\n\r\n",
        lambda content: b"\n,,,\n" + content,
        as_excel_in_german,
        as_libreoffice,
    ],
    ids=[
        "byte-order mark",
        "CRLF",
        "both and blank lines",
        "blank lines before",
        "semicolons and decimal commas",
        "semicolons and quotes",
    ],
)
def test_other_ways_of_saving_are_read_as_meant(base, rewrite):
    expected = evidence.load("readings", base)
    path = base / "data" / "readings.csv"
    path.write_bytes(rewrite(path.read_bytes()))
    assert lines(base) == []
    pd.testing.assert_frame_equal(evidence.load("readings", base), expected)


def test_rows_count_from_the_first_line_even_if_it_is_blank(base):
    row = edit(base, "readings", "18.27,", "118,")
    path = base / "data" / "readings.csv"
    path.write_bytes(b"\n\n" + path.read_bytes())
    (line,) = lines(base)
    assert line.startswith(f"data/readings.csv, row {row + 2}, column value: found “118”")


def test_a_file_cut_in_the_middle_of_a_row(base):
    path = base / "data" / "picks.csv"
    path.write_text(
        path.read_text(encoding="utf-8").rstrip()[: -len("A/2020-05,share,13.5,2")],
        encoding="utf-8",
    )
    assert lines(base) == [
        "data/picks.csv, row 3: found “4 cells”, expected 7 cells; "
        "the file ends within this row: was it cut off?"
    ]


def test_lost_rows_are_noticed(base):
    path = base / "data" / "panel.csv"
    content = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in content if not line.startswith("BBB,")]
    path.write_text("\n".join(kept), encoding="utf-8")
    edit(base, "closures", "panel/BBB/2020-01..2020-06", "panel/AAA")
    fix = "if rows were dropped on purpose, change “coverage” in data/datapackage.json"
    assert lines(base) == [
        "data/panel.csv: found “18 rows”, expected at least 36 rows, as edition 2021-12 had; "
        + fix,
        "data/panel.csv: found “1 regions”, expected at least 2 regions, as edition 2021-12 had; "
        + fix,
    ]


def test_a_correction_is_put_in_and_kept_from_going_stale(corrected):
    assert evidence.load("readings", corrected).at[2, "value"] == 18.72
    assert evidence.raw_cells("readings", corrected).at[2, "value"] == "18.27"
    edit(corrected, "readings", "18.27", "18.72")
    assert lines(corrected) == [
        "data/corrections.csv, row 2, column expect: found “18.27”, expected “18.72”, which is "
        "what data/readings.csv, row 4, column value says; the correction is stale: look at the "
        "source again, then fix or remove this row"
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("readings-003", "readings-903", "column id: found “readings-903”, expected a row of data"),
        (",value", ",worth", "column field: found “worth”, expected a column of that table"),
    ],
)
def test_a_correction_of_nothing_is_stale(corrected, old, new, expected):
    edit(corrected, "corrections", old, new)
    (line,) = lines(corrected)
    assert line.startswith(f"data/corrections.csv, row 2, {expected}")


def test_the_cells_handed_out_are_the_callers_own(base):
    cells = evidence.Base(base).text("readings")
    cells.loc[2, "value"] = "1"
    cells["more"] = ""
    assert evidence.Base(base).text("readings").at[2, "value"] == "40.5"
    assert "more" not in evidence.Base(base).text("readings")


def test_root_is_found_from_below_and_its_absence_explained(base, tmp_path_factory):
    assert evidence.find_root(base / "data" / "questions") == base
    with pytest.raises(evidence.EvidenceError, match=r"datapackage\.json"):
        evidence.find_root(tmp_path_factory.mktemp("empty"))


def test_unknown_table(base):
    with pytest.raises(evidence.EvidenceError, match="found “nothing”, expected one of sources"):
        evidence.load("nothing", base)


def test_a_package_that_is_no_json(base):
    (base / "data" / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match=r"datapackage\.json: expected a readable"):
        evidence.check(base)


PRINTABLE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20)


def tiny_project(folder: Path, rows: list[tuple]) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    fields = [
        {"name": "id", "type": "string", "constraints": {"required": True, "unique": True}},
        {"name": "words", "type": "string"},
        {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
        {"name": "month", "type": "yearmonth"},
    ]
    schema = {"fields": fields, "primaryKey": ["id"]}
    package = {"resources": [{"name": "tiny", "path": "tiny.csv", "schema": schema}]}
    (folder / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with (folder / "data" / "tiny.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field["name"] for field in fields])
        writer.writerows(rows)
    return folder


@given(
    st.lists(
        st.tuples(
            PRINTABLE,
            st.floats(0, 100),
            st.dates().map(lambda day: f"{max(day.year, 1900):04d}-{day.month:02d}"),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_read(tmp_path_factory, values):
    rows = [(f"row-{i}", *value) for i, value in enumerate(values)]
    project = tiny_project(tmp_path_factory.mktemp("tiny"), rows)
    table = evidence.load("tiny", project)
    months = table["month"].dt.strftime("%Y-%m")
    read = zip(table["id"], table["words"], table["share"], months, strict=True)
    assert list(read) == rows


@given(st.floats(100.001, 1e6) | st.floats(-1e6, -0.001))
def test_no_share_outside_0_to_100(tmp_path_factory, share):
    project = tiny_project(tmp_path_factory.mktemp("tiny"), [("a", "", share, "2021-09")])
    with pytest.raises(evidence.EvidenceError, match="column share"):
        evidence.load("tiny", project)
