"""Awkward notebooks that this project did not write, each by a name that tells what is odd."""

import base64
import io
import struct
import zlib

import nbformat
import pandas as pd
from nbformat import v4

RAN = "window.__ran = (window.__ran || 0) + 1"  # what every hostile script here tries to do
RED = "\x1b[0;31m"
OFF = "\x1b[0m"


def code(*outputs, source="1 + 1", **parts):
    return v4.new_code_cell(source, outputs=list(outputs), **parts)


def data(bundle, **metadata):
    return v4.new_output("display_data", data=bundle, metadata=metadata)


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def markdown(text, **parts):
    return v4.new_markdown_cell(text, **parts)


def book(*cells, **metadata):
    return v4.new_notebook(cells=list(cells), metadata=metadata)


def png(width=60, height=30):
    """A red rectangle, built by hand: 8-bit RGB."""

    def chunk(kind, content):
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = (b"\x00" + b"\xc8\x32\x1f" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def jpeg():
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "#1f5fa8").save(buffer, "JPEG")
    return buffer.getvalue()


def text64(content):
    return base64.b64encode(content).decode("ascii")


def errors_with_colours():
    traceback = [f"{RED}ValueError{OFF}  Traceback", "\x1b[1;32m      1\x1b[0m bad(\x1b[38;5;99m3)"]
    return book(code(v4.new_output("error", ename="ValueError", evalue="3", traceback=traceback)))


def coloured_streams():
    bar = "".join(f"\r{n:3d}%|{'█' * n}" for n in range(0, 40, 10))
    return book(
        code(
            stream(f"{RED}red{OFF} \x1b[4munder\x1b[0m \x1b[7minverse\x1b[0m \x1b[48;2;9;9;9mtrue"),
            stream(f"a warning \x1b[33mhere\x1b[0m\n{bar}\n\x1b[2K\x1b]0;title\x07", "stderr"),
        )
    )


def widgets():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "abc", "version_major": 2}}
    return book(
        code(data(view | {"text/plain": "IntSlider(value=7)"}), data(view)),
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}},
    )


def formulas():
    return book(
        markdown(
            "Inline $e^{i\\pi} + 1 = 0$, costs \\$5 and $6.\n\n$$\\int_0^1 x\\,dx = \\frac12$$\n\n"
            "\\begin{align}\na &= b + c \\\\\nd &= \\sum_{i=1}^n \\alpha_i\n\\end{align}\n\n"
            "Unknown: $\\notacommand{x}$, open: $\\frac{a}{$."
        ),
        markdown("\\begin{equation*}\\mathbb{E}[X] = \\operatorname{Var}(Y) < 3\\end{equation*}"),
        code(data({"text/latex": "$\\displaystyle x^{2} + \\sqrt{y}$", "text/plain": "x**2"})),
        code(data({"text/latex": "\\begin{pmatrix}1 & 2\\\\3 & 4\\end{pmatrix}"})),
    )


def ten_thousand_rows():
    rows = "".join(f"<tr><td>{n}</td><td>name {n}</td></tr>" for n in range(10_000))
    table = f"<table><thead><tr><th>n</th><th>name</th></tr></thead><tbody>{rows}</tbody></table>"
    return book(code(data({"text/html": table, "text/plain": "10000 rows"})))


def two_hundred_columns():
    frame = pd.DataFrame([[r * c for c in range(200)] for r in range(4)])
    frame.columns = [f"column_{c}" for c in frame]
    html = frame.to_html(max_cols=None)
    return book(code(data({"text/html": html, "text/plain": frame.to_string(max_cols=None)})))


def merged_and_nested_tables():
    html = (
        "<p>Before</p><table><tr><th colspan=3>All</th></tr><tr><td rowspan=2>a<td>b</tr>"
        "<tr><td><table><tr><td>inner</td></tr></table></td></tr></table><table></table>"
        "<table><tr></tr></table><table><tr><td>one cell"
    )
    return book(code(data({"text/html": html})), code(data({"text/html": "<b>only</b> words"})))


def attachments():
    return book(
        markdown(
            "![a red one](attachment:red.png) and ![lost](attachment:gone.png)",
            attachments={"red.png": {"image/png": text64(png())}},
        )
    )


def raw_cells():
    kinds = [None, "text/html", "text/latex", "text/markdown", "text/restructuredtext", "x/y"]
    sources = {
        "text/html": f"<p>raw <b>html</b><script>{RAN}</script></p>",
        "text/markdown": "*raw* markdown",
    }
    cells = [
        v4.new_raw_cell(
            sources.get(kind, f"raw \\section{{x}} #panic() for {kind}"),
            metadata={} if kind is None else {"format": kind},
        )
        for kind in kinds
    ]
    return book(*cells)


