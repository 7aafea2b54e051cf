"""The exporters work on any notebook, and a report that breaks a standard is refused."""

import nbformat
import pikepdf
import pytest
from nbconvert.exporters import get_exporter

PLAIN = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_markdown_cell(
            "# A notebook\n\nWith *words*, `code` and a [link](https://example.org)."
        ),
        nbformat.v4.new_code_cell(
            "print('<b>&')",
            outputs=[nbformat.v4.new_output("stream", name="stdout", text='<b>& #panic() \\ "\n')],
        ),
    ]
)


@pytest.mark.parametrize("name", ["graymarket-html", "graymarket-typst-pdf", "graymarket-slides"])
def test_registered_with_nbconvert_and_same_bytes_twice(name):
    first, _ = get_exporter(name)().from_notebook_node(PLAIN)
    second, _ = get_exporter(name)().from_notebook_node(PLAIN)
    assert first == second


def test_html_escapes_output():
    page, _ = get_exporter("graymarket-html")().from_notebook_node(PLAIN)
    assert "&lt;b&gt;&amp; #panic()" in page
    assert "<em>words</em>" in page


def test_pdf_is_tagged_and_titled(tmp_path):
    content, _ = get_exporter("graymarket-typst-pdf")().from_notebook_node(PLAIN)
    path = tmp_path / "plain.pdf"
    path.write_bytes(content)
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.docinfo["/Title"] == "Notebook"
