"""The workbook: read back with openpyxl, and opened by LibreOffice if it is there."""

import datetime
import io
import shutil
import subprocess
import time
import zipfile

import openpyxl
import pandas as pd
import pytest

from graymarket.publish.workbook import workbook

SOURCE = {"id": "s", "credit": "Somebody", "title": "A title", "url": "https://example.org/a?b=c"}
LINE = {"file": "data/t.csv", "key": "t-1", "rows": 1, "text": "x", "sources": [SOURCE]}
OTHER = LINE | {"file": "data/u.csv", "key": "CUB"}
ROWS = [
    ["2021-09-01", "=SUM(A1)", 1234, 0.5, "1,234", "66%", True, None],
    ["2021-10-01", "+1", 20, None, "−0.6", "8%", False, ""],
    ["2021-11-01", "@user", -3, 18.27, "+2.50", "15.5%", None, "https://example.org"],
    ["2021-12-01", "-1-1", 0, 3.0, "", "1", True, "x" * 300],
]
COLUMNS = ["Month", "Text", "Count", "Share, %", "Printed", "Mixed", "Known", "share, % "]
NUMERIC = [False, False, True, True, True, True, False, False]


def exhibit(name, number):
    return {
        "id": name,
        "number": number,
        "title": "Up to 18.3% of it",
        "subtitle": "Percent, by month",
        "note": "hollow: not known.",
        "sources": [SOURCE],
        "table": {"columns": COLUMNS, "numeric": NUMERIC, "rows": ROWS},
    }


@pytest.fixture(scope="module")
def report():
    return {
        "title": "Book & more",
        "subtitle": "How large?",
        "edition": "2026-11",
        "date": "2026-11-24",
        "inputs": "0123456789abcdef0123",
        "credits": ["All of it: somebody (CC BY-SA 4.0)."],
        "exhibits": [exhibit("first", 1), exhibit("a-name-that-is-far-too-long-for-a-sheet", 2)],
        "results": {
            "one/high": {"text": "18.3%", "value": 18.27, "basis": [LINE]},
            "one/word": {
                "text": "three",
                "value": "three",
                "basis": [LINE, LINE | {"key": ""}, OTHER],
            },
        },
    }


@pytest.fixture(scope="module")
def tables():
    frame = pd.DataFrame(
        {
            "id": ["a", "=b"],
            "day": pd.to_datetime(["2026-11-23", None]),
            "low": [1.25, float("nan")],
            "count": pd.array([7_000_000, None], dtype="Int64"),
        }
    )
    columns = {"low": "the least"}
    frame.attrs |= {"title": "Guesses", "description": "One row a guess", "columns": columns}
    return {"guesses": frame}


@pytest.fixture(scope="module")
def content(report, tables):
    return workbook(report, tables)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def table_rows(sheet):
    """The values of the sheet's one table, header first."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def test_same_bytes_a_while_later(report, tables, content):
    time.sleep(2.1)  # zip files keep times in steps of two seconds
    assert workbook(report, tables) == content


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
    assert header == [*COLUMNS[:-1], "share, % (2)"]
    month, text, count, share, printed, mixed, known, last = map(list, zip(*rows, strict=True))
    assert month == [datetime.datetime(2021, m, 1) for m in (9, 10, 11, 12)]
    assert text == [row[1] for row in ROWS]
    assert count == [1234, 20, -3, 0]
    assert share == [0.5, None, 18.27, 3.0]
    assert printed == [1234, -0.6, 2.5, None]
    assert mixed == ["66%", "8%", "15.5%", "1"]
    assert known == ["yes", "no", None, "yes"]
    assert last == [None, None, "https://example.org", "x" * 300]


def test_no_cell_is_a_formula(book):
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}


def test_numbers_are_shown_as_printed(book):
    shown = [cell.number_format for cell in book["E01 first"]["E"]]
    assert [form for form in shown if form != "General"][:3] == ["#,##0", "0.0", "+0.00;-0.00"]


def test_passed_table_and_results(book):
    header, first, second = table_rows(book["guesses"])
    assert header == ["id", "day", "low", "count"]
    assert first == ["a", datetime.datetime(2026, 11, 23), 1.25, 7_000_000]
    assert second == ["=b", None, None, None]
    assert table_rows(book["results"])[1:] == [
        ["one/high", "18.3%", 18.27, "t-1"],
        ["one/word", "three", "three", "t-1, t, u/CUB"],
    ]


def test_contents_lead_to_every_sheet_and_columns_are_explained(book):
    links = {cell.value: cell.hyperlink for cell in book["Contents"]["A"] if cell.hyperlink}
    for name in book.sheetnames[4:]:
        assert links[name].location == f"'{name}'!A1"
    columns = table_rows(book["Columns"])
    assert ["guesses", "low", "numbers", 1, "the least"] in columns
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
    assert "=SUM(A1),1234,0.5,1234,66%,yes,\n" in shown
    assert len(list(tmp_path.glob("tables-*.csv"))) == 8
