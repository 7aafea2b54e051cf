"""The schema of results.json: it takes what results write, and nothing that lacks a field."""

import json
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

import graymarket.results
from graymarket.results import Results, as_json
from graymarket.wording import Wording

SCHEMA = json.loads(
    Path(graymarket.results.__file__).with_name("results.schema.json").read_text(encoding="utf-8")
)
ROWS = "claims/claim-01"


def written():
    """A file with a result of each type."""
    results = Results("2021-09", "CUB")
    results.quantity("share", 18.27, "percent", "A share", ROWS)
    results.range("interval", 10, 19, "percent", "A range", ROWS, kind="estimated", level=95)
    results.verdict("effect", "prohibited", "An effect", ROWS)
    results.moment("lock", pd.Timestamp("2021-09-01"), "A month", ROWS)
    results.names("places", [("CUB", "Cuba")], "Places", ROWS)
    results.label("maker", "Xiaomi", "A maker", ROWS)
    results.several("all", [results["share"]], "Several", ROWS, about="names")
    text = Wording().text
    return {
        "title": "T",
        "edition": "2026-12",
        "date": "2026-12-01",
        "results": {
            f"subject/{name}": as_json(one) | {"text": str(text(one))}
            for name, one in results.items()
        },
    }


def test_every_type_of_result_is_in_the_schema():
    jsonschema.validate(written(), SCHEMA)


@pytest.mark.parametrize("field", ["unit", "period", "definition", "kind", "lineage", "text"])
def test_a_numeric_result_without_a_field_is_refused(field):
    file = written()
    del file["results"]["subject/share"][field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"value": "18.3%"},
        {"value": None},
        {"lineage": []},
        {"kind": "guessed"},
        {"other": 1},
        {"period": ""},
        {"period": "2021.."},
        {"period": "2021-09..2021-09"},
        {"period": "2021.."},
        {"period": "2021-09..2021-09"},
    ],
)
def test_a_number_as_text_and_what_is_no_result_are_refused(change):
    file = written()
    file["results"]["subject/share"] |= change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, SCHEMA)
