"""The workbook: read back with openpyxl, and opened by LibreOffice if it is there."""

import datetime
import io
import re
import shutil
import subprocess
import time
import zipfile

import openpyxl
import pytest

from graymarket.publish.workbook import workbook

SOURCE = {"id": "s", "credit": "Somebody", "title": "A title", "url": "https://example.org/a?b=c"}
LEVEL = "Percent of chance that the range is meant to hold the truth; empty if it is none"
COLUMNS = ["Month", "Text", "Count", "Share", "Effect", "Known", "share ", "share"]
UNITS = ["", "", "", "percent", "points", "", "", ""]
NUMERIC = [False, False, True, True, True, False, False, False]
EFFECT = {"value": -0.6, "low": -1.25, "high": None}
VALUES = [
    ["2021-09-01", "=SUM(A1)", 1234, 0.5, EFFECT, True, None, "a"],
    ["2021-10-01", "+x", 20, None, 3, False, "", "https://example.org"],
    ["2021-11-01", "@user", -3, 18.27, None, None, None, "x" * 300],
]


def table(columns, units, numeric, values):
    described = [
        {"name": name, "unit": unit, "numeric": is_number}
        for name, unit, is_number in zip(columns, units, numeric, strict=True)
    ]
    return {
        "columns": described,
        "rows": [["printed"] * len(columns)] * len(values),
        "values": values,
    }


def exhibit(name, number):
    return {
        "id": name,
        "number": number,
        "title": "Up to 18.3% of it",
        "subtitle": "Percent, by month",
        "note": "hollow: not known.",
        "sources": [SOURCE],
        "table": table(COLUMNS, UNITS, NUMERIC, VALUES),
    }


QUANTITY = {
    "type": "quantity",
    "value": 18.27,
    "low": 10,
    "high": 19.5,
    "level": 80,
    "unit": "percent",
    "period": "2021-09",
    "region": "CUB",
    "definition": "Share of phones",
    "kind": "estimated",
    "confidence": "low",
    "text": "18.3%",
    "lineage": ["t/t-1", "u/CUB"],
}
VERDICT = {
    "type": "verdict",
    "about": "door",
    "answer": "shut",
    "definition": "Whether it was shut",
    "region": "",
    "text": "it was shut",
    "lineage": ["t/t-1"],
}
MOMENT = {
    "type": "moment",
    "date": "2021-09-01",
    "end": None,
    "definition": "The lock",
    "text": "September 2021",
    "lineage": ["t/t-1"],
}


@pytest.fixture(scope="module")
def report():
    guesses = table(
        ["id", "day", "low", "count"],
        ["", "", "percent", ""],
        [False, False, True, True],
        [["a", "2026-11-23", 1.25, 7_000_000], ["=b", None, None, None]],
    )
    return {
        "title": "Book & more",
        "subtitle": "How large?",
        "edition": "2026-11",
        "date": "2026-11-24",
        "language": "en-GB",
        "fingerprint": "0123456789abcdef0123",
        "credits": ["All of it: somebody (CC BY-SA 4.0)."],
        "exhibits": [exhibit("first", 1), exhibit("a-name-that-is-far-too-long-for-a-sheet", 2)],
        "tables": [
            {
                "name": "guesses",
                "title": "Guesses",
                "description": "A row a guess",
                "table": guesses,
            }
        ],
        "calculators": [],
        "results": {"one/high": QUANTITY, "one/word": VERDICT, "two/lock": MOMENT},
    }


