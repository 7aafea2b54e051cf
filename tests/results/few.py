"""A question, and tables of a few rows, for the subjects of results/."""

from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.question import Question

PLACES = {"CUB": "Cuba", "SDN": "Sudan", "PRK": "North Korea"}
EVENT = pd.Timestamp("2021-09-01")


def asked(**changes: Any) -> Question:
    """Of Xiaomi in Cuba and Sudan in September 2021."""
    known = {"name": "made-up", "title": "T", "subtitle": "", "maker": "Xiaomi", "what": "It locks"}
    known |= {"regions": ("CUB", "SDN"), "event": EVENT, "closure": None, "rests_on": ()}
    return Question(path=Path("made-up.toml"), **(known | changes))


def regions(**more: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({"region": [*PLACES], "name": [*PLACES.values()], "kind": "country"} | more)


def table(name: str, rows: list[dict[str, Any]], **common: Any) -> pd.DataFrame:
    """Rows with ids name-001, name-002 …, and cells that are `common` where a row has none."""
    filled = [{"id": f"{name}-{n:03d}"} | common | row for n, row in enumerate(rows, start=1)]
    return pd.DataFrame(
        filled, columns=[*dict.fromkeys(["id", *common, *(rows[0] if rows else ())])]
    )


def sanctions(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rules that prohibit, from 2020 on, of grade A, unless a row says otherwise."""
    common = {"region": "CUB", "regime": "us_bis", "instrument": "A rule", "start": "2020-01-01"}
    common |= {"end": "", "effect": "prohibited", "us_content_above": float("nan"), "grade": "A"}
    return table("sanctions", [*rows], **common)


def presence(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"vendor": "Xiaomi", "region": "CUB", "start": "2019", "end": "", "channel": "none"}
    return table("presence", [*rows], **common, grade="A", note="")


def closures(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"region": "CUB", "maker": "Xiaomi", "month": EVENT, "what_closed": "", "grade": "A"}
    return table("closures", [*rows], **common)


def local_rules(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"region": "CUB", "kind": "allowance", "rule": "A rule", "start": "2020-01-01"}
    common |= {"end": "", "does": "terms", "ends": "", "disputed_until": pd.NaT, "effect": ""}
    return table("local_rules", [*rows], **common, grade="A")


def assumptions(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"region": "CUB", "date": EVENT, "maker": "Xiaomi", "parameter": "brand_gray"}
    common |= {"low": 90.0, "mode": 95.0, "high": 99.0, "unit": "percent", "kind": "inference"}
    common |= {"drift": ""}
    return table("assumptions", [*rows], **common, grade="B")


def picks(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"question": "", "place": "", "entry": "", "field": "", "text": "", "label": ""}
    return table("picks", [*rows], **common, order=1, use="show")
