"""refresh, add and edition as an analyst meets them: upstream is a server on this machine."""

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from replay import UPSTREAM, Reply, recorded
from test_apply import states
from test_comtrade import EMPTY, NAME
from test_statcounter import of_its_own
from test_worldbank import paged

from graymarket import evidence
from graymarket.cli import main
from graymarket.evidence.store import as_csv, replace
from killed import killed_at

AUGUST = json.loads(recorded("CU.json"))


def graymarket(project: Path, *arguments) -> Result:
    """A command in this process: its exit_code, stdout and stderr."""
    outcome = CliRunner().invoke(main, [*map(str, arguments), "--root", str(project)])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


def usage(month: str, factor: float = 1.0):
    """What caniuse serves for any region: Cuba's figures, under the region's own id."""

    def reply(path: str) -> Reply:
        name = path.rpartition("/")[2].removesuffix(".json").removeprefix("alt-")
        data = {b: dict(versions) for b, versions in AUGUST["data"].items()}
        data["ios_saf"] = {v: n and round(n * factor, 5) for v, n in data["ios_saf"].items()}
        total = round(sum(n or 0 for versions in data.values() for n in versions.values()), 5)
        told = {"id": name, "month": month, "data": data, "total": total}
        told = AUGUST | told
        return Reply(json.dumps(told).encode(), headers={"ETag": f'"{month}-{factor}"'})

    return reply


