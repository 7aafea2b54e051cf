"""A table of results: what is printed and what is kept, and what an exhibit refuses."""

import pandas as pd
import pytest

from graymarket.exhibits import EXHIBIT_MIME, SHEET_MIME, Exhibit, Sheet, panels
from graymarket.exhibits.tables import as_html, table
from graymarket.results import Label, Moment, Names, Quantity, Verdict

ROW = {"definition": "d", "lineage": ("regions/CUB",)}
DAYS = pd.to_datetime(["2021-09-01", "2021-10-01"])


def share(**ends):
    return Quantity(**ends, unit="percent", kind="estimated", **ROW)


def printed(cells, **known):
    return table(pd.DataFrame({"x": pd.Series(cells, **known)}), None, {})


@pytest.mark.parametrize(
    ("cell", "text", "value"),
    [
        (1234, "1,234", 1234),
        (-3.25, "−3.25", -3.25),
        (0, "0", 0),
        (True, "yes", True),
        (False, "no", False),
        (None, "–", None),
        (float("nan"), "–", None),
        (pd.NaT, "–", None),
        (pd.NA, "–", None),
        ("", "–", ""),
        ("text", "text", "text"),
        (pd.Timestamp("2021-09-17"), "2021-09-17", "2021-09-17"),
        (share(value=18.27), "18.3%", 18.27),
        (
            share(low=10.5, high=18.9),
            "10.5–18.9%",
            {"value": None, "low": 10.5, "high": 18.9, "unit": "percent"},
        ),
        (
            share(low=10.5, value=14, high=18.9),
            "10.5–18.9%",
            {"value": 14, "low": 10.5, "high": 18.9, "unit": "percent"},
        ),
        (
            Moment(date=pd.Timestamp("2021-09-17"), **ROW),
            "September 2021",
            "2021-09-17",
        ),
        (
            Names(items=(("CUB", "Cuba"), ("SYR", "Syria")), **ROW),
            "Cuba and Syria",
            "Cuba and Syria",
        ),
        (Label(text="Xiaomi", **ROW), "Xiaomi", "Xiaomi"),
        (Verdict(about="effect", answer="none_found", **ROW), "none found", "none found"),
    ],
)
def test_a_cell_as_printed_and_as_it_is(cell, text, value):
    shown = printed([cell], dtype=object)
    assert shown["rows"] == [[text]]
    [[kept]] = shown["values"]
    assert kept == value and type(kept) is type(value)


@pytest.mark.parametrize(
    ("days", "rows"),
    [
        (["2021-09-01", "2021-10-01"], [["2021-09"], ["2021-10"]]),
        (["2021-09-01", None], [["2021-09"], ["–"]]),
        (["2021-09-01", "2021-10-02"], [["2021-09-01"], ["2021-10-02"]]),
    ],
)
def test_days_that_all_open_a_month_are_months(days, rows):
    shown = printed(pd.to_datetime(days))
    assert shown["rows"] == rows
    assert shown["values"] == [[None if text == "–" else text] for [text] in rows]


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [
        ([1, 2], True),
        ([1.5, None], True),
        ([share(value=1), None], True),
        ([share(value=1), 2.5], True),
        ([share(value=1), "text"], False),
        (["1", "2"], False),
        ([True, False], False),
        ([None, None], False),
        (list(DAYS), False),
    ],
)
def test_a_column_of_numbers_is_numeric(cells, numeric):
    assert printed(cells)["columns"][0]["numeric"] is numeric


def test_columns_are_chosen_ordered_and_named():
    data = pd.DataFrame({"a": [1.26], "b": ["x"], "c": [2], "lineage": ["regions/CUB"]})
    shown = table(data, {"b": "Name", "a": "Share"}, {"a": "percent"})
    assert shown["columns"] == [
        {"name": "Name", "unit": "", "numeric": False},
        {"name": "Share", "unit": "percent", "numeric": True},
    ]
    assert (shown["rows"], shown["values"]) == ([["x", "1.3%"]], [["x", 1.26]])
    every = table(data, None, {})
    assert [column["name"] for column in every["columns"]] == ["a", "b", "c"]


