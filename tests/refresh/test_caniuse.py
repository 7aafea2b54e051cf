"""caniuse’s regions: a row each, or a message that names the field."""

import json

import pytest
from replay import TODAY, Reply, complaint, downloaded, recorded

from graymarket.refresh import caniuse
from graymarket.refresh.snapshot import Snapshot
from graymarket.refresh.sources import collect


@pytest.fixture(scope="module")
def snapshot(root):
    return Snapshot(root)


def changed(change) -> bytes:
    content = json.loads(recorded("CU.json"))
    change(content)
    return json.dumps(content).encode()


def about(path: str) -> bytes:
    """Cuba’s file with the id of the region asked for."""
    code = path.rsplit("/", 1)[1].removesuffix(".json").removeprefix("alt-")
    return changed(lambda content: content.update(id=code))


def test_cuba(snapshot):
    (dataset,) = caniuse.read(downloaded("CU.json"), snapshot)
    assert dataset.table == "usage_panel" and dataset.remarks == ()
    assert list(dataset.rows.columns) == snapshot.columns("usage_panel")
    content = json.loads(recorded("CU.json"))["data"]
    shares = {browser: sum(versions.values()) for browser, versions in content.items()}
    mobile = sum(shares[browser] for browser in shares.keys() - {
        "firefox", "chrome", "opera", "edge", "safari", "ie"
    })  # fmt: skip
    row = dataset.rows.iloc[0]
    assert (row.region, row.month, row.source_id) == ("CUB", "2026-08", "caniuse-region-usage")
    assert float(row.mobile_share) == pytest.approx(mobile, abs=0.005001)
    assert float(row.apple_share) == pytest.approx(100 * shares["ios_saf"] / mobile, abs=0.005001)
    total = json.loads(recorded("CU.json"))["total"]
    assert float(row.named_share) == pytest.approx(total, abs=0.005001)
    assert total == pytest.approx(sum(shares.values()))


def test_the_region_is_in_the_file_not_in_its_name(snapshot):
    download = downloaded("CU (1).json", recorded("alt-ww.json"))
    (dataset,) = caniuse.read(download, snapshot)
    assert list(dataset.rows.region) == ["world"]


def test_a_file_that_has_the_name_of_anothers_is_refused(snapshot):
    message = complaint(caniuse.read, downloaded("IR.json", recorded("CU.json")), snapshot)
    assert message == (
        "IR.json, column id: found “CU”, expected IR; it is not the file that its name says: "
        "fetch it again"
    )


def test_an_answer_with_another_regions_file_is_found_out(project, upstream):
    upstream.on("/region-usage-json/", lambda path: Reply(about(path)))
    upstream.on("/IR.json", recorded("CU.json"))
    message = complaint(collect, project, ["usage"], TODAY)
    assert message.startswith("IR.json, column id: found “CU”, expected IR;")


def test_a_month_that_is_not_over_is_no_row_but_a_remark(snapshot):
    content = changed(lambda c: c.update(month="2026-11"))
    (dataset,) = caniuse.read(downloaded("CU.json", content), snapshot)
    assert dataset.rows.empty
    assert dataset.remarks == ("CUB 2026-11: the month is not over, no row.",)


