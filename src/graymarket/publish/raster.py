"""SVG → PNG, through the typesetter that is there already for the PDF."""

import tempfile
from pathlib import Path

import typst

from graymarket.publish.fonts import FOLDERS
from graymarket.publish.pdf import _condensed
from graymarket.publish.problems import PublishError


def png(svg: str, ppi: int) -> bytes:
    """The picture at its own size on white, `ppi` pixels an inch; same bytes for same input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "picture.svg").write_text(_condensed(svg), encoding="utf-8")
        (folder / "page.typ").write_text(
            '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")',
            encoding="utf-8",
        )
        try:
            pages, warnings = typst.compile_with_warnings(
                folder / "page.typ",
                root=folder,
                font_paths=FOLDERS,
                ignore_system_fonts=True,
                format="png",
                ppi=ppi,
            )
        except typst.TypstError as error:
            raise PublishError([f"picture: expected an SVG that can be drawn: {error}"]) from error
    if warnings:
        raise PublishError([f"picture: {getattr(w, 'message', w)}" for w in warnings])
    return pages
