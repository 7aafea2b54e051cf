"""World Development Indicators (API, or files of the World Bank’s sites) → world_development."""

import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.refresh.collect import Collected, Progress, collect_files
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.fetch import Request
from graymarket.refresh.formats import (
    DAMAGED_ZIP,
    Look,
    ended,
    json_of,
    lines_of,
    plain,
    refuse,
    unended,
)
from graymarket.refresh.snapshot import Snapshot

TABLE = "world_development"
READS = "a CSV, zip or API answer of the World Bank with regions, indicators and years"
SOURCE = "world-bank-wdi"

_FIRST = 2010  # the table’s first year
_A_PAGE = 10_000  # rows; an indicator has some 4,500 since 2010
_DIGITS = 10  # significant ones that the table keeps
_LARGEST = Decimal(10) ** 16
_UNPACKED = 64_000_000  # bytes

Value = tuple[str, str, str, Decimal | str]  # code, indicator, year, number as it stands there


def collect(snapshot: Snapshot, today: date, on_progress: Progress) -> Collected:
    """Each of the table’s indicators since 2010, all pages of it."""
    upstream = snapshot.upstream(TABLE)
    indicators = snapshot.allowed(TABLE, "indicator")
    first = [_page(upstream.address, indicator, today, 1) for indicator in indicators]
    collected = collect_files(snapshot, upstream, first, read, today, on_progress)
    heads = _heads(collected.datasets)
    rest = [
        _page(upstream.address, indicator, today, page)
        for indicator, about in heads
        for page in range(2, _pages(about) + 1)
    ]
    if rest:
        others = collect_files(snapshot, upstream, rest, read, today, on_progress)
        heads += _heads(others.datasets)
        collected += others
    collected.problems += [
        Problem(upstream.address, "every indicator of the table", value=f"no {name}")
        for name in collected.missing
    ]
    collected.problems += _torn(heads)
    return collected


def _page(address: str, indicator: str, today: date, page: int) -> Request:
    query = {"format": "json", "date": f"{_FIRST}:{today.year}", "per_page": _A_PAGE, "page": page}
    name = f"{indicator}.json" if page == 1 else f"{indicator}, page {page}.json"
    return Request(name, f"{address.format(indicator=indicator)}?{urlencode(query)}")


def _heads(datasets: list[Dataset]) -> list[tuple[str, dict[str, Any]]]:
    """The indicator of each answer that has any values, and what it says about itself."""
    answers = [json.loads(dataset.download.content) for dataset in datasets]
    return [(values[0]["indicator"]["id"], about) for about, values in answers if values]


def _pages(about: dict[str, Any]) -> int:
    return math.ceil(int(about["total"]) / int(about["per_page"]))


def _torn(heads: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    """Indicators whose pages come from before and after an update."""
    states: dict[str, set[tuple[Any, Any]]] = {}
    for indicator, about in heads:
        states.setdefault(indicator, set()).add((about.get("lastupdated"), about["total"]))
    for indicator, updates in states.items():
        if len(updates) > 1:
            expected, fix = "pages of one and the same update", "run this again"
            yield Problem(indicator, expected, value=f"{len(updates)} updates", fix=fix)


def recognise(look: Look) -> bool:
    """Whether a file that looks like this may be one of the World Bank, sound or not."""
    answer = isinstance(look.json, list) and bool(look.json) and isinstance(look.json[0], dict)
    return look.is_zip or answer or any(map(_is_header, look.lines))


def _is_header(cells: list[str]) -> bool:
    return {"Country Name", "Country Code"} <= {*cells}


def read(download: Download, snapshot: Snapshot) -> list[Dataset]:
    """The rows of the table’s regions and indicators since 2010; empty values have none.

    From an answer of the API, from the zip or CSV of the site, or from DataBank’s CSV. Raises
    EvidenceError.
    """
    values = _values(download)
    wanted, unknown = _sorted_out(values, snapshot)
    if not wanted and not unknown["region"]:
        expected = f"values of {', '.join(snapshot.allowed(TABLE, 'indicator'))}"
        value = ", ".join(sorted(unknown["indicator"])) or "none"
        raise refuse(download, expected, value=value)
    numbers = _numbers(wanted, download)
    lines = [
        [*key, value, SOURCE] for key, value in sorted(numbers.items()) if int(key[2]) >= _FIRST
    ]
    rows = pd.DataFrame(lines, columns=snapshot.columns(TABLE), dtype=str)
    remarks = [] if len(rows) else [f"No values of our regions since {_FIRST}."]
    remarks += [
        f"Left out, as data/ does not know the {what}s: {', '.join(sorted(codes))}."
        for what, codes in unknown.items()
        if codes
    ]
    return [Dataset(TABLE, rows, download, tuple(remarks))]


def _numbers(values: list[Value], download: Download) -> dict[tuple[str, str, str], str]:
    """Region, indicator and year → the value as the table writes it; raises EvidenceError."""
    numbers: dict[tuple[str, str, str], str] = {}
    problems = []
    for region, indicator, year, number in values:
        place = f"{region} {indicator} {year}"
        if (region, indicator, year) in numbers:
            problems.append(Problem(download.name, "each once", value=place))
        try:
            numbers[region, indicator, year] = _number(number)
        except ValueError:
            problems.append(Problem(download.name, "a number", None, place, str(number)))
    if problems:
        raise EvidenceError(problems)
    return numbers


def _values(download: Download) -> list[Value]:
    if download.content.startswith(b"PK\x03\x04"):
        return _in_csv(_unpacked(download))
    if download.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"[", b"{")):
        return _in_answer(json_of(download, READS), download)
    return _in_csv(download)