@pytest.fixture(scope="module")
def content(report):
    return workbook(report)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def table_rows(sheet):
    """The values of the sheet's one table, header first."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def test_same_bytes_a_while_later(report, content):
    time.sleep(2.1)  # zip files keep times in steps of two seconds
    assert workbook(report) == content


def test_one_table_a_sheet_from_column_a_without_merged_cells(book):
    assert book.sheetnames == [
        *("Cover", "Contents", "Notes", "Columns", "E01 first"),
        *("E02 a-name-that-is-far-too-long", "guesses", "results"),
    ]
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A"), sheet.title
        assert not sheet.merged_cells.ranges, sheet.title
        assert sheet.freeze_panes, sheet.title
        assert sheet["A1"].value, sheet.title
        rows = table_rows(sheet)
        assert all(any(v is not None for v in row) for row in rows), sheet.title
        assert len({str(name).lower() for name in rows[0]}) == len(rows[0]), sheet.title


def test_exhibit_has_its_words_and_sources(book):
    sheet = book["E01 first"]
    words = [cell.value for cell in sheet["A"]]
    assert words[:2] == ["Exhibit 1: Up to 18.3% of it", "Percent, by month"]
    assert "Note: Hollow: not known." in words
    source = next(cell for cell in sheet["A"] if cell.value == "Source: Somebody: A title")
    assert source.hyperlink.target == SOURCE["url"]


def test_values_are_those_of_the_exhibit_in_their_own_kind(book):
    header, *rows = table_rows(book["E01 first"])
    assert header == [
        *("Month", "Text", "Count", "Share (percent)"),
        *("Effect (points)", "Effect, low (points)", "Effect, high (points)"),
        *("Known", "share", "share (2)"),
    ]
    columns = dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))
    assert columns["Month"] == [datetime.datetime(2021, m, 1) for m in (9, 10, 11)]
    assert columns["Text"] == ["=SUM(A1)", "+x", "@user"]
    assert columns["Count"] == [1234, 20, -3]
    assert columns["Share (percent)"] == [0.5, None, 18.27]
    assert columns["Effect (points)"] == [-0.6, 3, None]
    assert columns["Effect, low (points)"] == [-1.25, None, None]
    assert columns["Effect, high (points)"] == [None, None, None]
    assert columns["Known"] == ["yes", "no", None]
    assert columns["share"] == [None, None, None]
    assert columns["share (2)"] == ["a", "https://example.org", "x" * 300]


def test_every_number_is_a_number(book):
    texts = {
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "s" and re.fullmatch(r"[-−+]?[\d,]*\.?\d+%?", cell.value)
    }
    assert texts == {"18.3%"}  # how the prose prints a result, beside the number itself


def test_no_cell_is_a_formula(book):
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}


def test_numbers_of_a_column_have_as_many_decimals_as_it_needs(book):
    for letter, form in (("A", "yyyy-mm"), ("C", "#,##0"), ("D", "#,##0.00"), ("E", "#,##0.0")):
        shown = {cell.number_format for cell in book["E01 first"][letter]} - {"General"}
        assert shown == {form}, letter


def test_columns_are_as_wide_as_their_cells_but_no_wider_than_a_screen(book):
    widths = {key: column.width for key, column in book["E01 first"].column_dimensions.items()}
    assert max(widths.values()) < 65
    assert widths["A"] < 20  # the sheet's title above it runs across


def test_tables_for_the_workbook_alone(book):
    header, first, second = table_rows(book["guesses"])
    assert header == ["id", "day", "low (percent)", "count"]
    assert first == ["a", datetime.datetime(2026, 11, 23), 1.25, 7_000_000]
    assert second == ["=b", None, None, None]


def test_results_have_a_typed_column_for_each_part(book):
    header, *rows = table_rows(book["results"])
    high, word, lock = (dict(zip(header, row, strict=True)) for row in rows)
    assert high == QUANTITY | {"subject": "one", "name": "high", "lineage": "t/t-1, u/CUB"}
    assert (word["value"], word["text"], word["type"]) == (None, "it was shut", "verdict")
    assert (lock["subject"], lock["name"], lock["period"]) == ("two", "lock", "2021-09-01")


def test_contents_lead_to_every_sheet_and_columns_are_explained(book):
    links = {cell.value: cell.hyperlink for cell in book["Contents"]["A"] if cell.hyperlink}
    for name in book.sheetnames[4:]:
        assert links[name].location == f"'{name}'!A1"
    columns = table_rows(book["Columns"])
    assert ["guesses", "low (percent)", "numbers", 1, "percent"] in columns
    assert ["results", "level", "numbers", 2, LEVEL] in columns
    assert ["E01 first", "Month", "dates", 0, None] in columns


def test_title_language_and_date_are_declared(content, book):
    assert book.properties.title == "Book & more: How large?"
    assert book.properties.language == "en-GB"
    assert book.properties.created == datetime.datetime(2026, 11, 24)
    cover = [cell.value for cell in book["Cover"]["A"]]
    assert "Book & more: How large? Edition 2026-11, 24 November 2026." in cover
    assert "All of it: somebody (CC BY-SA 4.0)." in cover


def test_asks_no_network(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]


def test_opens_in_libreoffice(content, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("no soffice on PATH (Debian, Ubuntu: apt-get install libreoffice-calc)")
    path = tmp_path / "tables.xlsx"
    path.write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", every_sheet, "--outdir", tmp_path, path],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shown = (tmp_path / "tables-E01 first.csv").read_text(encoding="utf-8")
    assert "=SUM(A1),1234,0.5,-0.6,-1.25,,yes,," in shown
    assert len(list(tmp_path.glob("tables-*.csv"))) == 8
