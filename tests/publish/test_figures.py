"""Each exhibit as files of its own: pictures of a known size, tables and words as in the report."""

import csv
import io
import struct
import xml.etree.ElementTree as ET

import pytest

from graymarket.publish.figures import figures

SVG = (
    '<svg width="460.8pt" height="140.4pt" viewBox="0 0 460.8 140.4" '
    'xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L 460 140" style="stroke: #c8321f"/></svg>'
)
SOURCE = {"id": "s", "credit": "A & B", "title": "T", "url": "https://example.org"}
VALUES = [["a, b", 1.5], ['say "x"', None], ["=1+1", -2]]
COLUMNS = [
    {"name": "Label", "unit": "", "numeric": False},
    {"name": "Value, %", "unit": "percent", "numeric": True},
]
PRINTED = [["a, b", "1.5"], ['say "x"', "–"], ["=1+1", "−2"]]


def exhibit(name, number, svg):
    return {
        "id": name,
        "number": number,
        "title": f"More < less in {name}",
        "subtitle": "Measure, percent",
        "alt": 'Line of "x" & y',
        "note": "hollow: unknown.",
        "sources": [SOURCE, SOURCE],
        "outlined_svg": svg,
        "table": {"columns": COLUMNS, "rows": PRINTED, "values": VALUES},
    }


@pytest.fixture(scope="module")
def report():
    return {
        "title": "Book",
        "subtitle": "How large?",
        "edition": "2026-11",
        "date": "2026-11-24",
        "credits": ["All of it: somebody (CC BY-SA 4.0)."],
        "exhibits": [exhibit("first", 1, SVG), exhibit("words", 2, None), exhibit("last", 3, SVG)],
    }


@pytest.fixture(scope="module")
def files(report):
    return figures(report)


def test_same_bytes_twice(report, files):
    assert figures(report) == files


def test_charts_have_pictures_and_all_have_tables_and_text(files):
    charts = {f"{name}.{kind}" for name in ("first", "last") for kind in ("svg", "png")}
    every = {f"{n}.{kind}" for n in ("first", "words", "last") for kind in ("csv", "txt")}
    assert set(files) == charts | every | {"README.txt"}


def test_png_is_large_enough_and_white(files):
    content = files["first.png"]
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    assert width >= 1600
    assert height / width == pytest.approx((140.4 + 16) / (460.8 + 16), abs=0.01)


def test_picture_carries_its_title_and_alt_text(files):
    picture = ET.fromstring(files["last.svg"])
    name = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{name}title").text == "More < less in last"
    assert picture.find(f"{name}desc").text == picture.get("aria-label") == 'Line of "x" & y'
    assert picture.get("role") == "img"


def test_csv_is_the_table(files):
    read = list(csv.reader(io.StringIO(files["words.csv"].decode())))
    assert read[0] == ["Label", "Value, %"]
    assert read[1:] == [["" if cell is None else str(cell) for cell in row] for row in VALUES]


def test_text_says_what_a_caption_needs(files):
    text = files["words.txt"].decode()
    for words in (
        "Exhibit 2\nMore < less in words",
        "Measure, percent",
        'Line of "x" & y',
        "Source\nA & B\n",
        "Hollow: unknown.",
        "Book: How large? Edition 2026-11, 24 November 2026.",
        "All of it: somebody (CC BY-SA 4.0).",
    ):
        assert words in text, words
    assert all(f"{name} (" in files["README.txt"].decode() for name in ("first", "words", "last"))
