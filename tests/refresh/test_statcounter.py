"""StatCounter’s vendors by month: the same values out as in, or a message that names the cell."""

import csv
import io
import shutil
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import TODAY, Reply, complaint, downloaded, recorded

from graymarket.refresh import statcounter
from graymarket.refresh.dataset import Download
from graymarket.refresh.snapshot import Snapshot
from graymarket.refresh.sources import collect
from graymarket.refresh.statcounter import other_spellings

NAME = "vendor-ww-monthly-201003-202405.csv"


@pytest.fixture(scope="module")
def snapshot(root):
    return Snapshot(root)


def written(header, lines) -> bytes:
    """As StatCounter writes it: the header in quotes."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(header)
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def read(name, content, snapshot, region=None):
    (dataset,) = statcounter.read(downloaded(name, content, region), snapshot)
    return dataset


def small(**changes) -> bytes:
    months = {"2024-03": ["70", "29.5", "0.5"], "2024-04": ["69.99", "30", "0"]} | changes
    return written(["Date", "Samsung", "Apple", "Other"], [[m, *s] for m, s in months.items()])


def test_the_real_file_gives_the_rows_that_data_has(snapshot):
    dataset = read(NAME, recorded(NAME), snapshot)
    known = snapshot.cells("vendor_usage")
    months = ["2010-04", "2024-03", "2024-04", "2024-05"]
    expected = known[known["month"].isin(months)].reset_index(drop=True)
    assert dataset.rows.equals(expected)
    assert dataset.remarks[0] == "Left out, as nothing was counted: 2010-03."


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)


@settings(max_examples=25, deadline=None)
@given(
    vendors=st.lists(names, max_size=6, unique=True),
    months=st.lists(
        st.tuples(st.integers(2011, 2025), st.integers(1, 12)), min_size=1, max_size=6, unique=True
    ),
    data=st.data(),
)
def test_any_table_comes_back_the_same_in_any_order(small_base, vendors, months, data):
    snapshot = Snapshot(small_base)
    # Those that data/ spells otherwise are refused, as the tests below show.
    vendors = [
        "Apple",
        *(n for n in vendors if n != "Apple" and not other_spellings([n], snapshot)),
    ]
    table = {}
    for year, month in months:
        cuts = st.lists(
            st.integers(0, 10_000), min_size=len(vendors) - 1, max_size=len(vendors) - 1
        )
        edges = [0, *sorted(data.draw(cuts)), 10_000]
        for vendor, low, high in zip(vendors, edges, edges[1:], strict=False):
            table[f"{year}-{month:02}", vendor] = (high - low) / 100
    columns = data.draw(st.permutations(vendors))
    lines = [
        [month, *(f"{table[month, vendor]:.4g}" for vendor in columns)]
        for month in dict.fromkeys(month for month, _ in table)
    ]
    rows = read(
        "vendor-CU-monthly-201101-202512.csv", written(["Date", *columns], lines), snapshot
    ).rows
    assert set(rows.region) == {"CUB"}
    found = {(r.month, r.vendor): float(r.usage_share) for r in rows.itertuples()}
    assert found == table
    assert not rows.usage_share.str.contains(r"\.\d*0$|e").any()


@pytest.mark.parametrize("name", ["vendor-CU-monthly-202403-202404 (1).csv", "vendors.csv"])
def test_where_the_file_is_about(snapshot, name):
    region = None if name.startswith("vendor-") else "CUB"
    dataset = read(name, small(), snapshot, region=region)
    assert set(dataset.rows.region) == {"CUB"} and dataset.remarks == ()


def test_a_name_that_tells_no_region(snapshot):
    message = complaint(statcounter.read, downloaded("vendors.csv", small()), snapshot)
    assert message.endswith("keep the name that the download had, or say which: --region CUB")


def test_a_region_that_contradicts_the_name(snapshot):
    download = downloaded("vendor-IR-monthly-202403-202404.csv", small(), "CUB")
    message = complaint(statcounter.read, download, snapshot)
    assert "found “IRN, by the file’s name”, expected the region that was given, CUB" in message


def test_an_excel_detour_is_undone(snapshot):
    text = b"\xef\xbb\xbfDate;Samsung;Apple\r\n2024-03;70,5;29,4\r\n2024-04;60;40\r\n"
    rows = read("vendor-CU-monthly-202403-202404.csv", text, snapshot).rows
    assert list(rows.usage_share) == ["29.4", "70.5", "40", "60"]


def test_lines_count_from_the_first_even_if_it_is_blank(snapshot):
    download = downloaded("vendor-CU-monthly-202403-202404.csv", b"\n" + small() + b"2024-05,x\n")
    assert "row 5: found “2 cells”" in complaint(statcounter.read, download, snapshot)


def test_the_current_month_is_left_out(snapshot):
    content = small(**{"2026-11": ["50", "50", "0"]})
    dataset = read("vendor-CU-monthly-202403-202404.csv", content, snapshot)
    assert dataset.remarks == ("Left out, as the month is not over: 2026-11.",)
    assert "2026-11" not in set(dataset.rows.month)


def test_months_that_the_name_promises(snapshot):
    dataset = read("vendor-CU-monthly-202403-202405.csv", small(), snapshot)
    assert dataset.remarks == (
        "The name vendor-CU-monthly-202403-202405.csv promises 3 months, the file lacks 2024-05.",
    )


def test_months_that_are_lacking_are_told_in_runs(snapshot):
    content = small(**{"2023-08": ["70", "30", "0"], "2023-10": ["70", "30", "0"]})
    dataset = read("vendor-CU-monthly-202306-202404.csv", content, snapshot)
    assert dataset.remarks[0].endswith(
        "promises 11 months, the file lacks 2023-06, 2023-07, 2023-09, 2023-11 … 2024-02 (7)."
    )


def test_vendors_never_seen_before(snapshot):
    content = written(["Date", "Apple", "Xiaomii", "Zorblax"], [["2024-03", 40, 50, 10]])
    dataset = read("vendor-CU-monthly-202403-202403.csv", content, snapshot)
    assert dataset.remarks == (
        "A vendor never seen before: “Xiaomii”. Is it the same as “Xiaomi”?",
        "A vendor never seen before: “Zorblax”.",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (small().replace(b"Date", b"Month"), "row 1: found “Month, Samsung, Apple, Other”, expec"),
        (small().replace(b"Apple", b"apple"), "column apple: expected “Apple”, as data/ spells it"),
        (small(**{"2009-01": ["70", "30", "0"]}), "expected a month from 2010-03 on"),
        (small().replace(b"Other", b"Apple"), "found “Apple”, expected each vendor once"),
        (small(**{"2024-Q3": ["70", "30", "0"]}), "row 4, column Date: found “2024-Q3”, expected"),
        (small(**{"2024-05-06": ["70", "30", "0"]}), "found “2024-05-06”, expected a month"),
        (small(**{"2024": ["70", "30", "0"]}), "found “2024”, expected a month as YYYY-MM; on gs"),
        (small() + b"2024-04,70,30,0\n", "row 4, column Date: found “2024-04”, expected each mon"),
        (small() + b"2024-05,70,3", "row 4: found “3 cells”, expected 4 cells; was the file cut"),
        (small()[:-1], "row 3: found “the end of the file”, expected an end of this line; was"),
        (small() + b"2024-05,70,3,0\n", "row 4: found “73 in sum”, expected shares that add to a"),
        (small() + b"2024-05,70,31,0\n", "found “101 in sum”"),
        (small() + b"2024-05,70,,30\n", "row 4, column Apple: found “”, expected a share"),
        (small() + b"2024-05,-1,71,30\n", "column Samsung: found “-1”"),
        (small().split(b"\n")[0] + b"\n", "found “none”, expected a line for each month"),
        (b'"Vendor","Market Share Perc. (May 2024)"\n"Apple",5\n', "two months or more"),
        (b'"Date","Chrome","Safari"\n2024-03,60,40\n', "expected columns of phone makers"),
        (b"<html><title>Just a moment...</title>", "found “a web page, “Just a moment...””"),
    ],
)
def test_what_cannot_be_right_is_refused(snapshot, content, said):
    download = downloaded("vendor-CU-monthly-202403-202404.csv", content)
    assert said in complaint(statcounter.read, download, snapshot)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("browser-CU-monthly-202403-202404.csv", "found “the statistic “browser””"),
        ("os_combined-CU-monthly-202403-202404.csv", "found “the statistic “os_combined””"),
        ("vendor-CU-quarterly-202403-202404.csv", "found “quarterly figures”"),
        ("vendor-CU-daily-20240301-20240430.csv", "found “daily figures”"),
        ("vendor-CU-yearly-2023-2024.csv", "found “yearly figures”"),
        ("vendor-QQ-monthly-202403-202404.csv", "found “QQ”, expected a region"),
    ],
)
def test_other_statistics_by_their_name(snapshot, name, said):
    assert said in complaint(statcounter.read, downloaded(name, small()), snapshot)


def of_its_own(path: str) -> Reply:
    """A file whose figures differ from region to region."""
    share = "ww CU IR SY KP SD".index(parse_qs(path)["region_hidden"][0]) + 10
    return Reply(small(**{"2024-05": [str(share), str(100 - share), "0"]}))


def test_a_server_that_overlooks_the_region_is_found_out(project, upstream):
    upstream.on("/chart.php", of_its_own)
    upstream.on("region_hidden=CU", lambda path: of_its_own(path.replace("=CU", "=ww")))
    assert complaint(collect, project, ["vendors"], TODAY).startswith(
        "vendor-CU-monthly-201003-202610.csv: found “the very file of vendor-ww-monthly-202402-"
        "202610.csv”, expected figures of its own region; has StatCounter changed its parameters?"
    )


def test_what_is_asked_for(project, upstream):
    upstream.on("/chart.php", of_its_own)
    datasets, news = collect(project, ["vendors"], TODAY)
    asked = {
        query["region_hidden"][0]: query
        for query in (parse_qs(urlsplit(path).query) for path, _ in upstream.asked)
    }
    assert asked.keys() == {"ww", "CU", "IR", "SY", "KP", "SD"}
    assert (asked["ww"]["fromInt"], asked["ww"]["toInt"]) == (["202402"], ["202610"])
    assert asked["CU"]["fromMonthYear"] == ["2010-03"] and asked["CU"]["region"] == ["Cuba"]
    assert {d.rows.region[0] for d in datasets} == {"world", "CUB", "IRN", "SYR", "PRK", "SDN"}
    assert news["vendors"][0] == "6 files, 6 of them new or changed."


def test_a_blocked_visit_is_told(project, upstream):
    page = b"<!doctype html><title>Attention Required!</title>"
    upstream.on("/chart.php", Reply(page))
    message = complaint(collect, project, ["vendors"], TODAY)
    assert message.count("a web page, “Attention Required!”") == 6


def test_other_is_left_out_where_it_hides_vendors_that_data_has(snapshot):
    """A file of few months names fewer vendors and has more under “Other”."""
    known = snapshot.cells("vendor_usage")
    may = known[(known["region"] == "world") & (known["month"] == "2024-05")]
    may = may.set_index("vendor")["usage_share"].astype(float)
    named = ["Samsung", "Apple", "Xiaomi"]
    rest = round(100 - may[named].sum(), 2)
    line = ["2024-05", *(f"{may[name]:g}" for name in named), f"{rest:g}"]
    dataset = read(NAME, written(["Date", *named, "Other"], [line]), snapshot)
    assert sorted(dataset.rows["vendor"]) == sorted(named)
    assert dataset.remarks[0] == (
        "“Other” of 2024-05 is left out: data/ has vendors apart that this file counts in it."
    )


def test_another_regions_file_under_a_new_name_is_refused(snapshot):
    name = "vendor-CU-monthly-201003-202405.csv"
    message = complaint(statcounter.read, downloaded(name, recorded(NAME)), snapshot)
    assert "found “the very figures of world”, expected figures of its own region" in message


def test_so_is_one_with_a_month_more_and_a_few_figures_revised(snapshot):
    content = recorded(NAME).replace(b",0.01,", b",0.02,", 3)
    (may,) = (line for line in content.split(b"\n") if line.startswith(b"2024-05"))
    content += may.replace(b"2024-05", b"2024-06") + b"\n"
    download = downloaded("vendor-CU-monthly-201003-202406.csv", content)
    assert "found “the very figures of world”" in complaint(statcounter.read, download, snapshot)


@pytest.fixture
def cuba(root, tmp_path):
    """Snapshot with three months of Cuba, in which Xiaomi is large and Nokia is not."""
    shutil.copytree(root / "data", tmp_path / "data")
    with (tmp_path / "data" / "vendor_usage.csv").open("a", encoding="utf-8") as table:
        for month in ("2022-10", "2022-11", "2022-12"):
            for vendor, share in [("Nokia", 4.2), ("Samsung", 40), ("Xiaomi", 18.4)]:
                table.write(f"CUB,{month},{vendor},{share},{statcounter.SOURCE}\n")
    return Snapshot(tmp_path)


def of_cuba(months, **shares) -> Download:
    content = written(["Date", *shares], [[month, *shares.values()] for month in months])
    first, last = (month.replace("-", "") for month in (months[0], months[-1]))
    return downloaded(f"vendor-CU-monthly-{first}-{last}.csv", content)


@pytest.mark.parametrize(
    ("months", "shares", "fix"),
    [
        (
            ["2023-01"],
            {"Samsung": 40.5, "Apple": 20.1, "Other": 39.4},
            "download a file that begins in 2022-12 or before, so that it has this column",
        ),
        (
            ["2022-12", "2023-01"],
            {"Samsung": 40.5, "Apple": 20.1, "Other": 39.4},
            "was the file edited? Download it again",
        ),
        (
            ["2022-10", "2022-11", "2022-12"],
            {"Samsung": 40, "Mi": 18.4, "Other": 41.6},
            "is “Mi” the same? Then rename the file’s column, or the rows in data/",
        ),
        (
            ["2023-01"],
            {"Samsung": 40, "MiPhone": 18.4, "Other": 41.6},
            "is “MiPhone” the same? Then rename the file’s column, or the rows in data/",
        ),
    ],
    ids=["later months", "overlapping and later months", "renamed", "renamed, later months"],
)
def test_a_large_vendor_that_is_gone_is_missed(cuba, months, shares, fix):
    message = complaint(statcounter.read, of_cuba(months, **shares), cuba)
    column = "expected a column of Xiaomi, which data/ has up to 2022-12 (18.4%)"
    assert message.endswith(f".csv: {column}; {fix}") and "\n" not in message


@pytest.mark.parametrize(
    ("months", "shares"),
    [
        (["2022-08", "2022-09"], {"Samsung": 40, "Mi": 18.4, "Other": 41.6}),
        (["2022-11", "2022-12"], {"Samsung": 40, "Apple": 4, "Other": 56}),
        (["2022-12", "2023-01"], {"Samsung": 40, "Xiaomi": 18, "Other": 42}),
    ],
    ids=["earlier months", "a coarser file of the same months", "a small vendor gone"],
)
def test_what_need_not_name_every_vendor(cuba, months, shares):
    (dataset,) = statcounter.read(of_cuba(months, **shares), cuba)
    assert {*dataset.rows["month"]} == {*months}