def test_numbers_of_numpy_are_kept_as_numbers_of_python():
    data = pd.DataFrame({"whole": pd.Series([3], dtype="Int64"), "part": [0.5], "is": [True]})
    [values] = table(data, None, {})["values"]
    assert [type(value) for value in values] == [int, float, bool]


def test_a_table_in_a_notebook_is_plain_html():
    shown = table(pd.DataFrame({"a & b": ["<x>"]}), None, {})
    assert as_html(shown) == (
        "<table><thead><tr><th>a &amp; b</th></tr></thead>"
        "<tbody><tr><td>&lt;x&gt;</td></tr></tbody></table>"
    )


KNOWN = {
    "id": "one-2",
    "title": "A title",
    "subtitle": "What",
    "alt": "Table of it",
    "data": pd.DataFrame({"a": [1], "lineage": ["regions/CUB"]}),
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "One"}, "expected lower-case words and hyphens"),
        ({"id": "one--two"}, "expected lower-case words and hyphens"),
        ({"id": "one-"}, "expected lower-case words and hyphens"),
        ({"title": " "}, "title is empty"),
        ({"subtitle": ""}, "subtitle is empty"),
        ({"alt": ""}, "alt is empty"),
        ({"title": "word " * 17}, "title has over 16 words"),
        ({"data": KNOWN["data"].iloc[:0]}, "expected data and the rows it stands on"),
        ({"data": pd.DataFrame({"a": [1]})}, "expected data and the rows it stands on"),
        ({"columns": {"b": "B"}}, "no column 'b' in its data"),
        ({"units": {"b": "percent"}}, "no column 'b' in its data"),
        ({"units": {"a": "parsecs"}}, "a: no unit 'parsecs' in results.UNITS"),
    ],
)
def test_an_exhibit_that_lacks_something_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Exhibit(**(KNOWN | changes))


def test_a_title_of_sixteen_words_is_not_too_long():
    assert Exhibit(**(KNOWN | {"title": "word " * 16}))


def test_an_exhibit_stands_on_its_rows_and_what_else_it_shows():
    more = Label(text="x", definition="d", lineage=("claims/claim-01",))
    exhibit = Exhibit(**KNOWN, lineage=(more, "regions/CUB"))
    assert exhibit.rows == ("regions/CUB", "claims/claim-01")
    assert Exhibit(**(KNOWN | {"data": pd.DataFrame({"a": [1]})}), lineage="regions").rows == (
        "regions",
    )


def test_a_table_in_a_notebook_has_its_payload_and_source():
    bundle = Exhibit(**KNOWN, note="A <note>")._repr_mimebundle_()
    payload = bundle[EXHIBIT_MIME]
    assert (payload["id"], payload["lineage"]) == ("one-2", ["regions/CUB"])
    assert payload["table"]["rows"] == [["1"]]
    assert payload["svg"] is payload["marks"] is payload["native"] is None
    assert "<strong>A title</strong>" in bundle["text/html"]
    assert "Source: " in bundle["text/html"] and "A &lt;note&gt;" in bundle["text/html"]
    assert bundle["text/plain"] == "A title"


def test_a_sheet_shows_its_first_rows_and_keeps_all():
    data = pd.DataFrame({"n": range(30)})
    sheet = Sheet("numbers", "Numbers", "All", data, {"n": "N"}, {"n": "percent"})
    bundle = sheet._repr_mimebundle_()
    payload = bundle[SHEET_MIME]
    assert len(payload["table"]["values"]) == 30
    assert payload["table"]["columns"] == [{"name": "N", "unit": "percent", "numeric": True}]
    assert (payload["name"], payload["title"]) == ("numbers", "Numbers")
    assert bundle["text/html"].count("<tr>") == 21


def test_panels_are_rows_by_what_a_column_reads():
    places = [Label(text=name, **ROW) for name in ("Syria", "Cuba", "Syria")]
    parts = panels(pd.DataFrame({"place": places, "n": [1, 2, 3]}), "place")
    assert {head: list(part["n"]) for head, part in parts.items()} == {"Syria": [1, 3], "Cuba": [2]}
    assert list(parts) == ["Syria", "Cuba"]
