"""Typst, as the printed formats share it: strings, pictures, and compiling to PDF or pictures."""

import hashlib
import json
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graymarket.palette import typst_colours
from graymarket.publish.fonts import FOLDERS
from graymarket.publish.problems import PublishError

STYLE = Path(__file__).parent / "templates" / "report" / "report.typ"

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_LONGEST_WORD = 80  # characters of code; a longer one may break
# Signs that mean something in Typst's markup, wherever they stand.
_SIGNS = re.compile(r"[\\`*_$#<>@\[\]~\"'\-/=+]|\.(?=\.\.)|(?<=\d)\.(?=\s|$)")
_STANDARDS = ["ua-1", "a-3a"]
_COMPILER = [sys.executable, "-I", str(Path(__file__).with_name("typst_process.py"))]


def style() -> str:
    """The Typst style of the report, with the colours of the house."""
    return typst_colours() + STYLE.read_text(encoding="utf-8")


def typst_string(text: str) -> str:
    """A Typst string literal: never markup, whatever the text holds."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\s*\n\s*", "\\\\n", escaped) + '"'


def typst_text(text: str) -> str:
    """Typst markup of the same words, without any meaning of its own."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(re.split(r"\s*\n\s*", text)))


def breakable(code: str) -> str:
    """Code whose longest words may be broken at the end of a line."""
    return re.sub(rf"\S{{{_LONGEST_WORD}}}(?=\S)", "\\g<0>\u200b", code)


def code_block(text: str, language: str = "") -> str:
    """Code or output as a block of Typst; lines keep their indents."""
    escaped = breakable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lang = f", lang: {typst_string(language)}" if language else ""
    return f'#raw("{escaped}", block: true{lang})'


def picture_code(picture: tuple[str, bytes], alt: str, folder: Path) -> str:
    """Typst code for a picture, which is written into `folder` under the name of its content."""
    kind, content = picture
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{_ENDINGS[kind]}"
    (folder / name).write_bytes(content)
    return f"image({typst_string(name)}, alt: {typst_string(alt)})"


def condensed(svg: str) -> str:
    """Typst knows the condensed cut as a stretch of its family, in pictures too."""
    return svg.replace(
        "font-family: 'IBM Plex Sans Condensed'",
        "font-family: 'IBM Plex Sans'; font-stretch: condensed",
    )


def compile_pdf(
    source: str,
    folder: Path,
    name: str,
    fonts: list[str] = FOLDERS,
    inputs: dict[str, str] | None = None,
) -> bytes:
    """A tagged, archivable PDF. Raises PublishError for `name` on any error or warning.

    `inputs`: what the source reads as sys.inputs.
    """
    options = {"format": "pdf", "pdf_standards": _STANDARDS, "sys_inputs": inputs or {}}
    pdf: bytes = _compile(source, folder, name, fonts, **options)
    return pdf


def query(
    source: str, folder: Path, name: str, fonts: list[str], inputs: dict[str, str], label: str
) -> Any:
    """The value of the one metadata with that label. Raises PublishError for `name` on an error."""
    options = {"selector": f"<{label}>", "field": "value", "one": True, "sys_inputs": inputs}
    return json.loads(_answer(source, folder, name, fonts, options))


def compile_pictures(source: str, folder: Path, name: str, ppi: float) -> list[bytes]:
    """One PNG a page. Raises PublishError for `name` on any error or warning."""
    made = _compile(source, folder, name, FOLDERS, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]  # of one page, typst gives no list


def _compile(source: str, folder: Path, name: str, fonts: list[str], **options: Any) -> Any:
    undated = {"timestamp": int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())}
    return _answer(source, folder, name, fonts, options | undated)


def _answer(source: str, folder: Path, name: str, fonts: list[str], options: dict[str, Any]) -> Any:
    (folder / "source.typ").write_text(source, encoding="utf-8")
    request = options | {
        "input": str(folder / "source.typ"),
        "root": str(folder),
        "font_paths": fonts,
        "ignore_system_fonts": True,
    }
    with subprocess.Popen(_COMPILER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(pickle.dumps(request))
        process.stdin.flush()  # and open, as a sign that the answer is waited for
        answer = process.stdout.read()
    if not answer:
        raise PublishError([f"{name}: Typst ended with code {process.returncode}, without a word"])
    made, problems = pickle.loads(answer)
    if problems:
        raise PublishError([f"{name}: {problem}" for problem in problems])
    return made
