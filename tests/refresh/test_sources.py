"""Several sources at once, and files given by hand: what they are, or what they look like."""

import contextlib
import csv
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from replay import TODAY, UPSTREAM, Reply, complaint, downloaded, recorded

from graymarket.evidence import EvidenceError
from graymarket.refresh.sources import SOURCES, collect, recognise

VENDORS = "vendor-ww-monthly-201003-202405.csv"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("CU.json", "usage_panel"),
        (VENDORS, "vendor_usage"),
        ("SP.POP.TOTL.json", "world_development"),
        ("API_SP.POP.TOTL_DS2_en_csv_v2_290.csv", "world_development"),
        ("databank.csv", "world_development"),
        ("exports-to-CUB.json", "trade_flows"),
    ],
)
def test_the_content_tells_what_a_file_is(root, name, table):
    region = "world" if name == VENDORS else None
    (dataset,) = recognise(downloaded("renamed.dat", recorded(name), region), root)
    assert dataset.table == table and len(dataset.rows)


FILES = [path.name for path in sorted(UPSTREAM.iterdir())]


@given(name=st.sampled_from(FILES), part=st.floats(0, 0.999))
def test_a_file_cut_anywhere_gives_no_value_that_the_whole_has_not(root, name, part):
    whole = recorded(name)
    region = "world" if name.startswith("vendor") else None
    try:
        found = recognise(downloaded(name, whole[: int(part * len(whole))], region), root)
    except EvidenceError:
        return
    assert name.endswith(".csv")
    rows = {tuple(row) for d in found for row in d.rows.values.tolist()}
    known = recognise(downloaded(name, whole, region), root)
    assert rows <= {tuple(row) for d in known for row in d.rows.values.tolist()}


@given(name=st.sampled_from(FILES), place=st.floats(0, 1), noise=st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_but_never_trips(root, name, place, noise):
    content = recorded(name)
    at = int(place * len(content))
    damaged = content[:at] + noise + content[at + len(noise) :]
    with contextlib.suppress(EvidenceError):
        recognise(downloaded(name, damaged), root)


@pytest.mark.parametrize("form", ["as it is", "turned round", "semicolons and a mark", "quotes"])
@pytest.mark.parametrize("table", ["taxes", "timeline", "trade_flows"])
def test_a_table_of_our_own(root, table, form):
    known = pd.read_csv(root / "data" / f"{table}.csv", dtype=str, keep_default_na=False)
    columns = known.columns[::-1] if form == "turned round" else known.columns
    mark = form == "semicolons and a mark"
    text = known[columns].to_csv(
        index=False,
        sep="," if form in ("as it is", "turned round") else ";",
        quoting=csv.QUOTE_ALL if form == "quotes" else csv.QUOTE_MINIMAL,
    )
    content = text.encode("utf-8-sig" if mark else "utf-8")
    (dataset,) = recognise(downloaded("mine.csv", content), root)
    assert dataset.table == table
    assert dataset.rows.equals(known)


def test_a_table_of_our_own_with_a_column_renamed(root):
    content = (root / "data" / "taxes.csv").read_bytes().replace(b"region", b"country", 1)
    message = complaint(recognise, downloaded("mine.csv", content), root)
    assert "mine.csv, row 1, column region: expected this column" in message
    assert "mine.csv, row 1, column country: expected only the columns" in message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found “nothing: the file is empty”, expected a JSON file of caniuse"),
        (b" \n\n", "file is empty"),
        (b'""\n', "expected a JSON file of caniuse"),
        (b"<html><body>", "found “a web page without a title”"),
        (b"%PDF-1.7 ...", "found “a PDF”"),
        (b"PK\x03\x04 half", "found “a damaged zip file”"),
        (b"\xd0\xcf\x11\xe0....", "found “an old Excel workbook”"),
        (b"a,b\n1,2\n", "row 1: found “the columns a, b”, expected a JSON file of caniuse"),
        (b'{"a": 1}', "found “JSON of another form: a”"),
        (b"[1, 2]", "found “JSON of another form: a list”"),
        (b'{"a": NaN}', "found “NaN is no number”"),
        (b"[" * 100_000, "expected a JSON file of caniuse"),
        (b"Date,Apple\n2024-03,\xff\n", "row 2: found “byte 0xff”, expected text in UTF-8"),
        (b'Date,Apple\n2024-03,"4', "is a quote left open"),
    ],
)
def test_anything_else_is_named(root, content, said):
    message = complaint(recognise, downloaded("x.csv", content), root)
    assert message.startswith("x.csv") and said in message


def test_an_excel_workbook_is_named(root):
    message = complaint(
        recognise, downloaded("tables.xlsx", (root / "report" / "tables.xlsx").read_bytes()), root
    )
    assert "found “an Excel workbook”" in message and "save it as “CSV UTF-8”" in message


def test_a_region_given_must_be_the_files(root):
    message = complaint(recognise, downloaded("CU.json", region="IRN"), root)
    assert "found “CUB”, expected rows of the region given, IRN, alone" in message


def test_every_problem_of_every_source_at_once(project, upstream):
    upstream.on("/region-usage-json/", Reply(status=403))
    upstream.on("/chart.php", b"<html><title>Blocked</title>")
    upstream.on("/v2/country/", json.dumps([{"message": [{"key": "k", "value": "v"}]}]).encode())
    upstream.on("/public/v1/preview/", Reply(b'{"error": "Rate limit"}'))
    message = complaint(collect, project, SOURCES, TODAY)
    for said in ("403 Forbidden", "“Blocked”", "message k: v", "Rate limit"):
        assert said in message


def test_an_address_is_missed(project):
    path = project / "data" / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace('"upstream"', '"up"'), encoding="utf-8")
    message = complaint(collect, project, ["usage"], TODAY)
    assert message == "data/datapackage.json: expected “title” in resource usage_panel, “upstream”"


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("usage_panel", "CUB,2031-05,50,20,3,98,caniuse-region-usage",
         "column month: found “2031-05”, expected a month that has begun"),
        ("usage_panel", "CUB,2026-13,50,20,3,98,caniuse-region-usage",
         "column month: found “2026-13”, expected a month as YYYY-MM"),
        ("world_development", "CUB,SP.POP.TOTL,2020,1e999,world-bank-wdi",
         "column value: found “1e999”, expected a number such as 18.27"),
        ("world_development", "CUB,SP.POP.TOTL,2035,11000000,world-bank-wdi",
         "column year: found “2035”, expected a year that has begun"),
        ("vendor_usage", "CUB,2021-08,xiaomi,18.27,statcounter-global-stats",
         "column vendor: found “xiaomi”, expected “Xiaomi”, as data/ spells it"),
    ],
)  # fmt: skip
def test_what_a_table_of_our_own_cannot_hold(root, table, row, said):
    header = (root / "data" / f"{table}.csv").read_text(encoding="utf-8").split("\n")[0]
    content = f"{header}\n{row}\n".encode()
    assert complaint(recognise, downloaded("mine.csv", content), root) == f"mine.csv, row 2, {said}"


def test_a_note_full_of_semicolons_parts_no_cells(root):
    known = pd.read_csv(root / "data" / "taxes.csv", dtype=str, keep_default_na=False)
    known["note"] = "a; b; c; d; e; f; g; h; i; j; k; l; m; n; o; p; q; r; s; t; u; v; w; x; y; z"
    content = known.to_csv(index=False).encode()
    (dataset,) = recognise(downloaded("mine.csv", content), root)
    assert dataset.table == "taxes" and dataset.rows.equals(known)