def vendor_file(folder: Path, name: str, header: list[str], *rows: list) -> Path:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(["Date", *header])
    csv.writer(text).writerows(rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def next_month(small_base) -> str:
    return str(pd.Period(evidence.raw_cells("usage_panel", small_base)["month"].max(), "M") + 1)


def test_a_good_month_then_no_news(project, upstream, next_month):
    upstream.on("/region-usage-json/", usage(next_month))
    before = states(project / "data")
    dry = graymarket(project, "refresh", "usage", "--dry-run")
    assert dry.exit_code == 0, dry.stderr
    added = f"data/usage_panel.csv: 12 rows added for 12 regions, {next_month}\n"
    assert added in dry.stdout and "A dry run: nothing is written." in dry.stdout
    assert states(project / "data") == before

    outcome = graymarket(project, "refresh", "usage")
    assert outcome.exit_code == 0, outcome.stderr
    assert "usage: 12 files, unchanged since last time." in outcome.stdout  # 304, and yet not lost
    assert added in outcome.stdout
    panel = evidence.raw_cells("usage_panel", project)
    assert (panel["month"] == next_month).sum() == 12
    ledger = evidence.raw_cells("additions", project).iloc[-1]
    assert ledger["address"].endswith("/region-usage-json") and ledger["rows_added"] == "12"

    after = states(project / "data")
    again = graymarket(project, "refresh", "usage")
    assert again.exit_code == 0, again.stderr
    assert "12 rows already there" in again.stdout and "No news" in again.stdout
    assert states(project / "data") == after


def test_a_published_month_with_other_values(project, upstream, small_base):
    last = evidence.raw_cells("usage_panel", small_base)["month"].max()
    upstream.on("/region-usage-json/", usage(last, factor=0.5))
    before = states(project / "data")
    outcome = graymarket(project, "refresh", "usage")
    assert outcome.exit_code == 1
    assert f"CUB/{last}, apple_share: " in outcome.stdout
    assert (
        "published figures would be overwritten, and there is no terminal to ask at"
        in outcome.stderr
    )
    assert "--yes" in outcome.stderr and "data/ is untouched" in outcome.stderr
    assert states(project / "data") == before

    meant = graymarket(project, "refresh", "usage", "--yes", "--because", "caniuse counted anew")
    assert meant.exit_code == 0, meant.stderr
    moves = evidence.raw_cells("revisions", project)
    mine = moves[moves["row"] == f"CUB/{last}"].set_index("field")
    old = evidence.raw_cells("usage_panel", small_base).set_index(["region", "month"])
    assert mine.at["apple_share", "old"] == old.at[("CUB", last), "apple_share"]
    assert set(mine["why"]) == {"caniuse counted anew"}
    assert evidence.check(project) == []


@pytest.mark.parametrize(
    "fault, said",
    [
        (Reply(recorded("CU.json"), length=9_000), "the connection broke"),
        (Reply(recorded("CU.json")[:900]), "an end in the middle"),
        (Reply(b"<!doctype html><title>Sign in</title>"), "a web page, “Sign in”"),
        (Reply(status=500), "500 Internal Server Error (tried 3 times)"),
        (Reply(recorded("CU.json"), silence=2), "no sign of life for 0.5 seconds"),
        (Reply(recorded("CU.json").replace(b'"ios_saf"', b'"ios_safari"')), "ios_saf"),
        (Reply(recorded("CU.json").replace(b'"month"', b'"period"')), "month"),
    ],
)
def test_one_bad_file_and_nothing_is_written(project, upstream, next_month, fault, said):
    upstream.on("/region-usage-json/", usage(next_month))
    upstream.on("/CU.json", fault)
    before = states(project / "data")
    outcome = graymarket(project, "refresh", "usage")
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("CU.json") and said in outcome.stderr
    assert outcome.stderr.endswith("data/ is untouched. Correct the above and run this again.\n")
    assert states(project / "data") == before


def test_trouble_that_passes_is_sat_out(project, upstream, next_month):
    upstream.on("/region-usage-json/", usage(next_month))
    good = usage(next_month)
    upstream.on("/CU.json", Reply(status=500), Reply(status=503), good)
    upstream.on("/IR.json", Reply(status=429, headers={"Retry-After": "1"}), good)
    outcome = graymarket(project, "refresh", "usage")
    assert outcome.exit_code == 0, outcome.stderr
    assert "12 rows added" in outcome.stdout


def test_a_source_that_is_none(project):
    outcome = graymarket(project, "refresh", "usages")
    assert outcome.exit_code == 2
    assert "usages: expected usage, vendors, development, trade" in outcome.stderr


def test_other_regions_vendors_and_orders_are_added_as_they_come(project, tmp_path):
    cuba = vendor_file(
        tmp_path,
        "vendor-CU-monthly-202108-202109.csv",
        ["Samsung", "Xiaomi", "Quantum", "Other"],
        ["2021-09", 40.5, 18.4, 30.1, 11],
        ["2021-08", 41, 18.27, 30, 10.73],
    )
    iran = vendor_file(
        tmp_path,
        "vendor-IR-monthly-202109-202109 (1).csv",
        ["Xiaomi", "Other", "Samsung"],
        ["2021-09", 21, 29, 50],
    )
    outcome = graymarket(project, "add", cuba, iran)
    assert outcome.exit_code == 0, outcome.stderr
    assert "11 rows added for 2 regions, 2021-08 to 2021-09" in outcome.stdout
    assert "Quantum" in outcome.stdout  # a vendor never seen is said
    shares = evidence.load("vendor_usage", project).set_index(["region", "month", "vendor"])
    assert shares.loc[("CUB", "2021-08-01", "Xiaomi"), "usage_share"] == 18.27
    assert shares.loc[("IRN", "2021-09-01", "Samsung"), "usage_share"] == 50
    assert evidence.check(project) == []


def test_a_world_bank_zip_and_a_table_of_our_own(whole_project, tmp_path):
    packed = tmp_path / "API_SP.POP.TOTL_DS2_en_csv_v2_290.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(UPSTREAM / "API_SP.POP.TOTL_DS2_en_csv_v2_290.csv", packed.stem + ".csv")
    inputs = evidence.raw_cells("inputs", whole_project).tail(1)
    row = inputs.assign(id="inputs-999", note="Tried; with a comma")
    row.to_csv(tmp_path / "mine.csv", index=False)
    outcome = graymarket(whole_project, "add", packed, tmp_path / "mine.csv", "--yes")
    assert outcome.exit_code == 0, outcome.stderr
    assert "data/world_development.csv: " in outcome.stdout
    assert "data/inputs.csv: 1 row added" in outcome.stdout
    assert "inputs-999" in set(evidence.raw_cells("inputs", whole_project)["id"])


def test_rows_of_a_table_of_our_own_get_ids_or_are_named_as_in_their_file(project, tmp_path):
    inputs = evidence.raw_cells("inputs", project).tail(1)
    rows = pd.concat([inputs.assign(id="", note=note) for note in ("One", "Another")])
    rows.to_csv(tmp_path / "mine.csv", index=False)
    outcome = graymarket(project, "add", tmp_path / "mine.csv")
    assert outcome.exit_code == 0, outcome.stderr
    last = int(inputs.iloc[0]["id"].partition("-")[2])
    added = evidence.raw_cells("inputs", project).tail(2)
    assert [*added["id"]] == [f"inputs-{last + 1:03d}", f"inputs-{last + 2:03d}"]
    before = states(project / "data")
    rows.assign(note="Third", grade=["A", "D"]).to_csv(tmp_path / "mine.csv", index=False)
    outcome = graymarket(project, "add", tmp_path / "mine.csv")
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("mine.csv, row 3, column grade: found “D”, expected one of")
    assert states(project / "data") == before


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("vendor-CU-monthly-202109-202109.csv", b"Month,Samsung\n2021-09,100\n", "Date"),
        ("page.csv", b"<!DOCTYPE html><title>Just a moment...</title>", "a web page, “Just a mom"),
        ("CU.json", recorded("CU.json")[:700], "an end in the middle"),
        ("shares.csv", b"Date,Samsung,Xiaomi\n2021-09,60,40\n2021-10,50,50\n", "--region CUB"),
    ],
)
def test_a_file_that_will_not_do_is_named(project, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    before = states(project / "data")
    outcome = graymarket(project, "add", tmp_path / name)
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith(name) and said in outcome.stderr
    assert states(project / "data") == before


def test_at_a_terminal_it_asks_and_takes_the_reason(project, tmp_path):
    cells = evidence.raw_cells("inputs", project).head(1)
    cells.assign(note="Read again").to_csv(tmp_path / "mine.csv", index=False)
    was = cells.iloc[0]["note"]
    assert "data/ is untouched." in _answered(project, tmp_path / "mine.csv", "n\n")
    assert evidence.raw_cells("inputs", project).iloc[0]["note"] == was
    said = _answered(project, tmp_path / "mine.csv", "y\nSecond look\n")
    assert "Overwrite 1 published figure?" in said
    assert evidence.raw_cells("inputs", project).iloc[0]["note"] == "Read again"
    assert evidence.raw_cells("revisions", project).iloc[-1]["why"] == "Second look"


def _answered(project: Path, file: Path, answers: str) -> str:
    """What `graymarket add FILE` says at a terminal, once `answers` are typed into it."""
    child, terminal = pty.fork()
    if child == 0:
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        try:
            main(["add", str(file), "--root", str(project)])
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.write(terminal, answers.encode())
    said = b""
    try:
        while part := os.read(terminal, 4096):
            said += part
    except OSError:
        pass  # the terminal closes when the process ends
    os.waitpid(child, 0)
    os.close(terminal)
    return re.sub(r"\s+", " ", said.decode())


def population(folder: Path, cuba: str) -> Path:
    told = (UPSTREAM / "API_SP.POP.TOTL_DS2_en_csv_v2_290.csv").read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(told) if line.startswith('"Cuba"'))
    cells = next(csv.reader([told[at]]))
    cells[next(i for i in range(len(cells) - 1, 0, -1) if cells[i])] = cuba
    told[at] = ",".join(f'"{cell}"' for cell in cells)
    path = folder / "API_SP.POP.TOTL_DS2_en_csv_v2_290.csv"
    path.write_text("\n".join(told) + "\n", encoding="utf-8")
    return path


