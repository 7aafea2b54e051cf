#!/usr/bin/env bash
# pandas: a column of text made from no rows is of numbers or not, according to how it was written;
# the next "+ text", which is right for one row, then raises an error for none.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from collections.abc import Callable
from importlib.metadata import version

import pandas as pd

Rows = list[dict[str, str]]
WAYS: dict[str, Callable[[Rows], pd.Series]] = {
    'DataFrame(rows, columns=["maker"])["maker"]': lambda rows: pd.DataFrame(
        rows, columns=["maker"]
    )["maker"],
    'DataFrame(rows).reindex(columns=["maker"])["maker"]': lambda rows: pd.DataFrame(
        rows
    ).reindex(columns=["maker"])["maker"],
    "Series(list)": lambda rows: pd.Series([row["maker"] for row in rows]),
    'DataFrame({"maker": list})["maker"]': lambda rows: pd.DataFrame(
        {"maker": [row["maker"] for row in rows]}
    )["maker"],
    'DataFrame({"maker": Series(list)})["maker"]': lambda rows: pd.DataFrame(
        {"maker": pd.Series([row["maker"] for row in rows])}
    )["maker"],
}


def outcome(column: pd.Series) -> tuple[str, str]:
    try:
        return str(column.dtype), str((column + ": ").tolist())
    except TypeError as error:
        return str(column.dtype), type(error).__name__


print(f"pandas {version('pandas')}, numpy {version('numpy')}")
seen = []
for name, make in WAYS.items():
    one, none = outcome(make([{"maker": "Acme"}])), outcome(make([]))
    seen.append((one[0], *none))
    print(f"{name}\n    one row: {one[0]}, + ': ' gives {one[1]}")
    print(f"    no row: {none[0]}, + ': ' gives {none[1]}")
fine, fails = ("str", "object", "[]"), ("str", "float64", "UFuncTypeError")
if seen != [fine, fails, fine, fails, fine]:
    sys.exit(f"The behaviour has changed: {seen}")
PYTHON
