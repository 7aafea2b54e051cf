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
from graymarket.refresh.delivery import Delivery, Download
from graymarket.refresh.fetch import Request
from graymarket.refresh.formats import ended, lines_of, plain, refuse, unended
from graymarket.refresh.gathering import Gathered, Progress, gather
from graymarket.refresh.holdings import Holdings, code_of

TABLE = "vendor_usage"
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
_A_FILE = "StatCounter’s CSV of mobile vendors by month"
_CHOOSE = "on gs.statcounter.com choose Device Vendor, Mobile, Monthly and two months or more"


def collect(held: Holdings, today: date, on_progress: Progress) -> Gathered:
    """One file for each region that the table or Xiaomi’s terms name, and for the world."""
    upstream = held.upstream(TABLE)
    known = held.cells(TABLE).groupby("region")["month"].max()
    regions = {"world": None} | dict.fromkeys([*known.index, *held.terms])
    end = pd.Period(today, "M") - 1  # the current month is not over
    requests = []
    for region in regions:
        if region in held.files:
            start = pd.Period(known[region], "M") - _REVISED if region in known else _FIRST
            # Over a single month the answer is of another form.
            requests.append(_request(upstream.address, region, min(start, end - 1), end, held))
    gathered = gather(held, upstream, requests, read, today, on_progress)
    gathered.problems += [
        Problem(upstream.address, "shares of every region asked for", value=f"no {name}")
        for name in gathered.missing
    ]
    gathered.problems += _twins(gathered.deliveries)
    return gathered


def _request(address: str, region: str, start, end, held: Holdings) -> Request:
    code, first, last = code_of(held.files[region]), f"{start:%Y%m}", f"{end:%Y%m}"
    query = {
        "device": "Mobile",
        "device_hidden": "mobile",
        "statType_hidden": "vendor",
        "region_hidden": code,
        "granularity": "monthly",
        "statType": "Device Vendor",
        "region": held.regions.at[region, "name"],
        "fromInt": first,
        "toInt": last,
        "fromMonthYear": f"{start:%Y-%m}",
        "toMonthYear": f"{end:%Y-%m}",
        "csv": "1",
    }
    # The name is that of the same file downloaded by hand.
    return Request(f"vendor-{code}-monthly-{first}-{last}.csv", f"{address}?{urlencode(query)}")


def _twins(deliveries: list[Delivery]) -> Iterator[Problem]:
    """Regions with one and the same file: nothing within says where it is about."""
    first = {}
    for delivery in deliveries:
        name, seen = delivery.download.name, delivery.download.sha256
        if seen in first and not delivery.rows.empty:
            found = f"the very file of {first[seen]}"
            fix = (
                "has StatCounter changed its parameters? See src/graymarket/refresh/statcounter.py"
            )
            yield Problem(name, "figures of its own region", value=found, fix=fix)
        first.setdefault(seen, name)


def is_name(name: str) -> bool:
    """Whether a file is called as StatCounter calls its downloads, of any statistic."""
    return _NAME.match(name) is not None


def read(download: Download, held: Holdings, region: str | None = None) -> list[Delivery]:
    """The rows of one region, by month and vendor; the region from the file’s name, or as given.

    Raises EvidenceError for other statistics, other periods, a file that is not whole, another
    region’s figures, or a large vendor that the file no longer names (see _refuse_gone).
    """
    region = _region(download, held, region)
    lines = lines_of(download, _A_FILE)
    top = header_at(lines)
    vendors = _vendors(lines[top], top + 1, download, held)
    months, problems = {}, []
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
    empty = {month for month, shares in months.items() if {*shares} == {"0"}}
    left_out = _left_out(months, f"{download.accessed:%Y-%m}", empty)
    coarser = _coarser(vendors, region, held) & months.keys() - left_out.keys()
    remarks = (
        *_summed_up(left_out),
        *_other(coarser),
        *_gaps(months, download),
        *_newcomers(vendors, held),
    )
    rows = [
        [region, month, vendor, share, SOURCE]
        for month in sorted(months.keys() - left_out.keys())
        for vendor, share in sorted(zip(vendors, months[month], strict=True))
        if not (vendor == _REST and month in coarser)
    ]
    rows = pd.DataFrame(rows, columns=held.columns(TABLE), dtype=str)
    _refuse_anothers(rows, region, held, download)
    _refuse_gone(rows, vendors, region, held, download)
    return [Delivery(TABLE, rows, download, remarks)]


def _region(download: Download, held: Holdings, given: str | None) -> str:
    if given is not None and given not in held.regions.index:
        raise refuse(download, "a region of regions.csv, such as CUB", value=given)
    named = _NAME.match(download.name)
    if named is None:
        if given is None:
            fix = "keep the name that the download had, or say which: --region CUB"
            expected = "a name that tells the region, such as vendor-CU-monthly-201801-202410.csv"
            raise refuse(download, expected, fix=fix)
        return given
    statistic, code, period = named[1], named[2], named[3]
    if statistic != "vendor":
        raise refuse(download, _A_FILE, value=f"the statistic “{statistic}”", fix=_CHOOSE)
    if period != "monthly":
        raise refuse(download, _A_FILE, value=f"{period} figures", fix=_CHOOSE)
    region = held.codes.get(code)
    if region is None and given is None:
        fix = "is it in regions.csv, with its usage_file? Or say which: --region CUB"
        raise refuse(download, "a region that regions.csv knows", value=code, fix=fix)
    if given is not None and region is not None and given != region:
        expected = f"the region that was given, {given}"
        raise refuse(download, expected, value=f"{region}, by the file’s name")
    return region or given


