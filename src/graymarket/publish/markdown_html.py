"""Tokens of Markdown → HTML: maths as MathML, pictures inside, nothing that runs."""

import base64
import html
import mimetypes
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from graymarket.publish.formulas import converted
from graymarket.publish.markdown import MATHS, formulas, ids, read_line, role_words, words
from graymarket.publish.sanitize import absent_picture, sanitize

_RANGE = re.compile(r"\d[\d.,]*–\d[\d.,]*%?")  # kept on one line
_FORMULA = re.compile("\ue000(\\d+)\ue001")
_OPTIONS = MarkdownIt("commonmark", {"xhtmlOut": False}).options


def to_html(tokens: list[Token], folder: str = "", *, allow_scripts: bool = False) -> str:
    """HTML, headings one level down (the page's own title is its only h1).

    `folder` is where pictures with a relative address are; remote ones are never fetched.
    """
    rendered = _Renderer(folder).render(tokens, _OPTIONS, {})
    if not allow_scripts:
        rendered = sanitize(rendered, ids(tokens) | _note_ids(tokens))
    return _with_formulas(rendered, formulas(tokens))


def line_to_html(text: str) -> str:
    """A line of Markdown, such as a title, as HTML that may stand within a line."""
    return to_html(read_line(text))


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


class _Renderer(RendererHTML):
    """One text's HTML, its formulas as marks to fill later: no sanitiser knows MathML.

    The methods are named after the kinds of token.
    """

    def __init__(self, folder: str):
        super().__init__()
        self._folder, self._formulas = folder, 0
        rules: dict[str, Callable[..., str]] = self.rules  # type: ignore[assignment]
        rules |= dict.fromkeys(MATHS, self._formula)

    def text(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        marked = re.sub("[\ue000\ue001]", "", tokens[at].content)
        words = html.escape(marked, quote=False)
        return _RANGE.sub(r'<span class="range">\g<0></span>', words)

    def heading_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        name = html.escape(str(tokens[at].attrs.get("id", "")))
        return f'<{_lower(tokens[at].tag)} id="{name}">'

    def heading_close(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return f"</{_lower(tokens[at].tag)}>\n"

    def image(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        alt, address = words(tokens[at].children or ()), str(tokens[at].attrs.get("src", ""))
        picture = local_picture(address, self._folder)
        if not picture:
            return html.escape(absent_picture(alt, address))
        return f'<img src="{html.escape(picture)}" alt="{html.escape(alt)}">'

    def myst_role(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        name, said = tokens[at].meta["name"], html.escape(role_words(tokens[at]))
        tag = {"sub": "sub", "sup": "sup", "subscript": "sub", "superscript": "sup"}.get(name)
        tag = tag or ("code" if name in ("eval", "code") else "")
        return f"<{tag}>{said}</{tag}>" if tag else said

    def admonition_open(self, *_: Any) -> str:
        return '<div class="admonition">\n'

    def admonition_title_open(self, *_: Any) -> str:
        return '<p class="admonition-title">'

    def footnote_ref(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        note, number = _note(tokens[at]), tokens[at].meta["id"] + 1
        return (
            f'<sup class="footnote-ref"><a href="#fn-{note}" id="{_reference(tokens[at])}">'
            f"{number}</a></sup>"
        )

    def footnote_block_open(self, *_: Any) -> str:
        return '<section class="footnotes">\n<ol>\n'

    def footnote_block_close(self, *_: Any) -> str:
        return "</ol>\n</section>\n"

    def footnote_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return f'<li id="fn-{_note(tokens[at])}">'

    def footnote_close(self, *_: Any) -> str:
        return "</li>\n"

    def footnote_anchor(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return f' <a href="#{_reference(tokens[at])}">↩\ufe0e</a>'

    def _formula(self, *_: Any) -> str:
        self._formulas += 1
        return f"\ue000{self._formulas - 1}\ue001"


def _lower(tag: str) -> str:
    return f"h{min(int(tag[1:]) + 1, 6)}"


def _note(token: Token) -> str:
    """The footnote's id: its text's number in the notebook, and its own in the text."""
    return f"{token.meta['text']}-{token.meta['id'] + 1}"


def _reference(token: Token) -> str:
    """The id of the place that refers to a footnote."""
    again = token.meta.get("subId", 0)
    return f"fnref-{_note(token)}" + (f"-{again + 1}" if again else "")


def _note_ids(tokens: list[Token]) -> set[str]:
    inside = [child for token in tokens for child in [token, *(token.children or ())]]
    names = {f"fn-{_note(t)}" for t in inside if t.type == "footnote_open"}
    return names | {_reference(t) for t in inside if t.type == "footnote_ref"}


def _with_formulas(rendered: str, tex: list[tuple[str, bool]]) -> str:
    mathml = converted(tex, "html")

    def formula(match: re.Match[str]) -> str:
        index = int(match[1])
        if index >= len(mathml):
            return ""
        return mathml[index] or f"<code>{html.escape(tex[index][0])}</code>"

    return _FORMULA.sub(formula, rendered)
