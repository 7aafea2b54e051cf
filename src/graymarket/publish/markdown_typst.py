"""Tokens of Markdown → Typst, safe for the PDF standards whoever wrote the text.

Standards want headings that skip no level, a description of every picture and formula, and links
that lead somewhere.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from markdown_it.token import Token

from graymarket.publish.formulas import converted
from graymarket.publish.markdown import MATHS, TICK, formulas, ids, role_words, words
from graymarket.publish.markdown_html import local_picture
from graymarket.publish.outputs import picture_at
from graymarket.publish.sanitize import absent_picture
from graymarket.publish.typesetting import (
    breakable,
    code_block,
    picture_code,
    typst_string,
    typst_text,
)
from graymarket.publish.typst_html import printed_html

_WEB = re.compile(r"(https?://|mailto:).")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ALIGN = re.compile(r"text-align:\s*(left|right|center)")
_PLAIN_TAGS = {  # tags of their own, and what Typst calls them
    "em": "emph",
    "strong": "strong",
    "s": "strike",
}


def to_typst(
    texts: Iterable[str | list[Token]],
    folder: Path,
    *,
    pictures: str = "",
    labels: Iterable[str] = (),
    elsewhere: Mapping[str, str] | None = None,
    maths: bool = True,
) -> str:
    """Texts of a document as Typst, in order; those that are Typst already stay as they are.

    Pictures are written into `folder`, which Typst reads; `pictures` is where those with a relative
    address are. `labels` are the names that links may lead to besides the texts' own headings,
    `elsewhere` those of other files, with the file. Without `maths`, formulas are printed as TeX.
    """
    texts = list(texts)
    tokens = [token for text in texts if not isinstance(text, str) for token in text]
    tex = formulas(tokens)
    shown = dict(zip(tex, converted(tex, "typst"), strict=True)) if maths else {}
    writer = _Writer(folder, pictures, {*labels, *ids(tokens)}, elsewhere or {}, shown)
    parts = [text if isinstance(text, str) else writer.write(text) for text in texts]
    return "\n\n".join(part.strip() for part in parts if part.strip())


class _Writer:
    """Writes tokens one after the other; the methods are named after their kinds."""

    def __init__(
        self,
        folder: Path,
        pictures: str,
        labels: set[str],
        elsewhere: Mapping[str, str],
        maths: Mapping[tuple[str, bool], str],
    ):
        self._folder, self._pictures, self._labels, self._maths = folder, pictures, labels, maths
        self._elsewhere = elsewhere
        self._level = 0
        self._notes: dict[tuple[int, int], list[Token]] = {}
        self._noted: set[tuple[int, int]] = set()

    def write(self, tokens: list[Token]) -> str:
        body = self._without_notes(tokens)
        parts = []
        for at, token in enumerate(body):
            write: Callable[[list[Token], int], str] = getattr(self, token.type, self._nothing)
            parts.append(self._formula(token) if token.type in MATHS else write(body, at))
        return "".join(parts)

    def _without_notes(self, tokens: list[Token]) -> list[Token]:
        """The text without its footnotes, which are kept for the places that refer to them."""
        kept: list[Token] = []
        note: list[Token] = kept
        for token in tokens:
            if token.type == "footnote_open":
                note = self._notes[_note(token)] = []
            elif token.type == "footnote_close":
                note = kept
            else:
                note.append(token)
        return kept

    def _nothing(self, tokens: list[Token], at: int) -> str:
        tag = _PLAIN_TAGS.get(tokens[at].tag)
        if tag is None or not tokens[at].type.startswith(tokens[at].tag):
            return ""
        return f"#{tag}[" if tokens[at].nesting > 0 else "];"

    def inline(self, tokens: list[Token], at: int) -> str:
        return self.write(tokens[at].children or [])

    def text(self, tokens: list[Token], at: int) -> str:
        return typst_text(tokens[at].content)

    def softbreak(self, tokens: list[Token], at: int) -> str:
        return " "

    def hardbreak(self, tokens: list[Token], at: int) -> str:
        return "#linebreak();"

    def code_inline(self, tokens: list[Token], at: int) -> str:
        return f"#raw({typst_string(breakable(tokens[at].content))});"

    def myst_role(self, tokens: list[Token], at: int) -> str:
        name, said = tokens[at].meta["name"], role_words(tokens[at])
        if name in ("eval", "code"):
            return f"#raw({typst_string(said)});"
        tag = {"sub": "sub", "sup": "super", "subscript": "sub", "superscript": "super"}.get(name)
        return f"#{tag}[{typst_text(said)}];" if tag else typst_text(said)

    def link_open(self, tokens: list[Token], at: int) -> str:
        address = str(tokens[at].attrs.get("href", ""))
        label = unquote(address[1:])
        if address.startswith("#") and label in self._labels:
            return f"#link(label({typst_string(label)}))["
        if address.startswith("#") and label in self._elsewhere:
            return f"#link({typst_string(self._elsewhere[label] + address)})["
        if _WEB.match(address):
            return f"#link({typst_string(address)})["
        return "#["

    def link_close(self, tokens: list[Token], at: int) -> str:
        return "];"

    def image(self, tokens: list[Token], at: int) -> str:
        alt, address = words(tokens[at].children or ()), str(tokens[at].attrs.get("src", ""))
        picture = picture_at(local_picture(address, self._pictures))
        if not picture:
            return typst_text(absent_picture(alt, address))
        code = picture_code(picture, alt or "Picture without a description", self._folder)
        return f"#box({code});"

    def html_inline(self, tokens: list[Token], at: int) -> str:
        if TICK.match(tokens[at].content):
            return "☑" if "checked" in tokens[at].content else "☐"
        return "#linebreak();" if _BREAK.fullmatch(tokens[at].content) else ""

    def html_block(self, tokens: list[Token], at: int) -> str:
        return printed_html(tokens[at].content) + "\n\n"

    def footnote_ref(self, tokens: list[Token], at: int) -> str:
        note = _note(tokens[at])
        label = f"label({typst_string('fn-{}-{}'.format(*note))})"
        if note in self._noted:
            return f"#footnote({label});"
        self._noted.add(note)
        return f"#[#footnote[{self.write(self._notes.get(note, []))}]#{label}];"

    def paragraph_open(self, tokens: list[Token], at: int) -> str:
        return ""

    def paragraph_close(self, tokens: list[Token], at: int) -> str:
        return "\n" if tokens[at].hidden else "\n\n"

    def heading_open(self, tokens: list[Token], at: int) -> str:
        if not words([tokens[at + 1]]):
            return "#["
        self._level = min(int(tokens[at].tag[1:]), self._level + 1)
        return f"#heading(level: {self._level})["

    def heading_close(self, tokens: list[Token], at: int) -> str:
        if not words([tokens[at - 1]]):
            return "];\n\n"
        return f"]#label({typst_string(str(tokens[at - 2].attrs['id']))})\n\n"

    def fence(self, tokens: list[Token], at: int) -> str:
        language = (tokens[at].info.split() or [""])[0].strip("{}")
        return code_block(tokens[at].content.rstrip("\n"), language) + "\n\n"

    code_block = fence

    def hr(self, tokens: list[Token], at: int) -> str:
        return "#horizontalrule\n\n"

    def blockquote_open(self, tokens: list[Token], at: int) -> str:
        return "#quote(block: true)["

    def blockquote_close(self, tokens: list[Token], at: int) -> str:
        return "];\n\n"

    def admonition_open(self, tokens: list[Token], at: int) -> str:
        return "#admonition["

    def admonition_title_open(self, tokens: list[Token], at: int) -> str:
        return "#strong["

    def admonition_title_close(self, tokens: list[Token], at: int) -> str:
        return "];\n\n"

    admonition_close = blockquote_close

    def bullet_list_open(self, tokens: list[Token], at: int) -> str:
        return f"#list(tight: {_is_tight(tokens, at)}, "

    def ordered_list_open(self, tokens: list[Token], at: int) -> str:
        return f"#enum(tight: {_is_tight(tokens, at)}, start: {tokens[at].attrs.get('start', 1)}, "

    def bullet_list_close(self, tokens: list[Token], at: int) -> str:
        return ");\n\n"

    ordered_list_close = bullet_list_close

    def list_item_open(self, tokens: list[Token], at: int) -> str:
        return "["

    def list_item_close(self, tokens: list[Token], at: int) -> str:
        return "],\n"

    def dl_open(self, tokens: list[Token], at: int) -> str:
        return "#terms(tight: false, "

    dl_close = bullet_list_close

    def dt_open(self, tokens: list[Token], at: int) -> str:
        return "terms.item(["

    def dt_close(self, tokens: list[Token], at: int) -> str:
        return "], ["

    def dd_close(self, tokens: list[Token], at: int) -> str:
        return "\n\n" if tokens[at + 1].type == "dd_open" else "]),\n"

    def table_open(self, tokens: list[Token], at: int) -> str:
        heads = []
        for token in tokens[at:]:
            if token.type == "tr_close":
                break
            if token.type == "th_open":
                align = _ALIGN.search(str(token.attrs.get("style", "")))
                heads.append(align[1] if align else "auto")
        return f"#table(columns: {len(heads)}, align: ({', '.join(heads)},), "

    table_close = bullet_list_close

    def thead_open(self, tokens: list[Token], at: int) -> str:
        """A head that leads somewhere can stand on one page alone."""
        end = next(i for i, token in enumerate(tokens) if i > at and token.type == "thead_close")
        inside = [child for token in tokens[at:end] for child in token.children or ()]
        leads = any(child.type in ("link_open", "footnote_ref") for child in inside)
        return f"table.header(repeat: {str(not leads).lower()}, "

    def thead_close(self, tokens: list[Token], at: int) -> str:
        return "),\n"

    def th_open(self, tokens: list[Token], at: int) -> str:
        return "["

    def th_close(self, tokens: list[Token], at: int) -> str:
        return "], "

    td_open, td_close = th_open, th_close

    def _formula(self, token: Token) -> str:
        tex, block = token.content.strip(), MATHS[token.type]
        end = "\n\n" if token.block else ""
        if not (typst_code := self._maths.get((tex, block))):
            return f"#raw({typst_string(tex)}, block: false);{end}"
        body = f"alt: {typst_string(tex)}, block: {str(block).lower()}, {typst_code}.body"
        return f"#math.equation({body});{end}"


def _note(token: Token) -> tuple[int, int]:
    return token.meta["text"], token.meta["id"] + 1


def _is_tight(tokens: list[Token], at: int) -> str:
    hidden = (token.hidden for token in tokens[at:] if token.type == "paragraph_open")
    return str(next(hidden, True)).lower()
