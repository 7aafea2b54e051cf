"""The formats of a publication: to add one is to add a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from nbformat import NotebookNode

from graymarket.publish.brief import brief
from graymarket.publish.citation import REPORT_FILE, ROWS_FILE
from graymarket.publish.html import ReportHTMLExporter, RowsHTMLExporter
from graymarket.publish.normalise import NotebookExporter
from graymarket.publish.pdf import ReportPDFExporter
from graymarket.publish.powerpoint import powerpoint
from graymarket.publish.slides import ReportSlidesExporter
from graymarket.publish.workbook import workbook


@dataclass(frozen=True)
class Format:
    """One file of a publication.

    `name`: the file's; `write`: the assembled notebook → its bytes; `link`: the words by which the
    page leads to it, "" for none; `needs`: the part of `metadata.report` without which there is no
    such file.
    """

    name: str
    write: Callable[[NotebookNode], bytes]
    link: str = ""
    needs: str = ""


def _exported(exporter_of: type[NotebookExporter], report: NotebookNode) -> bytes:
    exporter = exporter_of()
    exporter.is_normalised = True  # as `publish` hands it over to every format
    content: str | bytes = exporter.from_notebook_node(report)[0]
    return content.encode() if isinstance(content, str) else content


FORMATS = (
    Format(REPORT_FILE, partial(_exported, ReportHTMLExporter)),
    Format(ROWS_FILE, partial(_exported, RowsHTMLExporter), needs="traces"),
    Format("report.pdf", partial(_exported, ReportPDFExporter), "PDF"),
    Format("brief.pdf", brief, "One page (PDF)"),
    Format("slides.html", partial(_exported, ReportSlidesExporter), "Slides"),
    Format(
        "slides.pptx", lambda report: powerpoint(report.metadata["report"]), "Slides (PowerPoint)"
    ),
    Format("tables.xlsx", lambda report: workbook(report.metadata["report"]), "Tables (Excel)"),
)
