"""A small base in the form of the real one: a few rows of a dozen of its tables."""

import json
import shutil
from pathlib import Path

import pandas as pd

from graymarket import evidence
from graymarket.evidence.store import as_csv

# Regions with a file at caniuse, and two without one here.
TWELVE = ["CUB", "IRN", "SYR", "PRK", "SDN", "RUS", "CHN", "USA", "DEU", "FRA", "IND", "world"]
OTHERS = ["AFE", "EGY"]
LOCK = ["2021-08", "2021-09", "2021-10"]
LAST = 4  # months at the end of a series
NO_SOURCES = ("corrections", "method_changes", "additions", "revisions")


def write_small_base(root: Path, folder: Path) -> None:
    """Cut from the base below `root`, and sound as that is; with its CITATION.cff."""
    cells = _cut({name: evidence.raw_cells(name, root) for name in _rows(None)})
    package = evidence.package(root)
    package["resources"] = [r for r in package["resources"] if r["name"] in cells]
    (folder / "data").mkdir()
    for resource in package["resources"]:
        table = cells[resource["name"]]
        (folder / "data" / resource["path"]).write_bytes(as_csv(table))
        if resource["name"] == "inputs":  # parents of computed figures are left out
            resource["rules"] = [r for r in resource["rules"] if r["rule"] != "derived"]
        if "coverage" in resource:
            resource["coverage"] |= evidence.coverage(table)
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    (folder / "data" / evidence.PACKAGE).write_text(text, encoding="utf-8")
    shutil.copy(root / "CITATION.cff", folder)
    assert evidence.check(folder) == []


def _rows(tables) -> dict:
    """Table → which of its rows stay."""
    months = sorted({*tables["usage_panel"]["month"]})[-LAST:] if tables else []
    regions = [*TWELVE, *OTHERS]
    return {
        "regions": lambda t: t["region"].isin(regions),
        "claims": lambda t: t["region"].isin(["", *regions]),
        "trade_flows": lambda t: t["exporter"].isin(regions) & t["importer"].isin(regions),
        "inputs": lambda t: t["region"].isin(["CUB", "IRN"]),
        "taxes": lambda t: t["region"].isin(["CUB", "IRN"]),
        "usage_panel": lambda t: t["region"].isin(TWELVE) & t["month"].isin([*LOCK, *months]),
        "vendor_usage": lambda t: t["month"] >= "2024-03",
        "world_development": lambda t: t["region"].isin(regions) & (t["year"] >= "2020"),
        "corrections": lambda t: t["table"].isin(["inputs", "taxes"]),
        "method_changes": lambda t: t["id"] != "",
        "additions": lambda t: t["addition"] != "",
        "revisions": lambda t: t["addition"] != "",
        "sources": lambda t: t["source_id"] != "",
    }


def _cut(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    kept = {name: tables[name][rows(tables[name])] for name, rows in _rows(tables).items()}
    regions = kept["regions"]
    kept["regions"] = regions.assign(
        usage_file=regions["usage_file"].where(regions["region"].isin(TWELVE), "")
    )
    used = {
        source
        for name, table in kept.items()
        if name not in (*NO_SOURCES, "sources")
        for source in table["source_id"]
    }
    kept["sources"] = kept["sources"][kept["sources"]["source_id"].isin(used)]
    return {name: table.reset_index(drop=True) for name, table in kept.items()}
