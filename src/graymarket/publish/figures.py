"""Every exhibit by itself, for those who write or draw with it: SVG, PNG, CSV and its text."""

import html
import tempfile
from pathlib import Path
from typing import Any

from graymarket.palette import PALETTE
from graymarket.publish.calculated import calculated
from graymarket.publish.citation import credit_line, how_to_cite, licences, sentence
from graymarket.publish.model_tables import model_tables
from graymarket.publish.text import csv_text
from graymarket.publish.typesetting import compile_pictures, typst_string

_PPI = 250  # a chart of the report's width, 6.4 inches, and its margin become 1,655 pixels
_MARGIN = "8pt"  # white around the chart, whose labels may reach its edge
_LIST = "README.txt"


def figures(report: dict[str, Any]) -> dict[str, bytes]:
    """File names and contents: of each exhibit its table and text, of each chart its pictures.
    Of each sheet that is for the workbook alone, and of the model's grid and points, its table.

    Pictures have their letters as shapes: they need no fonts. README.txt lists all files.
    """
    charts = [exhibit for exhibit in report["exhibits"] if exhibit["outlined_svg"]]
    files: dict[str, bytes] = {}
    for exhibit in report["exhibits"]:
        files[f"{exhibit['id']}.csv"] = csv_text(exhibit["table"]).encode()
        files[f"{exhibit['id']}.txt"] = _text(exhibit, report).encode()
    for sheet in report.get("tables", []):
        name = sheet["name"].lower().replace(" ", "-")
        files[f"{name}.csv"] = csv_text(sheet["table"]).encode()
    for payload in report.get("calculators", []):
        for live in model_tables(payload, calculated(payload)):
            name = live.name.lower().replace(" ", "-")
            files[f"{name}.csv"] = csv_text(live.as_table()).encode()
    for exhibit, picture in zip(charts, _pictures(charts), strict=True):
        files[f"{exhibit['id']}.svg"] = _described(exhibit).encode()
        files[f"{exhibit['id']}.png"] = picture
    files[_LIST] = _list(report).encode()
    return dict(sorted(files.items()))


def _described(exhibit: dict[str, Any]) -> str:
    """The picture with its title and alt text inside, on white: it may land on any page."""
    white = PALETTE["paper"]
    title, alt = html.escape(exhibit["title"]), html.escape(exhibit["alt"])
    opening, _, drawing = exhibit["outlined_svg"].partition(">")
    opening = opening.replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    return (
        f"{opening}>\n<title>{title}</title>\n<desc>{alt}</desc>\n"
        f'<rect width="100%" height="100%" fill="{white}"/>{drawing}'
    )


def _pictures(charts: list[dict[str, Any]]) -> list[bytes]:
    """All charts as PNG, each a page of one Typst document: far quicker than one by one."""
    if not charts:
        return []
    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for chart in charts:
            name = f"{chart['id']}.svg"
            (Path(folder) / name).write_text(chart["outlined_svg"], encoding="utf-8")
            pages.append(f"#page(image({typst_string(name)}))")
        sheet = f"#set page(width: auto, height: auto, margin: {_MARGIN}, fill: white)\n"
        return compile_pictures(sheet + "\n".join(pages), Path(folder), "figures/*.png", _PPI)


def _text(exhibit: dict[str, Any], report: dict[str, Any]) -> str:
    parts = {
        f"Exhibit {exhibit['number']}": exhibit["title"],
        "Shows": exhibit["subtitle"],
        "In words": exhibit["alt"],
        "Source": credit_line(exhibit),
        "Note": sentence(exhibit["note"]),
        "From": how_to_cite(report),
        "Credits and licences": "\n".join(licences(report)),
    }
    return "\n\n".join(f"{name}\n{text}" for name, text in parts.items() if text) + "\n"


def _list(report: dict[str, Any]) -> str:
    lines = [
        "The exhibits of the report, each by itself",
        how_to_cite(report),
        "Of every exhibit there are\n"
        "  ID.csv  the values shown, comma-separated, UTF-8\n"
        "  ID.txt  title, description, sources, note and licences: quote them with the picture\n"
        "and of every chart\n"
        "  ID.svg  the chart as drawn, letters as shapes\n"
        "  ID.png  the same in pixels, at least 1,600 wide, on white",
        "\n".join(_listed(exhibit) for exhibit in report["exhibits"]),
        "\n".join(licences(report)),
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def _listed(exhibit: dict[str, Any]) -> str:
    kind = "chart" if exhibit["outlined_svg"] else "table"
    return f"Exhibit {exhibit['number']}  {exhibit['id']} ({kind})\n  {exhibit['title']}"