def test_a_refused_figure_of_a_file_without_rows_is_named_by_its_key(project, tmp_path):
    outcome = graymarket(project, "add", population(tmp_path, "-5"), "--yes")
    assert outcome.exit_code == 1
    key = r"CUB/SP\.POP\.TOTL/\d{4}"
    assert re.match(rf"API_SP\S+\.csv, {key}, column value: found “-5”", outcome.stderr)


def test_a_file_given_twice_counts_once(project, tmp_path):
    row = evidence.raw_cells("inputs", project).head(1).assign(id="", note="One")
    row.to_csv(tmp_path / "mine.csv", index=False)
    twice = tmp_path / "mine.csv", tmp_path / ".." / tmp_path.name / "mine.csv"
    outcome = graymarket(project, "add", *twice)
    assert outcome.exit_code == 0, outcome.stderr
    assert evidence.raw_cells("additions", project).iloc[-1]["file"] == "mine.csv"
    again = graymarket(project, "add", tmp_path / "mine.csv")
    assert "1 row already there" in again.stdout and "No news" in again.stdout


def test_no_reason_is_invented(project, tmp_path):
    row = evidence.raw_cells("inputs", project).head(1)
    row.assign(note="Read again").to_csv(tmp_path / "mine.csv", index=False)
    assert graymarket(project, "add", tmp_path / "mine.csv", "--yes").exit_code == 0
    assert evidence.raw_cells("revisions", project).iloc[-1]["why"] == "No reason given"


