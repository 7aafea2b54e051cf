"""One content policy: what may stand in a file, of HTML and SVG that others wrote."""

import pytest

from graymarket.publish.normalise import normalised
from graymarket.publish.sanitize import sanitize, sanitize_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<p>a<script>MARK</script>b</p>", "<p>ab</p>"),
        ('<b onclick="MARK">x</b>', "<b>x</b>"),
        ('<a href="javascript:MARK">x</a>', "<a>x</a>"),
        ('<a href="data:text/html,MARK">x</a>', "<a>x</a>"),
        ('<a href="https://e.org?a=1&amp;b=2">x</a>', '<a href="https://e.org?a=1&amp;b=2">x</a>'),
        ("<!-- MARK -->x", "x"),
        ("<iframe srcdoc='MARK'></iframe>x", "x"),
        ("<form><b>kept</b></form>", "<b>kept</b>"),
        ('<p style="color:red;position:fixed">x</p>', '<p style="color:red">x</p>'),
        ('<p id="content">x</p>', "<p>x</p>"),
        ('<p class="exhibit">x</p>', '<p class="">x</p>'),
        ('<input type="text" value="MARK">', ""),
        ('<img src="http://e.org/MARK.gif" alt="far">', "[Picture: far]"),
        ('<img alt="a" src="data:image/png;base64,AA">', None),
        ("<details open><summary>S</summary>in</details>", None),
        ("<td colspan=2>x", "x"),
    ],
)
def test_html(markup, clean):
    expected = markup if clean is None else clean
    assert sanitize(markup).replace(' open=""', " open") == expected


def test_only_ids_that_were_given_stay():
    assert sanitize('<p id="a">x</p><p id="b">y</p>', {"a"}) == '<p id="a">x</p><p>y</p>'


def test_long_tables_are_cut_and_counted():
    rows = "".join(f"<tr><td>{i}</td></tr>" for i in range(1_500))
    clean = sanitize(f"<table>{rows}</table>")
    assert clean.count("<tr>") == 1_000
    assert "1,000 of 1,500 rows are shown." in clean


@pytest.mark.parametrize(
    "unsafe",
    [
        "<script>MARK</script>",
        '<g onclick="MARK"/>',
        "<foreignObject>MARK</foreignObject>",
        '<image href="http://e.org/MARK"/>',
        '<a href="javascript:MARK"><text>x</text></a>',
        '<rect style="fill:url(http://e.org/MARK)"/>',
        "<style>@import 'MARK';</style>",
        '<set attributeName="href" to="MARK"/>',
        '<x:p xmlns:x="http://e.org/MARK">MARK</x:p>',
        "<!-- MARK -->",
        "<?xml-stylesheet href='MARK'?>",
    ],
)
def test_svg_draws_and_does_nothing_else(unsafe):
    clean = sanitize_svg(SVG.format(f'<path d="M 0 0 L 9 9"/>{unsafe}'))
    assert "MARK" not in clean
    assert 'd="M 0 0 L 9 9"' in clean


def test_svg_that_only_draws_stays_byte_for_byte():
    svg = SVG.format('<style>*{fill:none}</style><g id="a"><use href="#a"/></g><text>x</text>')
    assert sanitize_svg(svg) is svg


@pytest.mark.parametrize("unsound", ["", "<svg><unclosed", "<html/>", "words"])
def test_what_is_no_svg_is_nothing(unsound):
    assert sanitize_svg(unsound) == ""


def test_every_format_takes_sanitised_outputs():
    from nbformat import v4

    data = {"text/html": "<b onclick='MARK'>x</b>", "image/svg+xml": SVG.format('<g onload="M"/>')}
    book = v4.new_notebook(
        cells=[
            v4.new_code_cell("1", outputs=[v4.new_output("display_data", data=data)]),
            v4.new_raw_cell("<i onclick='MARK'>y</i>", metadata={"format": "text/html"}),
        ]
    )
    output, raw = normalised(book).cells[0].outputs[0], normalised(book).cells[1]
    assert output.data["text/html"] == "<b>x</b>"
    assert "onload" not in output.data["image/svg+xml"]
    assert raw.source == "<i>y</i>"
    assert "onclick" in normalised(book, allow_scripts=True).cells[0].outputs[0].data["text/html"]
