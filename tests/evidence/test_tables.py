"""Tables in: what is good loads as typed, what is bad is named to the cell."""

import csv
import io
import json
import shutil
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence


@pytest.fixture
def copy(root, tmp_path) -> Path:
    """A project of nothing but a copy of data/, free to be broken."""
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path


@pytest.fixture
def uncorrected(copy) -> Path:
    """The same with no correction in it."""
    path = copy / "data" / "corrections.csv"
    path.write_text(path.read_text(encoding="utf-8").split("\n")[0] + "\n", encoding="utf-8")
    return copy


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
    report = frictionless.validate(str(root / "data" / "datapackage.json"))
    assert report.valid, report.to_summary()


def test_known_cells(root):
    panel = evidence.load("usage_panel", root)
    cuba = panel[(panel.region == "CUB") & (panel.month == "2021-09-01")].iloc[0]
    assert (cuba.mobile_share, cuba.apple_share, cuba.samsung_internet_share) == (76.7, 7.36, 3.78)
    world = evidence.load("vendor_usage", root).set_index(["month", "vendor"]).usage_share
    assert world[pd.Timestamp("2010-04-01"), "Apple"] == 33.15


def test_known_sizes(root):
    sizes = {
        resource["name"]: len(evidence.load(resource["name"], root))
        for resource in evidence.package(root)["resources"]
    }
    assert sizes["usage_panel"] >= 34_429  # up to August 2026
    assert sizes["vendor_usage"] >= 170 * 70  # months, vendors: worldwide


def test_pandas_alone_reads_the_same_values(root, uncorrected):
    for resource in evidence.package(root)["resources"]:
        plain = pd.read_csv(uncorrected / "data" / resource["path"])
        loaded = evidence.load(resource["name"], uncorrected)
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


def test_types(root):
    assert evidence.load("regions", root)["in_xiaomi_terms"].sum() == 6
    readings = evidence.load("vendor_share", root)
    assert readings["sample"].dtype == "Int64"
    assert readings["value"].dtype == "float64"
    assert readings["repeats"].notna().all()
    assert readings.set_index("id").at["vendor_share-001", "end"] == pd.Timestamp("2021-08-31")


FAULTS = [
    (
        "assumptions",
        "xiaomi_share,8,15.5,20",
        "xiaomi_share,18,15.5,20",
        "column mode: found “15.5”, expected no less than low, which is “18”",
    ),
    (
        "assumptions",
        "xiaomi_share,8,15.5,20",
        "xiaomi_share,8,15.5,200",
        "column high: found “200”, expected 0 to 100 where unit is percent",
    ),
    (
        "assumptions",
        "vendor_share/vendor_share-001 vendor_share/vendor_share-006",
        "vendor_share/vendor_share-015 vendor_share/vendor_share-006",
        "column basis: found “vendor_share/vendor_share-015”, "
        "expected no row of grade C: nothing may be built on it",
    ),
    (
        "assumptions",
        "vendor_share/vendor_share-001 vendor_share/vendor_share-006",
        "vendor_share/nobody vendor_share/vendor_share-006",
        "column basis: found “vendor_share/nobody”, "
        "expected entries that stand for rows of the base",
    ),
    (
        "assumptions",
        "inputs/inputs-026,",
        ",",
        "column basis: expected a value: this column may not be empty",
    ),
    (
        "trade_facts",
        "14315000",
        "13315000",
        "column value: found “13315000”, expected at least 14314000, "
        "the sum of trade_facts-002 and trade_facts-003",
    ),
    (
        "vendor_share",
        ",18.27,percent",
        ",118,percent",
        "column value: found “118”, expected 0 to 100 where unit is percent",
    ),
    (
        "vendor_share",
        "percent,exact,mobile page views",
        "rank,exact,mobile page views",
        "column unit: found “rank”, expected 'percent' or 'percentage_points' "
        "where metric is page_view_share",
    ),
    (
        "vendor_share",
        "vendor_share-001,CUB,Xiaomi,2021-08-01",
        "vendor_share-001,CUB,Xiaomi,2021-09-01",
        "column end: found “2021-08-31”, expected no less than start, which is “2021-09-01”",
    ),
    (
        "vendor_share",
        "vendor_share-006,CUB",
        "vendor_share-005,CUB",
        "column id: found “vendor_share-005”, "
        "expected a key that no other row has; row 6 has it too",
    ),
    (
        "vendor_share",
        "almost,not stated,,not named,,C,theusviral-com-2021",
        "almost,not stated,,not named,,C,nobody-1900",
        "column source_id: found “nobody-1900”, expected an id that stands in data/sources.csv",
    ),
    (
        "vendor_share",
        ",18.27,",
        ",18.27%,",
        "column value: found “18.27%”, expected a number such as 18.27",
    ),
    (
        "vendor_share",
        "vendor_share-001,CUB",
        "vendor_share-001,CUW1",
        "column region: found “CUW1”, expected an id that stands in data/regions.csv",
    ),
    (
        "usage_panel",
        "CUB,2021-09,",
        "CUB,2021-13,",
        "column month: found “2021-13”, expected a month as YYYY-MM",
    ),
    (
        "usage_panel",
        "CUB,2021-09,76.7,7.36",
        "CUB,2021-09,76.7,118",
        "column apple_share: found “118”, expected at most 100.5 (percent of mobile page views)",
    ),
    (
        "timeline",
        "timeline-003,2021-03-23",
        "timeline-003,2021-02-30",
        "column date: found “2021-02-30”, expected a day as YYYY-MM-DD",
    ),
    (
        "timeline",
        "timeline-003,2021-03-23",
        "timeline-003,2021-3-23",
        "column date: found “2021-3-23”, expected a day as YYYY-MM-DD",
    ),
    (
        "regions",
        "CUB,Cuba,country,CU.json,true",
        "CUB,Cuba,country,CU.json,yes",
        "column in_xiaomi_terms: found “yes”, expected true or false",
    ),
    (
        "claims",
        "claim-01,1,lock",
        "claim-01,,lock",
        "column paragraph: expected a value: this column may not be empty",
    ),
    (
        "presence",
        "presence-001,Xiaomi,CUB,",
        "presence-001,Xiaomi,",
        ": found “8 cells”, expected 9 cells",
    ),
    (
        "presence",
        "presence-001,Xiaomi,CUB,",
        "presence-001,Xiaomi,CUB,,",
        ": found “10 cells”, expected 9 cells",
    ),
    (
        "presence",
        "CUB,,2021-09",
        "CUB,,2021-13",
        "column end: found “2021-13”, expected a date as YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    (
        "presence",
        "presence-002,Xiaomi",
        'presence-002,"Xiaomi',
        ": expected well-formed CSV (',' expected after '\"': is a quote left open, or the "
        "file cut off?)",
    ),
    (
        "presence",
        "vendor,region,start",
        "vendor,region,region,start",
        "column region: expected this column once",
    ),
]