def many_alphabets():
    text = "Ελληνικά, кириллица, العربية من اليمين, עברית, 日本語のテキスト, 한국어, हिन्दी, ไทย"
    return book(
        markdown(f"# Überschrift: 日本語 *{text}*\n\n{text}\n\n- مرحبا\n- שלום `中文代码`"),
        code(stream(text + "\n│ ─ ┌ ═ ∀ ∃ ≤ ™ 𝔸 ℝ\n")),
        code(data({"text/html": f"<table><tr><th>{text}</th></tr><tr><td>中</td></tr></table>"})),
        code(data({"image/svg+xml": svg("<text y='20'>中文 עברית</text>")})),
    )


def emoji():
    text = "😀 👩‍👩‍👧‍👦 👍🏽 🇨🇺 ☎️ ✓ ♥ \u200d\ufe0f"
    return book(
        markdown(f"## {text}\n\nText {text}"), code(stream(text), source=f"print('{text}')")
    )


def no_outputs_no_counts():
    return book(code(execution_count=None), code(source=""), code(source="x = 1\n" * 50))


def pictures_in_markdown():
    inside = f"data:image/png;base64,{text64(png())}"
    return book(
        markdown(
            f"![missing](not/there.png) ![above](../../etc/passwd) ![inside]({inside})\n\n"
            "![far away](https://example.org/pixel.png) ![](//example.org/x.gif) ![odd](:)\n\n"
            '<img src="http://example.org/tracker.gif" alt="tracker"> [![a](b.png)](http://x.org)\n'
        )
    )


def hostile_html():
    html = (
        f"<script>{RAN}</script><img src=x onerror='{RAN}'><a href='javascript:{RAN}'>go</a>"
        f"<div onclick='{RAN}' onmouseover='{RAN}' style='position:fixed;inset:0;color:red'>x</div>"
        f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe><svg onload='{RAN}'></svg>"
        "<style>main{display:none}body{background:url(http://example.org/bg.png)}</style>"
        f"<object data='data:text/html,<script>{RAN}</script>'></object><base href='http://x.org/'>"
        f"<form action='http://x.org'><input autofocus onfocus='{RAN}'><button>b</button></form>"
        "<link rel=stylesheet href=http://example.org/a.css><meta http-equiv=refresh content=0>"
        f"<math><mtext><img src=x onerror='{RAN}'></mtext></math><details open ontoggle='{RAN}'>"
        "<summary>s</summary>kept words</details>"
    )
    return book(markdown(f"Kept text\n\n{html}\n\n[link](javascript:{RAN})\n\n**bold**"), code(
        data({"text/html": html, "text/plain": "plain"}),
        data({"application/javascript": RAN, "text/plain": "<IPython.core.Javascript object>"}),
        data({"text/markdown": f"md <script>{RAN}</script> <b onclick='{RAN}'>b</b>"}),
    ))  # fmt: skip


def svg(inner):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{inner}</svg>'


def svg_outputs():
    hostile = svg(
        f"<script>{RAN}</script><rect width='9' height='9' onclick='{RAN}'/>"
        "<image href='http://example.org/x.png' width='9' height='9'/>"
        f"<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='{RAN}'/>"
        "</foreignObject>"
        "<text y='20' font-family='No Such Font'>words</text>"
    )
    return book(code(
        data({"image/svg+xml": hostile, "text/plain": "<IPython.core.display.SVG object>"}),
        data({"image/svg+xml": hostile.split("><")}),
        data({"image/svg+xml": "<svg><unclosed", "text/plain": "text instead"}),
        data({"image/svg+xml": "<html/>"}),
    ))  # fmt: skip


def picture_outputs():
    return book(code(
        data({"image/png": text64(png()) + "\n", "text/plain": "<Figure size 6x4 with 1 Axes>"}),
        data({"image/png": text64(png(4000, 3000)), "text/plain": "<Figure>"}, alt="A red field"),
        data({"image/jpeg": text64(jpeg())}),
        data({"image/png": "not base64!", "text/plain": "text instead"}),
        data({"image/png": text64(b"GIF89a"), "text/plain": "text instead"}),
        data({"image/gif": text64(b"GIF89a")}),
    ))  # fmt: skip


def half_a_picture():
    return book(code(data({"image/png": text64(png()[:40]), "text/plain": "text instead"})))


def interactive_charts():
    plotly = {"data": [{"x": [1], "y": [2]}], "layout": {}}
    return book(code(
        data({"application/json": {"a": [1, {"b": None}], "ü": ""}, "text/plain": "<JSON object>"}),
        data({"application/vnd.plotly.v1+json": plotly, "text/html": f"<script>{RAN}</script>"}),
        data({"application/vnd.vegalite.v5+json": {"mark": "bar"}, "text/plain": "alt.Chart(...)"}),
        data({"application/vnd.plotly.v1+json": plotly, "image/png": text64(png())}),
        data({}),
    ))  # fmt: skip


