"""caniuse’s usage by region (JSON, one file a region) → usage_panel."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.refresh.collect import Collected, Progress, collect_files
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.fetch import Request
from graymarket.refresh.formats import Look, json_of, plain, refuse
from graymarket.refresh.snapshot import Snapshot, code_of

TABLE = "usage_panel"
READS = "a JSON file of caniuse’s region-usage-json"
SOURCE = "caniuse-region-usage"

_MOBILE = {
    "ios_saf", "android", "op_mob", "bb", "ie_mob", "kaios", "baidu", "and_ff", "and_qq",
    "and_uc", "op_mini", "and_chr", "samsung",
}  # fmt: skip
_DESKTOP = {"firefox", "chrome", "opera", "edge", "safari", "ie"}
_NEVER_MISSING = ("ios_saf", "and_chr")
_MOST = Decimal("100.5")  # rounded parts can add to a little over 100
_OFF = Decimal("0.5")  # how far the parts may be from their total


def collect(snapshot: Snapshot, today: date, on_progress: Progress) -> Collected:
    """One file for each region of regions.csv that has one."""
    upstream = snapshot.upstream(TABLE)
    requests = [
        Request(file, upstream.address.format(usage_file=file)) for file in snapshot.files.values()
    ]
    collected = collect_files(snapshot, upstream, requests, read, today, on_progress)
    if collected.missing:
        _report_missing(collected, snapshot, upstream.address)
    return collected


def _report_missing(collected: Collected, snapshot: Snapshot, address: str) -> None:
    names = ", ".join(sorted(snapshot.codes[code_of(file)] for file in collected.missing))
    if len(collected.missing) > len(snapshot.files) / 10:
        value = f"{len(collected.missing)} of {len(snapshot.files)} not there"
        fix = "has the folder moved? The address stands in data/datapackage.json, under “upstream”"
        collected.problems.append(
            Problem(address, "a file for nearly every region", value=value, fix=fix)
        )
    else:
        collected.remarks.append(f"No longer there: {names}. Their rows stay as they are.")


def recognise(look: Look) -> bool:
    """Whether a file that looks like this is a region’s, sound or not."""
    return isinstance(look.json, dict) and {"id", "data", "month"} <= look.json.keys()


def read(download: Download, snapshot: Snapshot) -> list[Dataset]:
    """The row of one region and month; none and a remark if empty, or the month is not over.

    The region is found by the id within; a file that has the name of another region’s is refused.
    Raises EvidenceError.
    """
    content = json_of(download, READS)
    if not isinstance(content, dict):
        raise refuse(download, f"{READS}: an object with id, month, data and total")
    missing = [name for name in ("id", "month", "data", "total") if name not in content]
    if missing:
        raise EvidenceError([Problem(download.name, "this field", column=m) for m in missing])
    region, month = _region(content["id"], download, snapshot), _month(content["month"], download)
    usage = _usage(content["data"], download)
    _add_up(usage, content["total"], download)
    mobile = sum((usage[browser] for browser in _MOBILE & usage.keys()), Decimal(0))
    if mobile > _MOST:
        expected = f"mobile browsers that add to at most {_MOST}"
        raise refuse(download, expected, column="data", value=plain(mobile))
    if mobile == 0:
        return [_no_row(f"{region} {month}: nothing counted, no row.", download, snapshot)]
    if month >= f"{download.accessed:%Y-%m}":
        return [_no_row(f"{region} {month}: the month is not over, no row.", download, snapshot)]
    samsung = _share(usage["samsung"], mobile) if "samsung" in usage else ""
    apple, named = _share(usage["ios_saf"], mobile), _hundredths(content["total"])
    row = [region, month, _hundredths(mobile), apple, samsung, named, SOURCE]
    rows = pd.DataFrame([row], columns=snapshot.columns(TABLE), dtype=str)
    return [Dataset(TABLE, rows, download)]


def _no_row(why: str, download: Download, snapshot: Snapshot) -> Dataset:
    return Dataset(
        TABLE, pd.DataFrame(columns=snapshot.columns(TABLE), dtype=str), download, (why,)
    )


def _region(code: Any, download: Download, snapshot: Snapshot) -> str:
    if not isinstance(code, str) or code not in snapshot.codes:
        fix = "if the region is new, add it to regions.csv with its usage_file"
        expected = "the id of a region whose file regions.csv names, such as CU"
        raise refuse(download, expected, column="id", value=str(code), fix=fix)
    region = snapshot.codes[code]
    if download.name in snapshot.files.values() and download.name != snapshot.files[region]:
        fix = "it is not the file that its name says: fetch it again"
        raise refuse(download, code_of(download.name), column="id", value=code, fix=fix)
    return region


def _month(month: Any, download: Download) -> str:
    if not isinstance(month, str) or not re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", month):
        raise refuse(download, "a month as YYYY-MM", column="month", value=str(month))
    return month


def _usage(data: Any, download: Download) -> dict[str, Decimal]:
    """Browser → its share of page views, over all its versions."""
    if not isinstance(data, dict) or not all(isinstance(each, dict) for each in data.values()):
        raise refuse(download, "shares by browser and version", column="data")
    usage, problems = {}, []
    for browser, versions in data.items():
        for version, share in versions.items():
            if share is not None and not (isinstance(share, Decimal) and 0 <= share <= _MOST):
                place = f"data.{browser}.{version}"
                expected = "a share from 0 to 100, or null"
                problems.append(Problem(download.name, expected, None, place, str(share)))
                versions[version] = None
        usage[browser] = sum((share or Decimal(0) for share in versions.values()), Decimal(0))
    for browser in usage.keys() - _MOBILE - _DESKTOP:
        if usage[browser]:
            expected = "browsers that are known to be mobile or not"
            value = f"{browser} with {plain(usage[browser])}%"
            fix = "say in src/graymarket/refresh/caniuse.py whether it is mobile"
            problems.append(Problem(download.name, expected, None, "data", value, fix))
    for browser in set(_NEVER_MISSING) - usage.keys():
        fix = "has caniuse renamed it? See src/graymarket/refresh/caniuse.py"
        problems.append(Problem(download.name, "this browser", None, f"data.{browser}", fix=fix))
    if problems:
        raise EvidenceError(problems)
    return usage


def _add_up(usage: dict[str, Decimal], total: Any, download: Download) -> None:
    parts = sum(usage.values(), Decimal(0))
    if not isinstance(total, Decimal) or abs(parts - total) > _OFF:
        expected = f"the sum of its browsers, {plain(parts)}"
        fix = "the file is not whole: fetch it again"
        raise refuse(download, expected, column="total", value=str(total), fix=fix)


def _share(part: Decimal, whole: Decimal) -> str:
    return _hundredths(100 * part / whole)


def _hundredths(number: Decimal) -> str:
    return plain(number.quantize(Decimal("0.01"), ROUND_HALF_UP))
