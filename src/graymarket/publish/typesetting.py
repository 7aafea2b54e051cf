"""Typst, as the printed formats share it: strings, charts, and compiling to PDF or pictures."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pypandoc
import typst

from graymarket.palette import typst_colours
from graymarket.publish.fonts import FOLDERS
from graymarket.publish.problems import PublishError

STYLE = Path(__file__).parent / "templates" / "report" / "report.typ"
MARKDOWN = "commonmark_x-raw_html+raw_attribute-implicit_figures"

_STANDARDS = ["ua-1", "a-3a"]


def style() -> str:
    """The Typst style of the report, with the colours of the house."""
    return typst_colours() + STYLE.read_text(encoding="utf-8")


def typst_string(text: str) -> str:
    """A Typst string literal: never markup, whatever the text holds."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\s*\n\s*", "\\\\n", escaped) + '"'


def typst_prose(text: str, markup: str = MARKDOWN) -> str:
    """Prose (Markdown, or pandoc's own "json") as Typst markup."""
    return pypandoc.convert_text(text, "typst-smart", format=markup, extra_args=["--wrap=none"])


def condensed(svg: str) -> str:
    """Typst knows the condensed cut as a stretch of its family, in pictures too."""
    return svg.replace(
        "font-family: 'IBM Plex Sans Condensed'",
        "font-family: 'IBM Plex Sans'; font-stretch: condensed",
    )


def compile_pdf(source: str, folder: Path, name: str, fonts: list[str] = FOLDERS) -> bytes:
    """A tagged, archivable PDF. Raises PublishError for `name` on any error or warning."""
    return _compile(source, folder, name, fonts, format="pdf", pdf_standards=_STANDARDS)


def compile_pictures(source: str, folder: Path, name: str, ppi: float) -> list[bytes]:
    """One PNG a page. Raises PublishError for `name` on any error or warning."""
    made = _compile(source, folder, name, FOLDERS, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]  # of one page, typst gives no list


def _compile(
    source: str, folder: Path, name: str, fonts: list[str], **options
) -> bytes | list[bytes]:
    (folder / "source.typ").write_text(source, encoding="utf-8")
    try:
        made, warnings = typst.compile_with_warnings(
            folder / "source.typ",
            root=folder,
            font_paths=fonts,
            ignore_system_fonts=True,
            timestamp=int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()),
            **options,
        )
    except typst.TypstError as error:
        hints = "; ".join(getattr(error, "hints", []) or [])
        raise PublishError([f"{name}: {error} {hints}".strip()]) from error
    if warnings:
        raise PublishError([f"{name}: {getattr(w, 'message', w)}" for w in warnings])
    return made