def test_a_shell_within_data_stays_where_it_is(project, tmp_path, monkeypatch):
    row = evidence.raw_cells("inputs", project).head(1).assign(id="", note="One")
    row.to_csv(tmp_path / "mine.csv", index=False)
    command = f"{sys.executable} -m graymarket.cli add ../mine.csv && cat additions.csv"
    outcome = subprocess.run(
        ["bash", "-c", command], cwd=project / "data", capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "Written to data/.\nNext: graymarket build, or make report.\n" in outcome.stdout
    assert outcome.stdout.endswith((project / "data" / "additions.csv").read_text("utf-8"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_what_a_killed_run_left_is_undone_by_the_next(project):
    before = states(project / "data")
    cells = evidence.raw_cells("inputs", project)
    files = {"inputs.csv": as_csv(cells.assign(note="Changed"))}
    assert killed_at(4, lambda on_step: replace(project, files, on_step))
    assert states(project / "data") != before
    outcome = graymarket(project, "check")
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stdout.startswith("A run that was killed left data/ half written")
    assert states(project / "data") == before


def test_a_dry_run_says_what_would_be_refused(project, upstream, next_month):
    upstream.on("/region-usage-json/", usage(next_month))
    inputs = project / "data" / "inputs.csv"
    inputs.write_text(inputs.read_text("utf-8").replace(",percent,", ",per cent,", 1), "utf-8")
    before = states(project / "data")
    outcome = graymarket(project, "refresh", "usage", "--dry-run")
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("data/inputs.csv, row ") and "per cent" in outcome.stderr
    assert states(project / "data") == before


def test_all_sources_at_once(project, upstream, next_month):
    upstream.on("/region-usage-json/", usage(next_month))
    upstream.on("/chart.php", of_its_own)
    upstream.on("region_hidden=ww", recorded("vendor-ww-monthly-201003-202405.csv"))
    upstream.on("/v2/country/all/indicator/", paged)
    upstream.on("/public/v1/preview/C/A/HS?", EMPTY)
    upstream.on("partnerCode=192", recorded(NAME))
    outcome = graymarket(project, "refresh", "--yes")
    assert outcome.exit_code == 0, outcome.stderr
    for table in ("usage_panel", "vendor_usage", "trade_flows"):
        assert re.search(rf"data/{table}\.csv: [\d,]+ rows? added", outcome.stdout), table
    flows = evidence.raw_cells("trade_flows", project)
    ours = flows[flows["source_id"] == "un-comtrade"]
    assert len(ours) and ours["id"].str.fullmatch(r"trade_flows-\d{3}").all()
    assert "un-comtrade" in set(evidence.raw_cells("sources", project)["source_id"])
    assert evidence.check(project) == []
