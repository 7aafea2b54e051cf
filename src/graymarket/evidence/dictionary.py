"""The data dictionary: every table and column in words, from datapackage.json and the tables."""

from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.summary import summary
from graymarket.evidence.tables import Base, find_root

_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "date": "day, YYYY-MM-DD",
    "yearmonth": "month, YYYY-MM",
}


def dictionary(root: Path | None = None) -> str:
    """Markdown: a section a table, with its rows, span, key and licence, and a line a column."""
    root = root or find_root()
    sizes = {size["table"]: size for _, size in summary(root).iterrows()}
    return "\n\n".join(
        _table(resource, sizes[name]) for name, resource in Base(root).resources.items()
    )


def _table(resource: dict[str, Any], size: pd.Series) -> str:
    key = ", ".join(f"`{name}`" for name in resource["schema"]["primaryKey"])
    span = f", {size['from']} to {size['to']}" if size["from"] else ""
    licences = ", ".join(licence["name"] for licence in resource["licenses"])
    grade = f" Grade of every row: {resource['grade']}." if "grade" in resource else ""
    lines = "\n".join(_field(field) for field in resource["schema"]["fields"])
    return (
        f"### {resource['title']}: `{resource['path']}`\n\n"
        f"{resource['description']} {size['rows']:,} rows{span}. Key: {key}. "
        f"Licence: {licences}.{grade}\n\n"
        f"{lines}"
    )


def _field(field: dict[str, Any]) -> str:
    limits = field.get("constraints", {})
    kind = _TYPES[field["type"]]
    if field.get("unit"):
        kind += f", {field['unit']}"
    if limits.get("required"):
        kind += ", never empty"
    allowed = f". One of: {', '.join(limits['enum'])}" if "enum" in limits else ""
    return f"- **{field['name']}** ({kind}): {field['description']}{allowed}."
