"""Markdown → Typst through pandoc, made safe for the PDF standards whoever wrote it.

Standards want headings that skip no level, a description of every picture and formula, and links
that lead somewhere.
"""

import hashlib
import json
import re
from pathlib import Path

import pypandoc

from graymarket.publish.clean import absent_picture
from graymarket.publish.formulas import converted
from graymarket.publish.outputs import ending, picture_at
from graymarket.publish.prose import local_picture
from graymarket.publish.typesetting import typst_string

_FORMAT = "commonmark_x-raw_html+raw_attribute-implicit_figures"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_ENVIRONMENT = re.compile(r"\\begin\{([a-z]+\*?)\}.*?\\end\{\1\}", re.DOTALL)
_DISPLAYED = re.compile(r"\$\$.*?\$\$|`[^`\n]*`", re.DOTALL)
_LONGEST_WORD = 80  # characters of code; a longer one may break


def raw(typst_code: str) -> str:
    """A block of Typst within Markdown."""
    return f"````{{=typst}}\n{typst_code}\n````"


def code_block(text: str, language: str = "") -> str:
    """Code or output as a block of Typst within Markdown; lines keep their indents."""
    broken = re.sub(rf"\S{{{_LONGEST_WORD}}}(?=\S)", "\\g<0>\u200b", text)
    escaped = broken.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lang = f", lang: {typst_string(language)}" if language else ""
    return raw(f'#raw("{escaped}", block: true{lang})')


def foreign(markdown: str) -> str:
    """Markdown of a cell, closed in itself: no open fence, no Typst, no maths outside dollars."""
    text = re.sub(r"\{=\s*(\w+)\s*\}", r"\1", markdown)
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if not match:
            continue
        if not fence:
            fence = match[1]
        elif match[1].startswith(fence) and not match[2].strip():
            fence = ""
    if fence:
        return f"{text}\n{fence}"
    return _in_dollars(text) if "\\begin{" in text else text


def _in_dollars(text: str) -> str:
    """Environments such as align stand in dollars, as pandoc’s CommonMark wants them."""
    parts, end = [], 0
    for match in [*_DISPLAYED.finditer(text), None]:
        stop = match.start() if match else len(text)
        outside = text[end:stop]
        parts.append(_ENVIRONMENT.sub(lambda found: f"$${found[0]}$$", outside))
        if match:
            parts.append(match[0])
            end = match.end()
    return "".join(parts)


def typeset(markdown: str, folder: Path, pictures: str, known: set[str], maths: bool) -> str:
    """Markdown → Typst; pictures are written into `folder`, which Typst reads.

    `pictures` is where pictures with a relative address are, `known` are the labels that links
    may lead to besides headings; without `maths`, formulas are printed as TeX.
    """
    document = json.loads(pypandoc.convert_text(markdown, "json", format=_FORMAT))
    reader = _Reader(folder, pictures, known, maths)
    reader.read(document["blocks"])
    reader.finish()
    return pypandoc.convert_text(
        json.dumps(document),
        "typst-smart",
        format="json",
        extra_args=["--wrap=none", "--quiet"],
    )


class _Reader:
    """Goes through pandoc's tree once and mends it in place."""

    def __init__(self, folder: Path, pictures: str, known: set[str], maths: bool):
        self.folder, self.pictures, self.known, self.maths = folder, pictures, known, maths
        self.level = 0
        self.headings, self.links, self.formulas = {}, [], []

    def read(self, node) -> None:
        if isinstance(node, list):
            for one in node:
                self.read(one)
        elif isinstance(node, dict):
            getattr(self, f"_{node.get('t', '')}".lower(), self._any)(node)

    def finish(self) -> None:
        """What can only be decided when all headings and formulas are known."""
        for link in self.links:
            self._mend_link(link)
        shown = converted([(f["c"][1], _displayed(f)) for f in self.formulas], "typst")
        for formula, typst_code in zip(self.formulas, shown, strict=True):
            self._mend_formula(formula, typst_code)

    def _any(self, node: dict) -> None:
        self.read(node.get("c"))

    def _header(self, node: dict) -> None:
        level, attributes, words = node["c"]
        if not _plain(words).strip():
            node.update(t="Para", c=[])
            return
        self.level = node["c"][0] = min(level, self.level + 1)
        if not re.fullmatch(r"[A-Za-z][\w-]*", attributes[0], re.ASCII):
            name = f"heading-{len(self.headings) + 1}"
            self.headings[attributes[0]], attributes[0] = name, name
        else:
            self.headings[attributes[0]] = attributes[0]
        self.read(words)

    def _link(self, node: dict) -> None:
        self.links.append(node)
        self.read(node["c"][1])

    def _mend_link(self, node: dict) -> None:
        _, words, target = node["c"]
        address = target[0]
        if address.startswith("#"):
            label = self.headings.get(address[1:], address[1:])
            if label in self.known or label in self.headings.values():
                target[0] = f"#{label}"
                return
        elif re.match(r"(https?://|mailto:).", address):
            return
        node.update(t="Span", c=[["", [], []], words])

    def _image(self, node: dict) -> None:
        _, words, (address, _) = node["c"]
        alt = _plain(words)
        picture = picture_at(local_picture(address, self.pictures))
        if not picture:
            node.update(t="Str", c=absent_picture(alt, address))
            return
        code = image(picture, alt or "Picture without a description", self.folder)
        node.update(t="RawInline", c=["typst", f"#box({code})"])

    def _math(self, node: dict) -> None:
        self.formulas.append(node)

    def _mend_formula(self, node: dict, typst_code: str) -> None:
        tex, block = node["c"][1].strip(), _displayed(node)
        if not (self.maths and typst_code):
            node.update(t="RawInline", c=["typst", f"#raw({typst_string(tex)}, block: false)"])
            return
        body = f"alt: {typst_string(tex)}, block: {str(block).lower()}, {typst_code}.body"
        node.update(t="RawInline", c=["typst", f"#math.equation({body})"])

    def _codeblock(self, node: dict) -> None:
        node["c"][1] = re.sub(rf"\S{{{_LONGEST_WORD}}}(?=\S)", "\\g<0>\u200b", node["c"][1])


def image(picture: tuple[str, bytes], alt: str, folder: Path) -> str:
    """Typst code for a picture, which is written into `folder` under the name of its content."""
    kind, content = picture
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ending(kind)}"
    (folder / name).write_bytes(content)
    return f"image({typst_string(name)}, alt: {typst_string(alt)})"


def _displayed(formula: dict) -> bool:
    return formula["c"][0]["t"] == "DisplayMath"


def _plain(nodes: list) -> str:
    """The words of pandoc's inline nodes."""
    words = {"Space": " ", "SoftBreak": " "}
    parts = []
    for node in nodes:
        content = node.get("c")
        if node["t"] in words:
            parts.append(words[node["t"]])
        elif isinstance(content, str):
            parts.append(content)
        elif isinstance(content, list):
            parts.append(_plain([one for one in _flat(content) if isinstance(one, dict)]))
    return "".join(parts)


def _flat(values: list):
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value
