"""UN Comtrade’s yearly trade in phones (JSON) → trade_flows."""

import os
import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.refresh.collect import Collected, Progress, collect_files
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.fetch import Request
from graymarket.refresh.formats import Look, json_of, plain, refuse
from graymarket.refresh.snapshot import Snapshot

TABLE = "trade_flows"
READS = "an answer of UN Comtrade’s API in JSON"
SOURCE = "un-comtrade"
KEY = "COMTRADE_API_KEY"  # name of the environment’s variable

# Comtrade’s numbers of the regions in Xiaomi’s terms: UN M49, https://unstats.un.org/unsd/methodology/m49/
_NUMBERS = {"CUB": "192", "IRN": "364", "PRK": "408", "SDN": "729", "SYR": "760"}
# Where Comtrade’s letters are not ISO’s. It counts Taiwan as “Other Asia, not elsewhere specified”.
_LETTERS = {"W00": "world", "S19": "TWN"}
_PHONES = ("851712", "851713", "851714")  # before 2022 one code, then smartphones and others
_REVISIONS = {
    f"H{number}": f"HS{year}"
    for number, year in enumerate((1992, 1996, 2002, 2007, 2012, 2017, 2022))
}
_LARGEST = Decimal(10) ** 15  # dollars or phones
_PREVIEW = 500  # rows that an answer without a key has at most
_FLOW = ("exporter", "importer", "start", "hs_code", "reported_by")  # tell one from another
_DIRECTIONS = {"X": "exporter", "M": "importer"}  # who reports which


def collect(snapshot: Snapshot, today: date, on_progress: Progress) -> Collected:
    """What all others report to have sold to each region, and what it reports to have bought."""
    key = _key()
    upstream = snapshot.upstream(TABLE)
    if key:
        upstream = replace(upstream, address=snapshot.setting(TABLE, "addressWithKey"))
    last = today.year - 1
    years = range(last - snapshot.setting(TABLE, "years") + 1, last + 1)
    requests = [
        _request(upstream.address, region, flow, years, key)
        for region in snapshot.terms
        if region in _NUMBERS
        for flow in _DIRECTIONS
    ]
    collected = collect_files(snapshot, upstream, requests, read, today, on_progress)
    collected.problems += [
        Problem(upstream.address, "an answer to every question", value=f"no {name}")
        for name in collected.missing
    ]
    collected.problems += [
        problem for dataset in collected.datasets for problem in _unasked(dataset)
    ]
    return collected


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if not re.fullmatch(r"[\w-]*", key, re.ASCII):
        # Not shown: messages end up in logs.
        raise EvidenceError([Problem(KEY, "letters, digits and hyphens alone", severity=FILE)])
    return key


def _request(address: str, region: str, flow: str, years: range, key: str) -> Request:
    # In small letters, as in the UN’s own client: “reporterCode” is overlooked without a word.
    asked = "partnerCode" if flow == "X" else "reportercode"
    query = {
        asked: _NUMBERS[region],
        "flowCode": flow,
        "period": ",".join(map(str, years)),
        "cmdCode": ",".join(_PHONES),
        "partner2Code": "0",  # totals over second partners, customs procedures and transport
        "customsCode": "C00",
        "motCode": "0",
        "includeDesc": "true",
    }
    side = "exports-to" if flow == "X" else "imports-of"
    secret = {"Ocp-Apim-Subscription-Key": key} if key else {}
    return Request(f"{side}-{region}.json", f"{address}?{urlencode(query)}", secret)


def _unasked(dataset: Dataset) -> list[Problem]:
    """Rows about other countries than asked for, should the API overlook the question."""
    side, region = dataset.download.name.removesuffix(".json").rsplit("-", 1)
    reporter = {"exports-to": "exporter", "imports-of": "importer"}[side]
    rows = dataset.rows
    other = rows[(rows["importer"] != region) | (rows["reported_by"] != reporter)]
    if other.empty:
        return []
    value = f"{len(other)} rows about others, such as {other.iloc[0]['importer']}"
    fix = "has the API changed its parameters? See src/graymarket/refresh/comtrade.py"
    return [Problem(dataset.download.name, f"imports of {region} alone", value=value, fix=fix)]


def recognise(look: Look) -> bool:
    """Whether a file that looks like this is an answer of the API, sound or not."""
    return isinstance(look.json, dict) and {"data", "elapsedTime"} <= look.json.keys()


def read(download: Download, snapshot: Snapshot) -> list[Dataset]:
    """A row for each flow of phones in a year, without an id: those in data/ stay as they are.

    Raises EvidenceError, also for an answer that the free preview has cut.
    """
    flows: dict[tuple[str, ...], dict[str, str]] = {}
    unknown: set[str] = set()
    problems: list[Problem] = []
    for number, flow in enumerate(_flows(download), start=1):
        try:
            row = _row(flow, f"data, no. {number}", download)
        except EvidenceError as error:
            problems += error.problems
            continue
        strangers = {row["exporter"], row["importer"]} - {*snapshot.regions.index}
        key = tuple(row[name] for name in _FLOW)
        if strangers:
            unknown |= strangers
        elif key in flows:
            problems.append(Problem(download.name, "each flow once", value=" ".join(key)))
        else:
            flows[key] = row
    if problems:
        raise EvidenceError(problems)
    rows = pd.DataFrame(
        [flows[key] for key in sorted(flows)], columns=snapshot.columns(TABLE), dtype=str
    )
    remarks = [] if len(rows) else ["No trade in phones reported."]
    if unknown:
        remarks.append(f"Left out, as data/ does not know them: {', '.join(sorted(unknown))}.")
    sources = (_source(download),) if len(rows) else ()
    return [Dataset(TABLE, rows, download, tuple(remarks), sources)]