@pytest.mark.parametrize(("table", "old", "new", "expected"), FAULTS)
def test_each_fault_is_one_clear_line(copy, table, old, new, expected):
    row = edit(copy, table, old, new)
    where = f"data/{table}.csv, row {row}"
    line = where + expected if expected.startswith(":") else f"{where}, {expected}"
    assert lines(copy) == [line]
    with pytest.raises(evidence.EvidenceError) as error:
        evidence.load(table, copy)
    assert str(error.value) == line


def test_missing_column(copy):
    edit(copy, "vendor_share", "metric,", "")
    assert lines(copy) == ["data/vendor_share.csv, row 1, column metric: expected this column"]


def test_renamed_column(copy):
    edit(copy, "presence", "channel,", "chanel,")
    missing, extra = lines(copy)
    assert missing == "data/presence.csv, row 1, column channel: expected this column"
    assert extra.startswith("data/presence.csv, row 1, column chanel: expected only the columns")


def test_missing_file(copy):
    (copy / "data" / "claims.csv").unlink()
    assert lines(copy) == [
        "data/claims.csv: expected this file to be there, as datapackage.json names it"
    ]


def test_not_utf8(copy):
    path = copy / "data" / "timeline.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace("Reyes León".encode(), "Reyes León".encode("latin-1")))
    row = content[: content.index("León".encode())].count(b"\n") + 1
    assert lines(copy) == [
        f"data/timeline.csv, row {row}: found “byte 0xf3”, "
        "expected text in UTF-8 (save it as “CSV UTF-8”)"
    ]


def test_open_quote(copy):
    path = copy / "data" / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8") + 'claim-99,1,"lock', encoding="utf-8")
    (line,) = lines(copy)
    assert line.startswith("data/claims.csv, row 18: expected well-formed CSV")


def test_unused_source(copy):
    path = copy / "data" / "sources.csv"
    text = path.read_text(encoding="utf-8")
    row = "zzz,Nobody,Nothing,https://example.org,,,2026-11-23,,press,none,\n"
    path.write_text(text + row, encoding="utf-8")
    unused = (
        f"data/sources.csv, row {text.count(chr(10)) + 1}, column source_id: found “zzz”, "
        "expected an id that some other table uses"
    )
    assert lines(copy) == [unused]
    edit(copy, "usage_panel", "CUB,2021-09,76.7", "CUB,2021-09,176.7")
    assert lines(copy)[1:] == [unused]  # the worse fault comes first


def test_faults_that_may_hide_a_use_do_not_make_sources_unused(copy):
    row = edit(copy, "vendor_share", ",gizmochina-2021,", ",,")
    assert lines(copy) == [
        f"data/vendor_share.csv, row {row}, column source_id: "
        "expected a value: this column may not be empty"
    ]


