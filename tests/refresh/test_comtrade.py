"""UN Comtrade’s flows of phones, with and without a key."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from replay import TODAY, Reply, complaint, downloaded, recorded

from graymarket.refresh import comtrade
from graymarket.refresh.snapshot import Snapshot
from graymarket.refresh.sources import collect

NAME = "exports-to-CUB.json"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def snapshot(root):
    return Snapshot(root)


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv(comtrade.KEY, raising=False)


def changed(change) -> bytes:
    content = json.loads(recorded(NAME))
    change(content)
    return json.dumps(content).encode()


EMPTY = json.dumps({"elapsedTime": "0.1 secs", "count": 0, "data": [], "error": ""}).encode()


def test_flows(snapshot):
    (dataset,) = comtrade.read(downloaded(NAME), snapshot)
    assert list(dataset.rows.columns) == snapshot.columns("trade_flows")
    dated = ["2024-01-01", "2024-12-31", "year"]
    told = ["HS2022", "exporter"]
    end = ["A", "un-comtrade"]
    assert dataset.rows.values.tolist() == [
        ["", "CHN", "CUB", *dated, "HS 851713", *told, "3214567", "41280", "units", *end, ""],
        ["", "CHN", "CUB", *dated, "HS 851714", *told, "88001", "", "", *end, ""],
        ["", "TWN", "CUB", *dated, "HS 851713", *told, "2500", "10", "units", *end,
         "Comtrade’s estimate of the quantity"],
    ]  # fmt: skip
    assert dataset.remarks == ("Left out, as data/ does not know them: _X.",)
    (source,) = dataset.sources
    assert list(source) == snapshot.columns("sources")
    assert (source["source_id"], source["accessed"]) == ("un-comtrade", "2026-11-26")


def test_imports_are_told_by_the_importer(snapshot):
    def turn(content):
        content["data"] = content["data"][:1]
        content["count"] = 1
        content["data"][0] |= {"flowCode": "M", "reporterISO": "CUB", "partnerISO": "W00"}

    (dataset,) = comtrade.read(downloaded(NAME, changed(turn)), snapshot)
    row = dataset.rows.iloc[0]
    assert (row.exporter, row.importer, row.reported_by) == ("world", "CUB", "importer")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda c: c.update(data=c["data"] * 125, count=500),
            "found “exactly 500”, expected fewer",
        ),
        (lambda c: c.update(count=9), "found “4 rows”, expected 9 rows, as it says"),
        (lambda c: c.update(error="Too many"), "found “Too many”"),
        (lambda c: c.update(data=c["data"] * 2, count=8), "expected each flow once"),
        (lambda c: c["data"][1].pop("reporterISO"), "no. 2, reporterISO: found “None”, expected"),
        (lambda c: c["data"][1].update(classificationCode="S3"), "found “S3”, expected one of H0"),
        (lambda c: c["data"][1].update(primaryValue=-1), "no. 2, primaryValue: found “-1”"),
        (lambda c: c["data"][1].update(refYear=2031), "found “2031”, expected a year that has"),
        (lambda c: c["data"][1].update(cmdCode="TOTAL"), "found “TOTAL”, expected one of 851712"),
        (lambda c: c["data"].__setitem__(1, "x"), "found “x”, expected a flow as an object"),
    ],
)
def test_what_cannot_be_right_is_refused(snapshot, change, said):
    assert said in complaint(comtrade.read, downloaded(NAME, changed(change)), snapshot)


def test_a_cut_answer_says_what_to_do(snapshot):
    content = changed(lambda c: c.update(data=c["data"] * 125))
    message = complaint(comtrade.read, downloaded(NAME, content), snapshot)
    assert "set COMTRADE_API_KEY to a key" in message and "fewer “years”" in message


def test_with_a_key_500_rows_are_just_that(project, upstream, monkeypatch):
    monkeypatch.setenv(comtrade.KEY, KEY)
    upstream.on("/data/v1/get/C/A/HS?", EMPTY)
    flows = [{"refYear": 1600 + i, "partnerISO": "CUB"} for i in range(400)]
    flows += [{"refYear": 1600 + i, "partnerISO": "CUB", "cmdCode": "851712"} for i in range(100)]
    first = json.loads(recorded(NAME))["data"][0]
    many = {"elapsedTime": "1 secs", "count": 500, "data": [first | flow for flow in flows]}
    upstream.on("partnerCode=192", json.dumps(many).encode())
    datasets, _ = collect(project, ["trade"], TODAY)
    assert max(len(dataset.rows) for dataset in datasets) == 500


def test_what_is_asked_for_without_a_key(project, upstream):
    upstream.on("/public/v1/preview/C/A/HS?", EMPTY)
    upstream.on("partnerCode=192", recorded(NAME))
    datasets, news = collect(project, ["trade"], TODAY)
    queries = [parse_qs(urlsplit(path).query) for path, _ in upstream.asked]
    sides = sorted((q["flowCode"][0], *q.get("partnerCode", []), *q.get("reportercode", []))
                   for q in queries)  # fmt: skip
    codes = ["192", "364", "408", "729", "760"]
    assert sides == [(flow, code) for flow in "MX" for code in codes]
    assert {q["period"][0] for q in queries} == {"2023,2024,2025"}
    assert len(datasets) == 10 and news["trade"] == ["10 files, 10 of them new or changed."]
    assert sum(len(d.sources) for d in datasets) == 1


def test_the_key_goes_to_the_server_and_nowhere_else(project, upstream, monkeypatch):
    monkeypatch.setenv(comtrade.KEY, KEY)
    upstream.on("/data/v1/get/C/A/HS?", EMPTY)
    collect(project, ["trade"], TODAY)
    assert all(KEY not in path for path, _ in upstream.asked)
    assert {headers["Ocp-Apim-Subscription-Key"] for _, headers in upstream.asked} == {KEY}
    for file in (project / ".cache").rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes()
    upstream.on("/data/v1/get/C/A/HS?", Reply(b"Access denied", 401))
    message = complaint(collect, project, ["trade"], TODAY)
    assert "found “401 Unauthorized”" in message and "is the key right?" in message
    assert KEY not in message


def test_a_key_that_cannot_be_one_is_not_shown(project, monkeypatch):
    monkeypatch.setenv(comtrade.KEY, "abc\ndef")
    message = complaint(collect, project, ["trade"], TODAY)
    assert message == "COMTRADE_API_KEY: expected letters, digits and hyphens alone"


def test_an_api_that_overlooks_the_question_is_found_out(project, upstream):
    upstream.on("/public/v1/preview/C/A/HS?", recorded(NAME))
    message = complaint(collect, project, ["trade"], TODAY)
    assert "exports-to-IRN.json: found “2 rows about others, such as CUB”" in message
    assert "exports-to-CUB.json" not in message