def _flows(download: Download) -> list[Any]:
    """What the answer lists, once it is sure that the list is whole."""
    content = json_of(download, READS)
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        message = (
            content.get("error") or content.get("message") if isinstance(content, dict) else ""
        )
        fix = f"is the key in {KEY} right?" if message else ""
        raise refuse(download, READS, value=str(message or "another form"), fix=fix)
    if content.get("error"):
        raise refuse(download, READS, value=str(content["error"]))
    flows: list[Any] = content["data"]
    preview = not download.address or "/preview/" in download.address
    if preview and len(flows) == _PREVIEW:
        expected, value = f"fewer than {_PREVIEW} rows", f"exactly {_PREVIEW}"
        fix = (
            f"the free preview gives no more, so this is cut: set {KEY} to a key (free at "
            "comtradedeveloper.un.org), or ask for fewer “years” in data/datapackage.json"
        )
        raise refuse(download, expected, value=value, fix=fix)
    if content.get("count", len(flows)) != len(flows):
        expected, value = f"{content['count']} rows, as it says", f"{len(flows)} rows"
        raise refuse(download, expected, value=value, fix="it is not whole: fetch it again")
    return flows


def _row(flow: Any, place: str, download: Download) -> dict[str, str]:
    """The row of a flow of the answer; raises EvidenceError naming the field that is wrong."""
    _check_flow(flow, place, download)
    reporter, partner = (
        _LETTERS.get(flow[name], flow[name].strip()) for name in ("reporterISO", "partnerISO")
    )
    year, exports = flow["refYear"], flow["flowCode"] == "X"
    counted = _is_counted(flow)
    guessed = counted and flow.get("isQtyEstimated") is True
    return {
        "id": "",
        "exporter": reporter if exports else partner,
        "importer": partner if exports else reporter,
        "start": f"{year}-01-01",
        "end": f"{year}-12-31",
        "period": "year",
        "hs_code": f"HS {flow['cmdCode']}",
        "hs_revision": _REVISIONS[flow["classificationCode"]],
        "reported_by": _DIRECTIONS[flow["flowCode"]],
        "value_usd": _whole(flow["primaryValue"]),
        "quantity": _whole(flow["qty"]) if counted else "",
        "quantity_unit": "units" if counted else "",
        "grade": "A",
        "source_id": SOURCE,
        "note": "Comtrade’s estimate of the quantity" if guessed else "",
    }


def _check_flow(flow: Any, place: str, download: Download) -> None:
    def wrong(name: str, expected: str, fix: str = "") -> EvidenceError:
        value = str(flow.get(name)) if isinstance(flow, dict) else str(flow)
        return refuse(download, expected, column=f"{place}, {name}", value=value, fix=fix)

    if not isinstance(flow, dict):
        raise wrong("", "a flow as an object")
    for name in ("reporterISO", "partnerISO"):
        if not isinstance(flow.get(name), str):
            raise wrong(name, "letters of a country", "ask with includeDesc=true in the address")
    year = str(flow.get("refYear"))
    if not re.fullmatch(r"[12][0-9]{3}", year) or int(year) > download.accessed.year:
        raise wrong("refYear", "a year that has begun")
    if str(flow.get("cmdCode")) not in _PHONES:
        raise wrong("cmdCode", f"one of {', '.join(_PHONES)}")
    if str(flow.get("flowCode")) not in _DIRECTIONS:
        raise wrong("flowCode", "X for exports or M for imports")
    if str(flow.get("classificationCode")) not in _REVISIONS:
        raise wrong("classificationCode", f"one of {', '.join(_REVISIONS)}")
    value, quantity = flow.get("primaryValue"), flow.get("qty")
    if not isinstance(value, Decimal) or not 0 <= value < _LARGEST:
        raise wrong("primaryValue", "a value in US dollars")
    if _is_counted(flow) and (not isinstance(quantity, Decimal) or not 0 < quantity < _LARGEST):
        raise wrong("qty", "a number of phones")


def _is_counted(flow: dict[str, Any]) -> bool:
    """Whether a flow has a number of phones beside its value."""
    return flow.get("qtyUnitAbbr") == "u" and flow.get("qty") not in (None, 0)


def _whole(number: Decimal) -> str:
    return plain(number.quantize(Decimal(1), ROUND_HALF_UP))


def _source(download: Download) -> dict[str, str]:
    """The row of sources.csv on which these flows stand."""
    return {
        "source_id": SOURCE,
        "publisher": "UN Comtrade",
        "title": "Trade in telephones by year and partner, HS 851712, 851713 and 851714",
        "url": "https://comtradeplus.un.org/",
        "original": "",
        "published": "",
        "accessed": download.accessed.isoformat(),
        "licence": "",
        "kind": "data set",
        "interest": "none",
        "note": "Official statistics as each country reports them",
    }
