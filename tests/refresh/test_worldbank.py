"""World Development Indicators: the same values from the API and from every download."""

import io
import json
import zipfile

import pytest
from replay import TODAY, Reply, complaint, downloaded, recorded

from graymarket.refresh import worldbank
from graymarket.refresh.snapshot import Snapshot
from graymarket.refresh.sources import collect

ANSWER = "SP.POP.TOTL.json"
SITE = "API_SP.POP.TOTL_DS2_en_csv_v2_290.csv"


@pytest.fixture(scope="module")
def snapshot(root):
    return Snapshot(root)


def zipped(how=zipfile.ZIP_STORED, **files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return packed.getvalue()


def packed_wrong() -> bytes:
    """A zip whose list is whole, but not what is packed in it."""
    content = bytearray(zipped(zipfile.ZIP_DEFLATED, a=recorded(SITE)))
    content[100:104] = b"\xff\xff\xff\xff"
    return bytes(content)


def read(name, snapshot, content=None):
    (dataset,) = worldbank.read(downloaded(name, content), snapshot)
    return dataset


def known(snapshot, years):
    cells = snapshot.cells("world_development")
    mine = cells["region"].isin(["CUB", "IRN", "AFE", "world"]) & cells["year"].isin(years)
    return cells[mine & (cells["indicator"] == "SP.POP.TOTL")].reset_index(drop=True)


def test_the_api_gives_the_rows_that_data_has(snapshot):
    dataset = read(ANSWER, snapshot)
    assert dataset.rows.equals(known(snapshot, ["2022", "2023"]))
    assert dataset.remarks == ("Left out, as data/ does not know the regions: INX.",)


def test_so_do_the_files_of_the_sites(snapshot):
    site = known(snapshot, ["2010", "2022", "2023"])
    assert read(SITE, snapshot).rows.equals(site)
    packed = zipped(**{SITE[:-4]: recorded(SITE), "Metadata_Country_API_SP": b"Country Code\n"})
    assert read("API_SP.POP.TOTL_DS2_en_csv_v2_290.zip", snapshot, packed).rows.equals(site)
    assert read("databank.csv", snapshot).rows.equals(known(snapshot, ["2022", "2023"]))


@pytest.mark.parametrize(
    ("told", "kept"),
    [("2.07814073887425", "2.078140739"), ("8141808945", "8141808945"), ("14.0", "14"),
     ("12345678901234", "12345678901234"), ("-0.5000", "-0.5"), ("0", "0"), ("1e2", "100")],
)  # fmt: skip
def test_numbers_keep_as_many_digits_as_the_table(snapshot, told, kept):
    content = json.loads(recorded(ANSWER))
    content[1][0]["value"] = 987654321
    text = json.dumps(content).replace("987654321", told).encode()
    values = read(ANSWER, snapshot, text).rows.value
    assert kept in set(values)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (ANSWER, lambda t: t[:900], "found “an end in the middle"),
        (ANSWER, lambda t: t.replace(b'"total": 10', b'"total": 12'), "expected 12 values on page"),
        (ANSWER, lambda t: t.replace(b"countryiso3code", b"iso3"), "found “no 'countryiso3code'”"),
        (ANSWER, lambda t: t.replace(b'"2022"', b'"2099"'), "found “2099”, expected a year"),
        (ANSWER, lambda t: t.replace(b"SP.POP.TOTL", b"SP.POP.1564"), "found “SP.POP.1564”"),
        (SITE, lambda t: t[:-15], "row 9: found “7 cells”, expected 9 cells; was the file cut off"),
        (SITE, lambda t: t.replace(b'"2022"', b'"2010"'), "expected each once"),
        (SITE, lambda t: t.replace(b"Country Code", b"Code"), "no line with “Country Code” found"),
        (SITE, lambda t: t.replace(b"Indicator Code", b"Indicator"), "“Series Code”, and one for"),
        ("databank.csv", lambda t: t.replace(b"..", b"n/a"), "found “n/a”, expected a number"),
        ("x.zip", lambda t: zipped(a=b"1", b=b"2"), "found “a.csv, b.csv”, expected a zip of"),
        ("x.zip", lambda t: packed_wrong(), "was it cut off? Download it again"),
        ("x.zip", lambda t: zipped(a=recorded(SITE))[:300], "was it cut off? Download it again"),
        (ANSWER, lambda t: b"<html><title>Service Unavailable</title>", "a web page, “Service Una"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(snapshot, name, change, said):
    content = change(b"" if name == "x.zip" else recorded(name))
    assert said in complaint(worldbank.read, downloaded(name, content), snapshot)


def test_an_error_that_comes_as_a_success(project, upstream):
    error = [{"message": [{"id": "120", "key": "Invalid value", "value": "Not valid"}]}]
    upstream.on("/v2/country/all/indicator/", json.dumps(error).encode())
    message = complaint(collect, project, ["development"], TODAY)
    assert "found “the World Bank’s message Invalid value: Not valid”" in message


def paged(path: str, updated="2026-10-07") -> Reply:
    """The recorded values of the indicator asked for, in pages of four."""
    indicator = path.split("/")[-1].split("?")[0]
    page = int(path.rsplit("page=", 1)[1])
    about, values = json.loads(recorded(ANSWER).replace(b"SP.POP.TOTL", indicator.encode()))
    about |= {"page": page, "pages": 3, "per_page": 4, "lastupdated": updated}
    return Reply(json.dumps([about, values[4 * page - 4 : 4 * page]]).encode())


def test_all_pages_of_all_indicators(project, upstream, snapshot):
    upstream.on("/v2/country/all/indicator/", paged)
    datasets, news = collect(project, ["development"], TODAY)
    assert len(datasets) == 7 * 3 and news["development"][0].startswith("21 files, 21 of them")
    rows = [row for d in datasets for row in d.rows.values.tolist() if row[1] == "SP.POP.TOTL"]
    assert sorted(rows) == sorted(known(snapshot, ["2022", "2023"]).values.tolist())
    assert all("date=2010%3A2026" in path for path, _ in upstream.asked)


def test_pages_of_two_updates_are_not_mixed(project, upstream):
    upstream.on("/v2/country/all/indicator/", paged)
    upstream.on("IT.CEL.SETS?", lambda path: paged(path, "2026-11-2" + path[-1]))
    message = complaint(collect, project, ["development"], TODAY)
    assert message == (
        "IT.CEL.SETS: found “3 updates”, expected pages of one and the same update; run this again"
    )