def _vendors(header: list[str], row: int, download: Download, held: Holdings) -> list[str]:
    if header[:1] != ["Date"]:
        found = ", ".join(header[:4])
        raise refuse(
            download, "“Date”, then a column for each vendor", row=row, value=found, fix=_CHOOSE
        )
    vendors = header[1:]
    if not _ALWAYS & {*vendors}:
        shown = ", ".join(vendors[:4])
        expected = "columns of phone makers, such as Samsung and Apple"
        raise refuse(download, expected, row=row, value=shown, fix=_CHOOSE)
    for name, known in other_spellings(vendors, held).items():
        expected = f"“{known}”, as data/ spells it"
        raise refuse(download, expected, row=row, column=name, fix="was the file edited?")
    twice = sorted({name for name in vendors if vendors.count(name) > 1})
    if twice or "" in vendors:
        expected = "each vendor once, and a name for each"
        raise refuse(download, expected, row=row, value=", ".join(twice))
    return vendors


def other_spellings(vendors: Iterable[str], held: Holdings) -> dict[str, str]:
    """Vendors that data/ has in other letters, “xiaomi” → “Xiaomi”."""
    known = {name.casefold(): name for name in held.cells(TABLE)["vendor"]}
    spelt = {name: known.get(name.casefold(), name) for name in vendors}
    return {name: right for name, right in spelt.items() if right != name}


def _line(
    cells: list[str], row: int, vendors: list[str], before: dict, download: Download
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
    shares = []
    for vendor, cell in zip(vendors, cells[1:], strict=True):
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", cell) or Decimal(cell) > 100:
            raise wrong("a share from 0 to 100", vendor, cell)
        shares.append(Decimal(cell))
    total = sum(shares)
    if total and not _LEAST <= total <= _MOST:
        fix = "was the file cut off or edited? Download it again"
        raise wrong(f"shares that add to about 100 in {month}", None, f"{plain(total)} in sum", fix)
    return month, [plain(share) for share in shares]


def _left_out(months: Iterable[str], current: str, empty: set[str]) -> dict[str, str]:
    """Months that give no rows, and why."""
    unfinished = {month: "the month is not over" for month in months if month >= current}
    return {month: "nothing was counted" for month in empty} | unfinished


def _refuse_anothers(rows: pd.DataFrame, region: str, held: Holdings, download: Download) -> None:
    """Raise EvidenceError where nearly all figures are those that data/ has of another region.

    Compared are the months that both have: a newer file goes on where data/ ends, and a few
    figures may have been revised since.
    """
    known = held.cells(TABLE)
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
    rows: pd.DataFrame, vendors: list[str], region: str, held: Holdings, download: Download
) -> None:
    """Raise EvidenceError for a large vendor of data/ that the file ought to name and does not.

    Looked at is the last month of the region in data/ that the file reaches. A vendor that was
    large then must have a column where the file goes on after it; where the file ends with it,
    only if a large vendor that data/ has nowhere stands there instead: it may be the same. Without
    one the file is coarser, and its “Other” holds the rest.
    """
    if rows.empty:
        return
    everywhere = held.cells(TABLE)
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


def _coarser(vendors: list[str], region: str, held: Holdings) -> set[str]:
    """Months of which data/ has makers that this file does not name: its “Other” has them in it."""
    known = held.cells(TABLE)
    apart = (known["region"] == region) & ~known["vendor"].isin(vendors)
    return {*known.loc[apart & (known["usage_share"] != "0"), "month"]}


def _other(coarser: set[str]) -> Iterator[str]:
    if coarser:
        yield (
            f"“{_REST}” of {_shown(coarser)} is left out: data/ has vendors apart that this file "
            "counts in it."
        )


def _summed_up(left_out: dict[str, str]) -> Iterator[str]:
    for why in sorted({*left_out.values()}):
        months = [month for month, reason in left_out.items() if reason == why]
        yield f"Left out, as {why}: {_shown(months)}."


def _gaps(months: Iterable[str], download: Download) -> Iterator[str]:
    """What the name promises and the file has not."""
    named = _NAME.match(download.name)
    if named is None:
        return
    try:
        start, end = (pd.to_datetime(m, format="%Y%m").to_period("M") for m in named.group(4, 5))
    except ValueError:
        return  # a name that promises no months
    end = min(end, pd.Period(download.accessed, "M") - 1)
    promised = [str(month) for month in pd.period_range(max(start, _FIRST), end, freq="M")]
    if lacking := {*promised} - {*months}:
        yield (
            f"The name {download.name} promises {len(promised)} months, the file lacks "
            f"{_shown(lacking)}."
        )


def _shown(months: Collection[str]) -> str:
    """Months one after the other as a run: “2020-01 … 2020-04, 2020-07 (5)”."""
    runs = []
    for month in sorted(pd.Period(month, "M") for month in months):
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    shown = ", ".join(
        f"{run[0]} … {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )
    return f"{shown} ({len(months)})" if len(months) > 3 else shown


def _newcomers(vendors: list[str], held: Holdings) -> Iterator[str]:
    known = set(held.cells(TABLE)["vendor"])
    for vendor in sorted({*vendors} - known):
        alike = {name.casefold(): name for name in known}
        close = get_close_matches(vendor.casefold(), alike, 1, 0.8)
        same = f" Is it the same as “{alike[close[0]]}”?" if close else ""
        yield f"A vendor never seen before: “{vendor}”.{same}"
