"""The one reader of Markdown: text → tokens, which every format renders for itself.

CommonMark with what notebooks add: tables, footnotes, formulas between dollars, definition lists,
tasks, bare links, attributes, admonitions and roles as MyST writes them.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

MATHS = {  # kinds of token that hold TeX, and whether the formula stands alone
    "math_inline": False,
    "math_inline_double": True,
    "math_block": True,
    "math_block_label": True,
    "amsmath": True,
}
TICK = re.compile(r'<input class="task-list-item-checkbox"')
_KINDS = "note|tip|hint|important|warning|caution|attention|danger|error|seealso|admonition"
_ADMONITION = re.compile(rf"\{{({_KINDS})\}}[ \t]*(.*)")
_OPTION = re.compile(r":[\w-]+:.*\n?")  # of an admonition, in the lines below its kind
_BRACKETED = re.compile(r"\\\\\((.+?)\\\\\)|\\\\\[(.+?)\\\\\]", re.DOTALL)  # as in \\(x\\)
_OWN_ID = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_ROLE_TARGET = re.compile(r"\s*<[^<>]*>$")
_EMPTY_TAG = re.compile(r"<[^>]*>|<!--.*?-->", re.DOTALL)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(
        dollarmath_plugin,
        allow_labels=False,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
    )
    parser.use(amsmath_plugin).use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
    parser.use(attrs_plugin, allowed=("id",)).use(attrs_block_plugin, allowed=("id",))
    parser.use(colon_fence_plugin).use(myst_role_plugin).use(gfm_autolink_plugin)
    parser.inline.ruler.before("escape", "bracketed_math", _bracketed_math)
    parser.core.ruler.after("block", "admonitions", _open_admonitions)
    refused = parser.validateLink
    # Which pictures may be shown is for the format to say.
    parser.validateLink = lambda url: url.startswith("data:image/") or refused(url)  # type: ignore[method-assign]
    return parser


class Reader:
    """Reads the texts of one notebook: no two headings or footnotes get the same id.

    `taken` are the ids that stand elsewhere in the file.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._texts = 0
        self._ids = set(taken)

    def read(self, text: str) -> list[Token]:
        """The tokens of a cell's Markdown. Each heading has its `id` among the attributes,
        each token of a footnote the number of its text as `meta["text"]`."""
        self._texts += 1
        tokens = _parser().parse(text)
        for i, token in enumerate(tokens):
            self._number(token)
            for child in token.children or ():
                self._number(child)
            if token.children:
                token.children = [c for c in token.children if c.type != "text" or c.content]
            if token.type == "heading_open":
                token.attrSet("id", self._unique(_heading_id(token, tokens[i + 1])))
        return tokens

    def _number(self, token: Token) -> None:
        if token.type.startswith("footnote"):
            token.meta["text"] = self._texts

    def _unique(self, name: str) -> str:
        candidates = (f"{name}-{i}" if i else name for i in range(len(self._ids) + 1))
        free = next(one for one in candidates if one not in self._ids)
        self._ids.add(free)
        return free


def read(text: str) -> list[Token]:
    """The tokens of a text that stands alone."""
    return Reader().read(text)


def read_line(text: str) -> list[Token]:
    """The tokens of a line of words, such as a title: no lists, headings or other blocks."""
    return _parser().parseInline(" ".join(text.split()))


def formulas(tokens: Iterable[Token]) -> list[tuple[str, bool]]:
    """Each formula of the text: its TeX, and whether it stands alone."""
    return [(t.content.strip(), MATHS[t.type]) for t in _all(tokens) if t.type in MATHS]


def ids(tokens: Iterable[Token]) -> set[str]:
    """The ids that the text gives, which links may lead to."""
    return {str(token.attrs["id"]) for token in _all(tokens) if "id" in token.attrs}


def words(tokens: Iterable[Token]) -> str:
    """The plain words of the tokens, on one line."""
    return " ".join("".join(run.text for run in _runs(tokens)).split())


def without_links(tokens: Iterable[Token]) -> list[Token]:
    """The tokens without links within the report: their words alone."""
    return [_unlinked(token) if token.children else token for token in tokens]


