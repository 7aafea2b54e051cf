"""What one output of a cell holds, for every format; and the output as HTML."""

import base64
import binascii
import html
import json
import re
from typing import Any
from urllib.parse import unquote

from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbformat import NotebookNode

from graymarket.publish.markdown import read
from graymarket.publish.markdown_html import to_html
from graymarket.publish.sanitize import sanitize_svg

MOST_TEXT = 100_000  # characters of one output; the rest is counted
_WHOLE = {  # how a whole picture begins, and what ends it
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND"),
    "image/jpeg": (b"\xff\xd8\xff", b"\xff\xd9"),
}
_NOTHING_SAID = re.compile(r"<[\w. ]+(?: object| at 0x|size | with )[^>]*>|alt\.\w+\(\.\.\.\)")


def shown(output: NotebookNode) -> str:
    """An output of a normalised notebook as HTML: a picture, a table, a formula or text; "" if it
    shows nothing."""
    data = output.get("data", {})
    if markup := html_of(output):
        return f'<div class="shown" role="region" tabindex="0" aria-label="Output">{markup}</div>'
    if picture := picture_of(output):
        kind, content = picture
        address = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
        return f'<div class="shown"><img src="{address}" alt="{html.escape(alt_of(output))}"></div>'
    if "text/latex" in data:
        return f'<div class="shown">{to_html(read(latex_of(output)))}</div>'
    text, note = shortened(text_of(output))
    if not text.strip():
        return ""
    kind = "output error" if output.output_type == "error" else "output"
    after = f'<p class="cut">{note}</p>' if note else ""
    return f'<pre class="{kind}" tabindex="0">{ansi2html(text)}</pre>{after}'


def has_content(markup: str) -> bool:
    """Whether HTML shows anything: words or a picture."""
    return "<img" in markup or bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", markup))


def html_of(output: NotebookNode) -> str:
    """The output's HTML, "" without any."""
    return _text(output.get("data", {}).get("text/html", ""))


def latex_of(output: NotebookNode) -> str:
    """The output's TeX as Markdown with maths."""
    tex = _text(output.data["text/latex"]).strip()
    return tex if tex.startswith(("$", "\\begin")) else f"$${tex}$$"


def text_of(output: NotebookNode) -> str:
    """The output as text, with its terminal colours; what it is instead of an object's address."""
    if output.output_type == "error":
        return "\n".join(map(str, output.get("traceback") or [f"{output.ename}: {output.evalue}"]))
    if "text" in output:
        return _text(output.text)
    data = output.get("data", {})
    plain = _text(data.get("text/plain", ""))
    if plain and not _NOTHING_SAID.fullmatch(plain.strip()):
        return plain
    if "application/json" in data:
        return json.dumps(data["application/json"], indent=1, ensure_ascii=False)
    if "text/html" in data or any(kind.startswith("application/") for kind in data):
        return "[Interactive output, not shown here]"
    return plain


def plain_text_of(output: NotebookNode) -> str:
    """The output as text without terminal colours."""
    return str(strip_ansi(text_of(output))).replace("\x1b", "")


def shortened(text: str, most: int = MOST_TEXT) -> tuple[str, str]:
    """The text's beginning, and a note that counts what is left out ("" if nothing is)."""
    if len(text) <= most:
        return text, ""
    return text[:most], f"The first {most:,} of {len(text):,} characters are shown."


def picture_of(output: NotebookNode) -> tuple[str, bytes] | None:
    """The output's picture, its kind and content; None without a sound one."""
    data = output.get("data", {})
    if svg := _text(data.get("image/svg+xml", "")):
        return "image/svg+xml", svg.encode()
    for kind in _WHOLE:
        if kind in data and (content := _decoded(_text(data[kind]), kind)):
            return kind, content
    return None


def picture_at(address: str) -> tuple[str, bytes] | None:
    """The picture that a data: address holds."""
    head, _, body = address.partition(",")
    kind = head.removeprefix("data:").split(";")[0]
    if kind == "image/svg+xml":
        content = _bytes(body) if head.endswith(";base64") else unquote(body).encode()
        svg = sanitize_svg((content or b"").decode("utf-8", "replace"))
        return (kind, svg.encode()) if svg else None
    content = _decoded(body, kind) if kind in _WHOLE else None
    return (kind, content) if content else None


def alt_of(output: NotebookNode) -> str:
    """What is known of a picture in words."""
    alt = output.get("metadata", {}).get("alt")
    plain = _text(output.get("data", {}).get("text/plain", "")).strip()
    if alt or not plain or _NOTHING_SAID.fullmatch(plain):
        return str(alt or "Picture that a code cell put out, without a description")
    return plain[:300]


def _decoded(data: str, kind: str) -> bytes | None:
    content = _bytes(data)
    start, end = _WHOLE[kind]
    return content if content and content.startswith(start) and end in content[-64:] else None


def _bytes(data: str) -> bytes | None:
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