def nested_markdown():
    return book(
        markdown(
            "#### Starts at four\n\n1. one\n   - two\n     1. three\n        > quote\n\n"
            "| a | b |\n|--:|:-:|\n| 1 | `x|y` |\n\n"
            "A note[^1] and [^2].\n\n[^1]: First.\n[^2]: Second.\n"
            "\n- [x] done\n- [ ] open\n\n~~gone~~ <kbd>K</kbd> <u>u</u> <!-- comment -->\n\n"
            "```python\ndef f(): pass\n```\n\n```unknown-language\n<x>\n```\n\n"
            "```mermaid\ngraph TD\n```"
        ),
        markdown("A note again[^1].\n\n[^1]: Other.\n\n[nowhere](#nowhere) [top](#starts-at-four)"),
        markdown("```python\nnever closed"),
        markdown("## After the open fence\n\n###### Six\n\nterm\n: definition\n\n---\n\n***"),
        markdown(
            "Setext\n======\n\n$$ never closed\n\n[ref]: http://x.org\n[ref] [rel](other.ipynb)"
        ),
    )


def typst_in_markdown():
    return book(
        markdown(
            '`#panic()`{=typst} #panic() $x @nobody <label> *star _under ~tilde `#eval("1")`\n\n'
            '```{=typst}\n#panic("run")\n```\n\n````{=html}\n<script>1</script>\n````\n\n'
            "#let x = 1 \\ // no comment /* either */ = no heading"
        ),
        code(stream('#panic() ] ) } \\ " $ @x <y> // ```` ')),
    )


def empty():
    return book()


def empty_cells():
    return book(markdown(""), code(source=""), v4.new_raw_cell(""), markdown("   \n\n "))


def nbformat_three():
    from nbformat import v3

    cells = [
        v3.new_heading_cell("Old heading", level=2),
        v3.new_code_cell("print(1)", prompt_number=1, outputs=[
            v3.new_output("stream", output_text="old output\n"),
            v3.new_output("pyout", output_text="1", prompt_number=1),
        ]),
    ]  # fmt: skip
    return v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells)], name="old")


def nbformat_four_zero():
    return nbformat.from_dict({
        "nbformat": 4, "nbformat_minor": 0, "metadata": {},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": "no ids"},
            {"cell_type": "code", "metadata": {"collapsed": True}, "execution_count": None,
             "source": "1", "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]},
        ],
    })  # fmt: skip


def five_megabytes():
    return book(code(stream("".join(f"line {n} of a very long output\n" for n in range(160_000)))))


def one_endless_line():
    return book(
        code(stream("A" * 300_000), source="x = '" + "B" * 5_000 + "'"), markdown("C" * 9_000)
    )


def control_characters():
    text = (
        "bell \x07 null \x00 escape \x1b form \x0c half \ud800 other \udfff non \ufffe \uffff \x85"
    )
    return book(
        markdown(f"# {text}\n\n{text}"),
        code(stream(text), data({"text/html": f"<p>{text}</p>"}), source=text),
        title=text,
    )


def awkward_titles():
    return book(
        markdown('# "Quotes" & <tags> \\ #hash $5 @ref *star* _under_ `code` [x](y) ~ ^ {#id}'),
        markdown("# "),
        markdown("## Same\n\n## Same\n\n[to it](#same)"),
        report={"title": 'A "title" with \\ <b>, #hash, $, @ and *', "subtitle": "[s] </title>"},
    )


def tagged_cells():
    return book(
        markdown("removed words", metadata={"tags": ["remove-cell"]}),
        code(stream("kept output"), source="hidden_source", metadata={"tags": ["hide-input"]}),
        code(stream("hidden output"), source="kept_source", metadata={"tags": ["remove-output"]}),
    )


def not_a_notebook():
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "cells": [{"source": "?"}]})


NOTEBOOKS = [
    errors_with_colours, coloured_streams, widgets, formulas, ten_thousand_rows,
    two_hundred_columns, merged_and_nested_tables, attachments, raw_cells, many_alphabets, emoji,
    no_outputs_no_counts, pictures_in_markdown, hostile_html, svg_outputs, picture_outputs,
    half_a_picture, interactive_charts, nested_markdown, typst_in_markdown, empty, empty_cells,
    nbformat_three, nbformat_four_zero, five_megabytes, one_endless_line, control_characters,
    awkward_titles, tagged_cells, not_a_notebook,
]  # fmt: skip