def _sorted_out(values: list[Value], snapshot: Snapshot) -> tuple[list[Value], dict[str, set[str]]]:
    """The values of our indicators and regions, these by their ids, and the codes of others."""
    indicators = {*snapshot.allowed(TABLE, "indicator")}
    wanted: list[Value] = []
    unknown: dict[str, set[str]] = {"region": set(), "indicator": set()}
    for code, indicator, year, number in values:
        region = "world" if code == "WLD" else code
        if indicator not in indicators:
            unknown["indicator"].add(indicator)
        elif region not in snapshot.regions.index:
            unknown["region"].add(code)
        else:
            wanted.append((region, indicator, year, number))
    return wanted, unknown


def _number(number: Decimal | str) -> str:
    """With as many significant digits as the table has; raises ValueError if it is none."""
    try:
        number = Decimal(number)
    except InvalidOperation:
        raise ValueError(number) from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError(number)
    if number:
        finest = min(0, number.adjusted() - _DIGITS + 1)
        number = number.quantize(Decimal(1).scaleb(finest))
    return plain(number)


def _in_answer(content: Any, download: Download) -> list[Value]:
    try:
        about = content[0]
        if "message" in about:
            text = "; ".join(f"{each['key']}: {each['value']}" for each in about["message"])
            fix = "is the indicator or the address right? See data/datapackage.json"
            raise refuse(download, "figures", value=f"the World Bank’s message {text}", fix=fix)
        values = content[1] or []
        _check_whole(values, about, download)
        return [
            (
                str(each["countryiso3code"] or each["country"]["value"]),
                str(each["indicator"]["id"]),
                _year(each["date"], download),
                each["value"],
            )
            for each in values
            if each["value"] is not None
        ]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        value = f"no {error}" if isinstance(error, KeyError) else "another form"
        expected = "an answer of the World Bank’s API, version 2, in JSON"
        raise refuse(download, expected, value=value) from None


def _check_whole(values: list[Any], about: dict[str, Any], download: Download) -> None:
    page, size, total = (int(about[name]) for name in ("page", "per_page", "total"))
    expected = min(size, total - (page - 1) * size)
    if len(values) != expected:
        value, fix = f"{len(values)} of them", "the answer is not whole: fetch it again"
        raise refuse(download, f"{expected} values on page {page}", value=value, fix=fix)


def _unpacked(download: Download) -> Download:
    """The table within a zip file, beside which lie others that describe it."""
    expected = "a zip of the World Bank with a CSV of figures within"
    try:
        with zipfile.ZipFile(io.BytesIO(download.content)) as packed:
            names = [
                entry.filename
                for entry in packed.infolist()
                if entry.filename.lower().endswith(".csv")
                and "metadata" not in entry.filename.lower()
            ]
            if len(names) != 1 or packed.getinfo(names[0]).file_size > _UNPACKED:
                value = ", ".join(packed.namelist()[:4])
                fix = "on data.worldbank.org choose an indicator, then Download, CSV"
                raise refuse(download, expected, value=value, fix=fix)
            content = packed.read(names[0])
    except DAMAGED_ZIP as error:
        fix = "was it cut off? Download it again"
        raise refuse(download, expected, value=str(error), fix=fix) from None
    return Download(f"{download.name}, {names[0]}", content, download.accessed, download.address)


def _in_csv(table: Download) -> list[Value]:
    lines = lines_of(table, READS)
    at = next((i for i, cells in enumerate(lines[:10]) if _is_header(cells)), None)
    if at is None:
        value = ", ".join(lines[0][:4])
        raise refuse(table, f"{READS}: no line with “Country Code” found", value=value)
    header = lines[at]
    indicator, years = _columns(header, at, table)
    code = header.index("Country Code")
    values: list[Value] = []
    problems = []
    for row, cells in enumerate(lines[at + 1 :], start=at + 2):
        if not any(cells) or cells[0].startswith(("Data from database", "Last Updated")):
            continue
        if len(cells) != len(header):
            value, fix = f"{len(cells)} cells", "was the file cut off? Download it again"
            problems.append(Problem(table.name, f"{len(header)} cells", row, None, value, fix))
            continue
        # The site’s files end each line with a comma, so that nothing can be lost before it.
        if row == len(lines) and header[-1] and not ended(table):
            problems.append(unended(table, row))
        for i, year in years.items():
            if cells[i] not in ("", ".."):
                values.append((cells[code], cells[indicator], _year(year, table), cells[i]))
    if problems:
        raise EvidenceError(problems)
    return values


def _columns(header: list[str], at: int, table: Download) -> tuple[int, dict[int, str]]:
    """The place of the indicator’s column, and the year of each column that is one."""
    column = next((name for name in ("Indicator Code", "Series Code") if name in header), None)
    matches = {i: _YEAR.fullmatch(name) for i, name in enumerate(header)}
    years = {i: match[1] for i, match in matches.items() if match}
    if column is None or not years:
        expected = "a column “Indicator Code” or “Series Code”, and one for each year"
        fix = "in DataBank’s download options choose the table layout with years as columns"
        raise refuse(table, expected, row=at + 1, value=", ".join(header[:6]), fix=fix)
    return header.index(column), years


_YEAR = re.compile(r"([12][0-9]{3})( \[YR\1\])?")


def _year(year: str, download: Download) -> str:
    if not re.fullmatch(r"[12][0-9]{3}", year) or int(year) > download.accessed.year:
        raise refuse(download, "a year that has begun", column="date", value=str(year))
    return year