def role_words(token: Token) -> str:
    """What a MyST role says to a reader: its words, without the target that it leads to."""
    return _ROLE_TARGET.sub("", token.content) or token.content


@dataclass(frozen=True)
class Run:
    """Words in one style; `link` is the address that they lead to, "" if none."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Block:
    """A heading, point (of a list), paragraph, code, or table, as its runs of words.

    `level` is a heading's, or how deep a point's list stands in others, from 1; `number` a point's
    in an ordered list, else 0. A table has its cells in `rows`, the head's first.
    """

    kind: str
    runs: tuple[Run, ...] = ()
    level: int = 0
    number: int = 0
    rows: tuple[tuple[tuple[Run, ...], ...], ...] = ()

    @property
    def text(self) -> str:
        """The words without their style."""
        return "".join(run.text for run in self.runs)

    @property
    def bold_lead(self) -> tuple[Run, ...]:
        """The bold runs that it begins with; none if it begins otherwise."""
        return tuple(takewhile(lambda run: run.bold, self.runs))


def blocks(tokens: list[Token]) -> list[Block]:
    """The text as a flat list of blocks, for formats that set words in boxes.

    Links within the report lead nowhere there, pictures and formulas are named by their words.
    """
    return list(_Blocks(tokens))


class _Blocks:
    """Goes through tokens once, with the lists that are open around them."""

    def __init__(self, tokens: list[Token]):
        self._tokens = tokens
        self._lists: list[int | None] = []  # the last number of each open list, None for bullets
        self._point = False  # whether the next words open a point
        self._heading = 0
        self._rows: list[list[tuple[Run, ...]]] = []
        self._in_table = False

    def __iter__(self) -> Iterator[Block]:
        for token in self._tokens:
            yield from getattr(self, token.type, self._nothing)(token)

    def _nothing(self, token: Token) -> Iterable[Block]:
        return ()

    def bullet_list_open(self, token: Token) -> Iterable[Block]:
        self._lists.append(None)
        return ()

    def ordered_list_open(self, token: Token) -> Iterable[Block]:
        self._lists.append(int(token.attrs.get("start", 1)) - 1)
        return ()

    def bullet_list_close(self, token: Token) -> Iterable[Block]:
        self._lists.pop()
        return ()

    ordered_list_close = bullet_list_close

    def list_item_open(self, token: Token) -> Iterable[Block]:
        last = self._lists[-1]
        self._lists[-1] = None if last is None else last + 1
        self._point = True
        return ()

    def heading_open(self, token: Token) -> Iterable[Block]:
        self._heading = int(token.tag[1:])
        return ()

    def heading_close(self, token: Token) -> Iterable[Block]:
        self._heading = 0
        return ()

    def inline(self, token: Token) -> Iterable[Block]:
        runs = _set_runs([token])
        if self._in_table:
            self._rows[-1].append(runs)
        elif self._heading:
            yield Block("heading", runs, self._heading)
        elif self._point:
            self._point = False
            yield Block("point", runs, len(self._lists), self._lists[-1] or 0)
        elif runs:
            yield Block("paragraph", runs)

    def table_open(self, token: Token) -> Iterable[Block]:
        self._in_table, self._rows = True, []
        return ()

    def tr_open(self, token: Token) -> Iterable[Block]:
        self._rows.append([])
        return ()

    def table_close(self, token: Token) -> Iterable[Block]:
        self._in_table = False
        yield Block("table", rows=tuple(tuple(row) for row in self._rows))

    def fence(self, token: Token) -> Iterable[Block]:
        yield Block("code", (Run(token.content.rstrip("\n"), code=True),))

    code_block = fence

    def math_block(self, token: Token) -> Iterable[Block]:
        yield Block("paragraph", (Run(token.content.strip(), code=True),))

    math_block_label = amsmath = math_block

    def html_block(self, token: Token) -> Iterable[Block]:
        if text := _html_words(token.content):
            yield Block("paragraph", (Run(text),))


def _set_runs(tokens: Iterable[Token]) -> tuple[Run, ...]:
    """The runs as they are set: those of one style joined, no space at either end."""
    joined: list[Run] = []
    for run in _runs(tokens):
        if joined and replace(run, text="") == replace(joined[-1], text=""):
            run = replace(run, text=joined.pop().text + run.text)
        joined.append(run)
    if joined:
        joined[0] = replace(joined[0], text=joined[0].text.lstrip())
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return tuple(run for run in joined if run.text)


def _runs(tokens: Iterable[Token]) -> Iterator[Run]:
    """The runs of words; each `inline` token's children in turn."""
    style = Run("")
    for token in _all(tokens):
        if token.type in ("strong_open", "strong_close"):
            style = replace(style, bold=token.nesting > 0)
        elif token.type in ("em_open", "em_close"):
            style = replace(style, italic=token.nesting > 0)
        elif token.type == "link_open":
            address = str(token.attrs.get("href", ""))
            style = replace(style, link="" if address.startswith("#") else address)
        elif token.type == "link_close":
            style = replace(style, link="")
        elif text := _text_of(token):
            code = token.type == "code_inline" or token.type in MATHS
            yield replace(style, text=text, code=code)