def test_nothing_counted_is_no_row_but_a_remark(snapshot):
    def empty(content):
        content.update(id="CX", total=0)
        content["data"] = {browser: {"1": None} for browser in content["data"]}

    (dataset,) = caniuse.read(downloaded("CX.json", changed(empty)), snapshot)
    assert dataset.rows.empty
    assert dataset.remarks == ("CXR 2026-08: nothing counted, no row.",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("month"), "CU.json, column month: expected this field"),
        (lambda c: c.update(month="2026-8"), "column month: found “2026-8”, expected a month as"),
        (lambda c: c.update(id="XX"), "column id: found “XX”, expected the id of a region"),
        (lambda c: c.update(id=["CU"]), "column id"),
        (lambda c: c["data"].pop("ios_saf"), "column data.ios_saf: expected this browser"),
        (lambda c: c["data"].pop("and_chr"), "column data.and_chr"),
        (lambda c: c["data"].update(fuchsia={"1": 0.5}), "found “fuchsia with 0.5%”"),
        (lambda c: c["data"].update(bb={"10": -1}), "column data.bb.10: found “-1”, expected a sh"),
        (lambda c: c["data"].update(bb={"10": "1"}), "column data.bb.10: found “1”"),
        (lambda c: c["data"].update(bb={"10": 60}), "found “97.98242”, expected the sum of its"),
        (lambda c: c.update(total=157.9, data=c["data"] | {"bb": {"10": 60}}), "at most 100.5"),
        (lambda c: c.update(data=[]), "expected shares by browser and version"),
    ],
)
def test_what_cannot_be_right_is_refused(snapshot, change, said):
    message = complaint(caniuse.read, downloaded("CU.json", changed(change)), snapshot)
    assert said in message


def test_an_unknown_browser_without_a_share_does_not_matter(snapshot):
    content = changed(lambda c: c["data"].update(fuchsia={"1": None, "2": 0}))
    (dataset,) = caniuse.read(downloaded("CU.json", content), snapshot)
    assert len(dataset.rows) == 1


def test_cut_off_and_web_pages_are_told_apart(snapshot):
    half = recorded("CU.json")[:2000]
    assert "found “an end in the middle" in complaint(
        caniuse.read, downloaded("CU.json", half), snapshot
    )
    page = b"<!DOCTYPE html><html><head><title>Sign in\n to GitHub</title>"
    message = complaint(caniuse.read, downloaded("CU.json", page), snapshot)
    assert "found “a web page, “Sign in to GitHub””" in message and "log in" in message
    assert "file is empty" in complaint(caniuse.read, downloaded("CU.json", b""), snapshot)


def test_a_good_month_of_all_regions(whole_project, upstream):
    upstream.on("/region-usage-json/", lambda path: Reply(about(path), headers={"ETag": '"8"'}))
    steps = []
    datasets, news = collect(whole_project, ["usage"], TODAY, lambda *step: steps.append(step))
    assert len(datasets) == 242 and steps[-1] == ("usage", 242, 242)
    assert news == {"usage": ["242 files, 242 of them new or changed."]}
    again, news = collect(whole_project, ["usage"], TODAY)
    assert news == {"usage": ["242 files, unchanged since last time."]}
    assert [d.rows.to_csv() for d in again] == [d.rows.to_csv() for d in datasets]


def test_a_region_no_longer_served_is_news_and_many_are_a_problem(project, upstream):
    upstream.on("/region-usage-json/", lambda path: Reply(about(path)))
    upstream.on("/SY.json", Reply(b"404: Not Found", 404))
    datasets, news = collect(project, ["usage"], TODAY)
    assert len(datasets) == 11
    assert news["usage"][1] == "No longer there: SYR. Their rows stay as they are."
    upstream.on("/IR.json", Reply(b"404: Not Found", 404))
    message = complaint(collect, project, ["usage"], TODAY)
    assert "found “2 of 12 not there”, expected a file for nearly every region" in message


def test_a_broken_body_never_counts_as_seen(project, upstream):
    upstream.on("/region-usage-json/", lambda path: Reply(about(path), headers={"ETag": '"8"'}))
    half = Reply(recorded("CU.json")[:500], headers={"ETag": '"half"'})
    upstream.on("/CU.json", half)
    message = complaint(collect, project, ["usage"], TODAY)
    assert message.startswith("CU.json, row 1: found “an end in the middle")
    assert "CU.json" in complaint(collect, project, ["usage"], TODAY)  # not “unchanged”
    upstream.on("/CU.json", recorded("CU.json"))
    datasets, news = collect(project, ["usage"], TODAY)
    assert len(datasets) == 12
    assert news["usage"] == ["12 files, 1 of them new or changed."]