def test_all_problems_at_once_and_the_worst_first(copy):
    edit(
        copy,
        "vendor_share",
        "vendor_share-001,CUB,Xiaomi,2021-08-01",
        "vendor_share-001,CUB,Xiaomi,2021-09-01",
    )
    edit(copy, "timeline", "timeline-003,2021-03-23", "timeline-003,soon")
    edit(copy, "presence", "presence-001,Xiaomi,CUB,,2021-09,none", "presence-001,Xiaomi,CUB,none")
    (copy / "data" / "claims.csv").unlink()
    assert [line.split(",")[0].split(":")[0] for line in lines(copy)] == [
        "data/claims.csv",
        "data/presence.csv",
        "data/timeline.csv",
        "data/vendor_share.csv",
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
def test_other_ways_of_saving_are_read_as_meant(copy, root, rewrite):
    path = copy / "data" / "vendor_share.csv"
    path.write_bytes(rewrite(path.read_bytes()))
    assert lines(copy) == []
    expected = evidence.load("vendor_share", root)
    pd.testing.assert_frame_equal(evidence.load("vendor_share", copy), expected)


def test_rows_count_from_the_first_line_even_if_it_is_blank(copy):
    row = edit(copy, "vendor_share", ",18.27,percent", ",118,percent")
    path = copy / "data" / "vendor_share.csv"
    path.write_bytes(b"\n\n" + path.read_bytes())
    (line,) = lines(copy)
    assert line.startswith(f"data/vendor_share.csv, row {row + 2}, column value: found “118”")


def test_a_file_cut_in_the_middle_of_a_row(copy):
    path = copy / "data" / "timeline.csv"
    content = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    content[-1] = content[-1][:25]
    path.write_text("\n".join(content), encoding="utf-8")
    first, *others = lines(copy)
    assert first.startswith(f"data/timeline.csv, row {len(content)}: found “")
    assert first.endswith("expected 11 cells; the file ends within this row: was it cut off?")
    assert all("coverage" in line or "sources.csv" in line for line in others)


def test_lost_rows_are_noticed(copy):
    path = copy / "data" / "usage_panel.csv"
    content = path.read_text(encoding="utf-8").split("\n")
    kept = [line for line in content if not line.startswith("CUB,")]
    path.write_text("\n".join(kept), encoding="utf-8")
    had = evidence.resource("usage_panel", copy)["coverage"]
    left = len([line for line in kept if line]) - 1
    rows, regions = lines(copy)
    assert f"found “{left} rows”, expected at least {had['rows']} rows, as edition" in rows
    assert f"found “{had['regions'] - 1} regions”, expected at least {had['regions']}" in regions


def test_shares_over_100_in_sum(copy):
    row = edit(copy, "vendor_share", ",42.9,", ",92.9,")
    assert lines(copy) == [
        f"data/vendor_share.csv, row {row}, column value: found “146.31 in sum”, expected at most "
        "101 in sum over the 4 rows alike in region, start, end, metric, attributed_to, source_id"
    ]


def test_a_correction_is_put_in_and_kept_from_going_stale(copy, root):
    plain = pd.read_csv(root / "data" / "vendor_share.csv").set_index("id")
    loaded = evidence.load("vendor_share", root).set_index("id")
    assert plain.at["vendor_share-041", "start"] == "2021-03-21"
    assert loaded.at["vendor_share-041", "start"] == pd.Timestamp("2021-02-20")
    edit(
        copy,
        "vendor_share",
        "vendor_share-041,IRN,Xiaomi,2021-03-21",
        "vendor_share-041,IRN,Xiaomi,2021-02-20",
    )
    (line,) = lines(copy)
    assert line.startswith("data/corrections.csv, row ")
    assert "column expect: found “2021-03-21”, expected “2021-02-20”, " in line
    assert "the correction is stale: look at the source again" in line


def test_a_correction_of_no_row_is_stale(copy):
    edit(copy, "corrections", "vendor_share-041", "vendor_share-941")
    assert (
        "column id: found “vendor_share-941”, expected a row of data/vendor_share.csv"
        in lines(copy)[0]
    )


def test_root_is_found_from_below_and_its_absence_explained(root, tmp_path):
    assert evidence.find_root(root / "notebooks") == root
    with pytest.raises(evidence.EvidenceError, match=r"datapackage\.json"):
        evidence.find_root(tmp_path)


def test_unknown_table(root):
    with pytest.raises(evidence.EvidenceError, match="one of sources, regions"):
        evidence.load("nothing", root)


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


@pytest.mark.parametrize("cell", ["Infinity", "-inf", "1e999", "NaN"])
def test_numbers_are_finite(copy, cell):
    row = edit(copy, "world_development", ",2.078140719,", f",{cell},")
    assert lines(copy) == [
        f"data/world_development.csv, row {row}, column value: found “{cell}”, expected a number "
        "such as 18.27"
    ]


def test_a_whole_number_that_is_too_long(copy):
    row = edit(copy, "world_development", ",2010,", f",{'9' * 30},")
    assert f"row {row}, column year: found “{'9' * 30}”, expected a whole number" in lines(copy)[0]


@given(st.floats(100.001, 1e6) | st.floats(-1e6, -0.001))
def test_no_share_outside_0_to_100(tmp_path_factory, share):
    project = tiny_project(tmp_path_factory.mktemp("tiny"), [("a", "", share, "2021-09")])
    with pytest.raises(evidence.EvidenceError, match="column share"):
        evidence.load("tiny", project)