def _text_of(token: Token) -> str:
    if token.type in ("text", "code_inline") or token.type in MATHS:
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return f"[Picture: {words(token.children or ()) or 'without a name'}]"
    if token.type == "myst_role":
        return role_words(token)
    if token.type == "footnote_ref":
        return f"[{token.meta['id'] + 1}]"
    if token.type == "html_inline" and TICK.match(token.content):
        return "☑" if "checked" in token.content else "☐"
    return ""


def _html_words(markup: str) -> str:
    return " ".join(html.unescape(_EMPTY_TAG.sub(" ", markup)).split())


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, those of each `inline` in its place."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _unlinked(token: Token) -> Token:
    kept, inside = [], False
    for child in token.children or ():
        if child.type == "link_open" and str(child.attrs.get("href", "")).startswith("#"):
            inside = True
        elif child.type == "link_close" and inside:
            inside = False
        else:
            kept.append(child)
    return token.copy(children=kept)


def _heading_id(heading: Token, inline: Token) -> str:
    """As given by `{#id}`, before the heading or at its end; else its words, as Jupyter does."""
    last = inline.children[-1] if inline.children else None
    if last and last.type == "text" and (own := _OWN_ID.search(last.content)):
        last.content = last.content[: own.start()]
        return own[1]
    return str(heading.attrs.get("id") or words([inline]).replace(" ", "-") or "heading")


def _bracketed_math(state: StateInline, silent: bool) -> bool:
    match = _BRACKETED.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        kind = "math_inline" if match[1] else "math_inline_double"
        token = state.push(kind, "math", 0)
        token.content = match[1] or match[2]
    state.pos = match.end()
    return True


def _open_admonitions(state: StateCore) -> None:
    state.tokens = list(_opened(state, state.tokens))


def _opened(state: StateCore, tokens: list[Token]) -> Iterator[Token]:
    """The tokens, fences of MyST (`{note} Title`, `:::`) opened to admonitions and their text."""
    for token in tokens:
        match = _ADMONITION.match(token.info) if token.type in ("fence", "colon_fence") else None
        if not match and token.type != "colon_fence":
            yield token
            continue
        inner: list[Token] = []
        content = token.content
        while match and (option := _OPTION.match(content)):
            content = content[option.end() :]
        state.md.block.parse(content, state.md, state.env, inner)
        if match:
            yield from _admonition_head(match[1], match[2].strip())
        yield from _opened(state, inner)
        if match:
            yield Token("admonition_close", "div", -1, block=True)


def _admonition_head(kind: str, title: str) -> Iterator[Token]:
    yield Token("admonition_open", "div", 1, block=True, meta={"kind": kind})
    yield Token("admonition_title_open", "p", 1, block=True)
    yield Token("inline", "", 0, content=title or kind.capitalize(), children=[], block=True)
    yield Token("admonition_title_close", "p", -1, block=True)
