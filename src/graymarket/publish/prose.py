"""Markdown → HTML: maths as MathML, pictures inside, nothing that runs."""

import base64
import html
import mimetypes
import re
from pathlib import Path

import mistune
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from graymarket.publish.clean import absent_picture, clean
from graymarket.publish.formulas import converted

_RANGE = re.compile(r"\d[\d.,]*–\d[\d.,]*%?(?![^<]*>)")  # kept on one line
_PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list", "footnotes")
_FORMULA = re.compile("\ue000(\\d+)\ue001")


class _Renderer(IPythonRenderer):
    """Sets formulas aside, and notes whether the text has HTML of its own."""

    def __init__(self, folder: str):
        super().__init__(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
        self.folder, self.formulas, self.has_html = folder, [], False

    def block_html(self, html: str) -> str:
        self.has_html = True
        return super().block_html(html)

    def inline_html(self, html: str) -> str:
        self.has_html = True
        return super().inline_html(html)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre><code>{html.escape(code)}</code></pre>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        address = local_picture(url, self.folder)
        if not address:
            return html.escape(absent_picture(text, url))
        return f'<img src="{html.escape(address)}" alt="{html.escape(text)}">'

    def inline_math(self, body: str) -> str:
        return self._formula(body, False)

    def block_math(self, body: str) -> str:
        return self._formula(body, True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def _formula(self, tex: str, display: bool) -> str:
        self.formulas.append((tex, display))
        return f"\ue000{len(self.formulas) - 1}\ue001"


def prose(text: str, folder: str = "", *, allow_scripts: bool = False) -> str:
    """Markdown → HTML, headings one level down (the page's own title is its only h1).

    `folder` is where pictures with a relative address are; remote ones are never fetched.
    """
    renderer = _Renderer(folder)
    plugins = [mistune.import_plugin(name) for name in _PLUGINS]
    rendered = MarkdownWithMath(renderer=renderer, plugins=plugins).render(text)
    if renderer.has_html and not allow_scripts:
        rendered = clean(rendered)
    rendered = re.sub(r"(</?h)([1-5])\b", lambda m: f"{m[1]}{int(m[2]) + 1}", rendered)
    rendered = _RANGE.sub(r'<span class="range">\g<0></span>', rendered)
    return _with_formulas(rendered, renderer.formulas)


def _with_formulas(rendered: str, formulas: list[tuple[str, bool]]) -> str:
    shown = converted(formulas, "html")

    def formula(match: re.Match) -> str:
        index = int(match[1])
        if index >= len(shown):
            return ""
        return shown[index] or f"<code>{html.escape(formulas[index][0])}</code>"

    return _FORMULA.sub(formula, rendered)


def local_picture(address: str, folder: str) -> str:
    """The address of a picture that needs no network, as data; "" if there is none.

    Only files at or below `folder` are read.
    """
    if address.startswith("data:image/"):
        return address
    if not folder or ":" in address.partition("/")[0] or address.startswith("/"):
        return ""
    path = (Path(folder) / address).resolve()
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not path.is_relative_to(Path(folder).resolve()) or not kind.startswith("image/"):
        return ""
    if not path.is_file():
        return ""
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
