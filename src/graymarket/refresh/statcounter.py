"""StatCounter’s monthly shares of mobile vendors (CSV, one file a region) → vendor_usage."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from urllib.parse import urlencode

import pandas as pd

from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.reading import header_at
from graymarket.refresh.collect import Collected, Progress, collect_files
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.fetch import Request
from graymarket.refresh.formats import Look, ended, lines_of, plain, refuse, unended
from graymarket.refresh.snapshot import Snapshot, code_of

TABLE = "vendor_usage"
READS = "StatCounter’s CSV of mobile vendors by month"
SOURCE = "statcounter-global-stats"

_FIRST = pd.Period("2010-03", "M")  # StatCounter counts vendors since then
_REVISED = 3  # months asked for again: StatCounter revises its figures for 45 days
_REST = "Other"  # what a file does not name; which vendors it names depends on its months
_CHANCE = 5  # so many figures may be the same in two regions
_ANOTHERS = 0.9  # a larger part than this being the same is no chance
_LARGE = 5  # percent: a vendor that held more does not leave from one month to the next
_ALWAYS = {"Apple", "Samsung"}  # no table of phone makers is without
_LEAST, _MOST = Decimal(99), Decimal("100.5")  # the real file’s months add to 99.93 to 100.04
_NAME = re.compile(r"([a-z_]+)-([A-Za-z]{2})-([a-z]+)-([0-9]{4,8})-([0-9]{4,8})")
_CHOOSE = "on gs.statcounter.com choose Device Vendor, Mobile, Monthly and two months or more"


def collect(snapshot: Snapshot, today: date, on_progress: Progress) -> Collected:
    """One file for each region that the table or Xiaomi’s terms name, and for the world."""
    upstream = snapshot.upstream(TABLE)
    known = snapshot.cells(TABLE).groupby("region")["month"].max()
    regions = dict.fromkeys(["world", *known.index, *snapshot.terms])
    end = pd.Period(today, "M") - 1  # the current month is not over
    requests = []
    for region in regions:
        if region in snapshot.files:
            start = pd.Period(known[region], "M") - _REVISED if region in known else _FIRST
            # Over a single month the answer is of another form.
            requests.append(_request(upstream.address, region, min(start, end - 1), end, snapshot))
    collected = collect_files(snapshot, upstream, requests, read, today, on_progress)
    collected.problems += [
        Problem(upstream.address, "shares of every region asked for", value=f"no {name}")
        for name in collected.missing
    ]
    collected.problems += _twins(collected.datasets)
    return collected


def _request(
    address: str, region: str, start: pd.Period, end: pd.Period, snapshot: Snapshot
) -> Request:
    code, first, last = code_of(snapshot.files[region]), f"{start:%Y%m}", f"{end:%Y%m}"
    query = {
        "device": "Mobile",
        "device_hidden": "mobile",
        "statType_hidden": "vendor",
        "region_hidden": code,
        "granularity": "monthly",
        "statType": "Device Vendor",
        "region": snapshot.regions.at[region, "name"],
        "fromInt": first,
        "toInt": last,
        "fromMonthYear": f"{start:%Y-%m}",
        "toMonthYear": f"{end:%Y-%m}",
        "csv": "1",
    }
    # The name is that of the same file downloaded by hand.
    return Request(f"vendor-{code}-monthly-{first}-{last}.csv", f"{address}?{urlencode(query)}")


def _twins(datasets: list[Dataset]) -> Iterator[Problem]:
    """Regions with one and the same file: nothing within says where it is about."""
    first: dict[str, str] = {}
    for dataset in datasets:
        name, content = dataset.download.name, dataset.download.sha256
        if content in first and not dataset.rows.empty:
            value = f"the very file of {first[content]}"
            fix = (
                "has StatCounter changed its parameters? See src/graymarket/refresh/statcounter.py"
            )
            yield Problem(name, "figures of its own region", value=value, fix=fix)
        first.setdefault(content, name)


def recognise(look: Look) -> bool:
    """Whether a file that looks like this is one of StatCounter’s downloads, of any statistic."""
    return bool(look.lines) and (look.lines[0][:1] == ["Date"] or bool(_NAME.match(look.name)))


def read(download: Download, snapshot: Snapshot) -> list[Dataset]:
    """The rows of one region, by month and vendor; the region from the file’s name, or as given.

    Raises EvidenceError for other statistics, other periods, a file that is not whole, another
    region’s figures, or a large vendor that the file no longer names (see _refuse_gone).
    """
    region = _region(download, snapshot)
    vendors, months = _table(download, snapshot)
    empty = {month for month, shares in months.items() if {*shares} == {"0"}}
    left_out = _left_out(months, f"{download.accessed:%Y-%m}", empty)
    coarser = _coarser(vendors, region, snapshot) & months.keys() - left_out.keys()
    lines = [
        [region, month, vendor, share, SOURCE]
        for month in sorted(months.keys() - left_out.keys())
        for vendor, share in sorted(zip(vendors, months[month], strict=True))
        if not (vendor == _REST and month in coarser)
    ]
    rows = pd.DataFrame(lines, columns=snapshot.columns(TABLE), dtype=str)
    _refuse_anothers(rows, region, snapshot, download)
    _refuse_gone(rows, vendors, region, snapshot, download)
    remarks = (
        *_summed_up(left_out),
        *_other(coarser),
        *_gaps(months, download),
        *_newcomers(vendors, snapshot),
    )
    return [Dataset(TABLE, rows, download, remarks)]


def _table(download: Download, snapshot: Snapshot) -> tuple[list[str], dict[str, list[str]]]:
    """The vendors, and month → their shares in that order; raises EvidenceError."""
    lines = lines_of(download, READS)
    top = header_at(lines)
    vendors = _vendors(lines[top], top + 1, download, snapshot)
    months: dict[str, list[str]] = {}
    problems = []
    for row, cells in enumerate(lines[top + 1 :], start=top + 2):
        if not any(cells):
            continue
        try:
            month, shares = _line(cells, row, vendors, months, download)
        except EvidenceError as error:
            problems += error.problems
            continue
        months[month] = shares
    if not ended(download):
        problems.append(unended(download, len(lines)))
    if not months and not problems:
        problems = [Problem(download.name, "a line for each month", value="none")]
    if problems:
        raise EvidenceError(problems)
    return vendors, months


def _region(download: Download, snapshot: Snapshot) -> str:
    given = download.region
    if given is not None and given not in snapshot.regions.index:
        raise refuse(download, "a region of regions.csv, such as CUB", value=given)
    match = _NAME.match(download.name)
    if match is None:
        if given is None:
            fix = "keep the name that the download had, or say which: --region CUB"
            expected = "a name that tells the region, such as vendor-CU-monthly-201801-202410.csv"
            raise refuse(download, expected, fix=fix)
        return given
    statistic, code, period = match[1], match[2], match[3]
    if statistic != "vendor":
        raise refuse(download, READS, value=f"the statistic “{statistic}”", fix=_CHOOSE)
    if period != "monthly":
        raise refuse(download, READS, value=f"{period} figures", fix=_CHOOSE)
    named = snapshot.codes.get(code)
    if named and given and given != named:
        expected = f"the region that was given, {given}"
        raise refuse(download, expected, value=f"{named}, by the file’s name")
    region = named or given
    if region is None:
        fix = "is it in regions.csv, with its usage_file? Or say which: --region CUB"
        raise refuse(download, "a region that regions.csv knows", value=code, fix=fix)
    return region


def _vendors(header: list[str], row: int, download: Download, snapshot: Snapshot) -> list[str]:
    if header[:1] != ["Date"]:
        expected, value = "“Date”, then a column for each vendor", ", ".join(header[:4])
        raise refuse(download, expected, row=row, value=value, fix=_CHOOSE)
    vendors = header[1:]
    if not _ALWAYS & {*vendors}:
        expected = "columns of phone makers, such as Samsung and Apple"
        raise refuse(download, expected, row=row, value=", ".join(vendors[:4]), fix=_CHOOSE)
    for name, known in other_spellings(vendors, snapshot).items():
        expected = f"“{known}”, as data/ spells it"
        raise refuse(download, expected, row=row, column=name, fix="was the file edited?")
    twice = sorted({name for name in vendors if vendors.count(name) > 1})
    if twice or "" in vendors:
        expected = "each vendor once, and a name for each"
        raise refuse(download, expected, row=row, value=", ".join(twice))
    return vendors


def other_spellings(vendors: Iterable[str], snapshot: Snapshot) -> dict[str, str]:
    """Vendors that data/ has in other letters, “xiaomi” → “Xiaomi”."""
    known = {name.casefold(): name for name in snapshot.cells(TABLE)["vendor"]}
    spelt = {name: known.get(name.casefold(), name) for name in vendors}
    return {name: right for name, right in spelt.items() if right != name}


def _line(
    cells: list[str],
    row: int,
    vendors: list[str],
    before: dict[str, list[str]],
    download: Download,
) -> tuple[str, list[str]]:
    """A month and its shares as the tables write them."""

    def wrong(expected: str, column: str | None, value: str, fix: str = "") -> EvidenceError:
        return EvidenceError([Problem(download.name, expected, row, column, value, fix)])

    month = cells[0]
    if not re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", month):
        raise wrong("a month as YYYY-MM", "Date", month, _CHOOSE)
    if month < str(_FIRST):
        raise wrong(f"a month from {_FIRST} on: StatCounter has none before", "Date", month)
    if month in before:
        raise wrong("each month once", "Date", month)
    if len(cells) != len(vendors) + 1:
        fix = "was the file cut off? Download it again" if len(cells) <= len(vendors) else ""
        raise wrong(f"{len(vendors) + 1} cells", None, f"{len(cells)} cells", fix)
    for vendor, cell in zip(vendors, cells[1:], strict=True):
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", cell) or Decimal(cell) > 100:
            raise wrong("a share from 0 to 100", vendor, cell)
    shares = [Decimal(cell) for cell in cells[1:]]
    total = sum(shares, Decimal(0))
    if total and not _LEAST <= total <= _MOST:
        fix = "was the file cut off or edited? Download it again"
        raise wrong(f"shares that add to about 100 in {month}", None, f"{plain(total)} in sum", fix)
    return month, [plain(share) for share in shares]


def _left_out(months: Iterable[str], current: str, empty: set[str]) -> dict[str, str]:
    """Months that give no rows, and why."""
    unfinished = {month: "the month is not over" for month in months if month >= current}
    return {month: "nothing was counted" for month in empty} | unfinished


def _refuse_anothers(
    rows: pd.DataFrame, region: str, snapshot: Snapshot, download: Download
) -> None:
    """Raise EvidenceError where nearly all figures are those that data/ has of another region.

    Compared are the months that both have: a newer file goes on where data/ ends, and a few
    figures may have been revised since.
    """
    known = snapshot.cells(TABLE)
    known = known[(known["region"] != region) & (known["usage_share"] != "0")]
    mine = rows[rows["usage_share"] != "0"]
    for other, theirs in known.groupby("region"):
        compared = mine[mine["month"].isin(theirs["month"])]
        alike = len(compared.merge(theirs, on=["month", "vendor", "usage_share"]))
        if alike > max(_CHANCE, _ANOTHERS * len(compared)):
            fix = f"is it the file of {other} under another name?"
            raise refuse(
                download, "figures of its own region", value=f"the very figures of {other}", fix=fix
            )


def _refuse_gone(
    rows: pd.DataFrame, vendors: list[str], region: str, snapshot: Snapshot, download: Download
) -> None:
    """Raise EvidenceError for a large vendor of data/ that the file ought to name and does not.

    Looked at is the last month of the region in data/ that the file reaches. A vendor that was
    large then must have a column where the file goes on after it; where the file ends with it,
    only if a large vendor that data/ has nowhere stands there instead: it may be the same. Without
    one the file is coarser, and its “Other” holds the rest.
    """
    if rows.empty:
        return
    everywhere = snapshot.cells(TABLE)
    known = everywhere[(everywhere["region"] == region) & (everywhere["vendor"] != _REST)]
    end = rows["month"].max()
    month = known.loc[known["month"] <= end, "month"].max()
    before = _large(known[known["month"] == month])
    gone = before[~before["vendor"].isin(vendors)]
    new = sorted({*_large(rows)["vendor"]} - {*everywhere["vendor"], _REST})
    if gone.empty or not (new or end > month):
        return
    if new:
        names = " or ".join(f"“{name}”" for name in new)
        fix = f"is {names} the same? Then rename the file’s column, or the rows in data/"
    elif month in {*rows["month"]}:
        fix = "was the file edited? Download it again"
    else:
        fix = f"download a file that begins in {month} or before, so that it has this column"
    columns = [
        f"a column of {vendor}, which data/ has up to {month} ({share}%)"
        for vendor, share in zip(gone["vendor"], gone["usage_share"], strict=True)
    ]
    raise EvidenceError(
        [Problem(download.name, column, fix=fix, severity=FILE) for column in columns]
    )


def _large(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["usage_share"].astype(float) > _LARGE]


def _coarser(vendors: list[str], region: str, snapshot: Snapshot) -> set[str]:
    """Months of which data/ has makers that this file does not name: its “Other” has them in it."""
    known = snapshot.cells(TABLE)
    apart = (known["region"] == region) & ~known["vendor"].isin(vendors)
    return {*known.loc[apart & (known["usage_share"] != "0"), "month"]}


def _other(coarser: set[str]) -> Iterator[str]:
    if coarser:
        yield (
            f"“{_REST}” of {_runs(coarser)} is left out: data/ has vendors apart that this file "
            "counts in it."
        )


def _summed_up(left_out: dict[str, str]) -> Iterator[str]:
    for why in sorted({*left_out.values()}):
        months = [month for month, reason in left_out.items() if reason == why]
        yield f"Left out, as {why}: {_runs(months)}."


def _gaps(months: Iterable[str], download: Download) -> Iterator[str]:
    """What the name promises and the file has not."""
    match = _NAME.match(download.name)
    if match is None:
        return
    try:
        start, end = (pd.to_datetime(m, format="%Y%m").to_period("M") for m in match.group(4, 5))
    except ValueError:
        return  # a name that promises no months
    end = min(end, pd.Period(download.accessed, "M") - 1)
    promised = [str(month) for month in pd.period_range(max(start, _FIRST), end, freq="M")]
    if lacking := {*promised} - {*months}:
        yield (
            f"The name {download.name} promises {len(promised)} months, the file lacks "
            f"{_runs(lacking)}."
        )


def _runs(months: Collection[str]) -> str:
    """Months one after the other as a run: “2020-01 … 2020-04, 2020-07 (5)”."""
    runs: list[list[pd.Period]] = []
    for month in sorted(pd.Period(month, "M") for month in months):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    text = ", ".join(
        f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )
    return f"{text} ({len(months)})" if len(months) > 3 else text


def _newcomers(vendors: list[str], snapshot: Snapshot) -> Iterator[str]:
    known = set(snapshot.cells(TABLE)["vendor"])
    for vendor in sorted({*vendors} - known):
        alike = {name.casefold(): name for name in known}
        close = get_close_matches(vendor.casefold(), alike, 1, 0.8)
        same = f" Is it the same as “{alike[close[0]]}”?" if close else ""
        yield f"A vendor never seen before: “{vendor}”.{same}"
