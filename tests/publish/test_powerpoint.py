"""The deck for PowerPoint: what it shows, what can be edited, what is read aloud, and its bytes."""

import io
import posixpath
import shutil
import subprocess
import zipfile

import openpyxl
import pikepdf
import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE

from graymarket.palette import PALETTE
from graymarket.publish.office_theme import TEMPLATE
from graymarket.publish.powerpoint import powerpoint

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="518pt" height="230pt" viewBox="0 0 518 230">'
    '<rect x="20" y="20" width="300" height="90" fill="#c8321f"/>'
    '<text x="20" y="150" style="font: 12px \'IBM Plex Sans Condensed\'">Label</text></svg>'
)
MONTHS = [f"{2019 + i // 12}-{i % 12 + 1:02}" for i in range(36)]
HERE = [None if i == 9 else 10 + i / 2 for i in range(36)]
THERE = [12.25 + i / 2 for i in range(36)]


def table(numeric, *rows):
    """A table of the contract; the first row is its head."""
    head, *rest = rows
    columns = [
        {"name": name, "unit": "", "numeric": is_number}
        for name, is_number in zip(head, numeric, strict=True)
    ]
    printed = [["–" if cell is None else str(cell) for cell in row] for row in rest]
    return {"columns": columns, "rows": printed, "values": [list(row) for row in rest]}


LINES = table(
    [False, True, True], ["Month", "Here", "There"], *zip(MONTHS, HERE, THERE, strict=True)
)
BARS = table([False, True], ["Place", "Phones"], ["North", 3.5], ["South & East", None])
LONG = table(
    [False, False, True],
    ["Kind", "What it says", "Rows"],
    *([f"kind-{i}", "A sentence of several words, as they are. " * 2, i] for i in range(30)),
)
NATIVE_LINES = {
    "kind": "line",
    "categories": [f"{month}-01" for month in MONTHS],
    "series": [
        {"name": "Here", "values": HERE, "role": "accent"},
        {"name": "There", "values": THERE, "role": "second"},
    ],
}
NATIVE_BARS = {
    "kind": "bar",
    "categories": ["North", "South & East", "West"],
    "series": [{"name": "Phones", "values": [3.5, None, 18.27], "role": "accent"}],
}


def exhibit(number, name, table, *, svg=None, native=None):
    return {
        "id": name,
        "number": number,
        "title": f"The message of {name}, which is long enough to ask for a second line on a slide",
        "subtitle": "Measure, unit, place and period",
        "alt": f"Dot plot of {name} where one thing is more than another",
        "note": f"what to mind about {name}.",
        "sources": [{"id": "s", "credit": f"Office of {name}", "url": "https://example.org"}],
        "svg": svg,
        "stage_svg": svg,
        "table": table,
        "native": native,
    }


def slide(exhibit_id="", text="", chapter="chapter-a", notes=""):
    return {"exhibit": exhibit_id, "text": text, "chapter": chapter, "notes": notes}


def a_report():
    points = (
        "## Three points\n\n- **One.** Words [3](#n-a-x).\n- **Two.** More.\n- Three.\n\nAn end."
    )
    return {
        "title": "A report",
        "subtitle": "What is it about?",
        "edition": "2026-11",
        "date": "2026-11-24",
        "fingerprint": "0123456789abcdef",
        "language": "en-GB",
        "credits": ["Facts by somebody (CC BY 4.0)."],
        "chapters": [
            {"id": "chapter-a", "title": "The first finding & its doubt", "deck": "In [9](#n-x)."},
            {"id": "chapter-b", "title": "The second finding", "deck": ""},
            {"id": "chapter-c", "title": "Nothing of it is shown", "deck": "No slide."},
        ],
        "exhibits": [
            exhibit(1, "lines", LINES, svg=SVG, native=NATIVE_LINES),
            exhibit(2, "bars", BARS, svg=SVG, native=NATIVE_BARS),
            exhibit(3, "picture", BARS, svg=SVG),
            exhibit(4, "long", LONG),
        ],
        "slides": [
            slide("lines", notes="**Say:** it is [18%](#n-a-x).\n\n**Caveat:** a guess."),
            slide("bars"),
            slide(text=points, notes="**Say:** three."),
            slide("picture", chapter="chapter-b"),
            slide("long", chapter="chapter-b"),
        ],
        "sources": [{"id": "s", "credit": "Office", "url": "https://example.org"}],
    }


@pytest.fixture(scope="module")
def content():
    return powerpoint(a_report())


@pytest.fixture
def deck(content):
    return Presentation(io.BytesIO(content))


def on_one_line(text):
    return " ".join(text.replace("\v", " ").split())


def titles(deck):
    return [on_one_line(slide.shapes.title.text_frame.text) for slide in deck.slides]


def shown(deck, name):
    """The slide of an exhibit, and the shape that shows it."""
    return next(
        (slide, shape)
        for slide in deck.slides
        for shape in slide.shapes
        if f" of {name} where " in shape._element.xpath("string(.//p:cNvPr/@descr)")
    )


def test_same_report_same_bytes_down_to_the_workbooks_inside(content):
    assert powerpoint(a_report()) == content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        workbooks = [name for name in package.namelist() if name.endswith(".xlsx")]
        assert len(workbooks) == 2
        for name in workbooks:
            with zipfile.ZipFile(io.BytesIO(package.read(name))) as workbook:
                assert b"2026-11-24T00:00:00Z" in workbook.read("docProps/core.xml")


def test_a_section_for_each_chapter_shown_and_a_slide_for_each_entry(deck):
    assert titles(deck) == [
        "A report",
        "The first finding & its doubt",
        "The message of lines, which is long enough to ask for a second line on a slide",
        "The message of bars, which is long enough to ask for a second line on a slide",
        "Three points",
        "The message of picture, which is long enough to ask for a second line on a slide",
        "The message of long, which is long enough to ask for a second line on a slide",
        "How to cite, and what it rests on",
    ]
    names = deck.element.xpath(".//*[local-name()='section']/@name")
    assert names == [
        "A report",
        "The first finding & its doubt",
        "The second finding",
        "How to cite",
    ]
    listed = deck.element.xpath(".//*[local-name()='section']//*[local-name()='sldId']/@id")
    assert [int(i) for i in listed] == [slide.slide_id for slide in deck.slides]


def test_layouts_are_named_and_every_slide_has_foot_and_number(deck):
    names = [layout.name for layout in deck.slide_layouts]
    assert len(set(names)) == len(names)
    assert {"Title", "Section", "Exhibit", "Two-up", "Three-up", "Text", "Closing"} <= set(names)
    for slide in deck.slides:
        kinds = [shape.placeholder_format.type for shape in slide.placeholders]
        assert PP_PLACEHOLDER.FOOTER in kinds and PP_PLACEHOLDER.SLIDE_NUMBER in kinds
        words = [s.text_frame.text for s in slide.placeholders if s.has_text_frame]
        assert all(words)
        assert "A report · Edition 2026-11" in words


def test_every_picture_chart_and_table_is_described(deck):
    shapes = [s for slide in deck.slides for s in slide.shapes if not s.has_text_frame]
    assert len(shapes) == 4
    for shape in shapes:
        properties = shape._element.xpath(".//p:cNvPr")[0]
        assert "where one thing is more than another" in properties.get("descr")
        assert properties.get("title").startswith("The message of")
    kinds = {s._element.xpath("string(.//p:cNvPr/@descr)").split(" of ")[0] for s in shapes}
    assert kinds == {"Line chart", "Bar chart", "Dot plot"}


def test_native_charts_hold_the_tables_numbers_gaps_included(deck):
    _, frame = shown(deck, "lines")
    plot = frame.chart.plots[0]
    for place, series in enumerate(plot.series, start=1):
        assert series.name == LINES["columns"][place]["name"]
        assert list(series.values) == [row[place] for row in LINES["values"]]
    assert frame.chart._chartSpace.xpath("count(.//c:dateAx)") == 1
    assert frame.chart._chartSpace.xpath(".//c:dispBlanksAs/@val") == ["gap"]
    assert frame.chart._chartSpace.xpath(".//c:dLbl/c:showSerName/@val") == ["1", "1"]
    assert not frame.chart.has_legend


def test_bars_have_their_labels_and_numbers(deck):
    _, frame = shown(deck, "bars")
    plot = frame.chart.plots[0]
    assert list(plot.categories) == NATIVE_BARS["categories"]
    assert list(plot.series[0].values) == [3.5, None, 18.27]
    assert plot.series[0].data_labels.show_value


def test_chart_data_opens_as_a_sheet(deck):
    _, frame = shown(deck, "lines")
    workbook = openpyxl.load_workbook(
        io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob), read_only=True
    )
    head, *rows = workbook.active.iter_rows(values_only=True)
    assert head[1:] == ("Here", "There")
    assert [f"{row[0]:%Y-%m}" for row in rows] == MONTHS
    assert [list(row[1:]) for row in rows] == [row[1:] for row in LINES["values"]]


def test_a_chart_that_no_program_can_draw_whole_is_a_crisp_picture(deck):
    _, picture = shown(deck, "picture")
    assert picture.shape_type == MSO_SHAPE_TYPE.PLACEHOLDER
    pixels_an_inch = picture.image.size[0] / (picture.width / 914400)
    assert pixels_an_inch >= 180


def test_a_long_table_says_how_many_rows_are_elsewhere(deck):
    slide, frame = shown(deck, "long")
    rows = len(frame.table.rows) - 1
    assert 3 <= rows <= 12
    assert frame.top + frame.height <= deck.slide_height * 0.87
    assert frame.table.cell(1, 0).text_frame.text == "kind-0"
    words = " ".join(s.text_frame.text for s in slide.placeholders if s.has_text_frame)
    assert f"{30 - rows} more of 30 rows in the workbook" in words


def test_points_stand_side_by_side_with_their_leads_in_bold(deck):
    slide = deck.slides[4]
    assert slide.slide_layout.name == "Three-up"
    words = [s.text_frame for s in slide.placeholders if s.placeholder_format.idx in (21, 22, 23)]
    assert [frame.text for frame in words] == ["One.\nWords 3.", "Two.\nMore.", "Three."]
    assert words[0].paragraphs[0].runs[0].font.bold


def test_notes_have_no_links_and_end_with_note_and_source(deck):
    slide, _ = shown(deck, "lines")
    assert slide.notes_slide.notes_text_frame.text == (
        "Say: it is 18%.\nCaveat: a guess.\nNote: what to mind about lines.\n"
        "Source: Office of lines."
    )


def test_properties_say_what_it_is(deck):
    about = deck.core_properties
    assert (about.title, about.author, about.language) == ("A report", "A report", "en-GB")
    assert f"{about.created:%Y-%m-%d} {about.modified:%Y-%m-%d}" == "2026-11-24 2026-11-24"


def test_every_part_is_typed_reached_and_every_id_used_once(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    types = etree.fromstring(parts["[Content_Types].xml"])
    overrides = {e.get("PartName") for e in types if e.tag.endswith("Override")}
    defaults = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    reached = {"[Content_Types].xml"}
    for name, blob in parts.items():
        assert f"/{name}" in overrides or name.rsplit(".", 1)[-1] in defaults, name
        if name.endswith(".rels"):
            reached.add(name)
            folder = posixpath.dirname(posixpath.dirname(name))
            for rel in etree.fromstring(blob):
                assert rel.get("TargetMode") != "External", "a file that asks for no network"
                target = posixpath.normpath(posixpath.join("/", folder, rel.get("Target")))
                reached.add(target.lstrip("/"))
        elif name.startswith("ppt/slides/"):
            ids = etree.fromstring(blob).xpath("//*[local-name()='cNvPr']/@id")
            assert len(set(ids)) == len(ids), name
    assert reached == set(parts)


def test_the_template_has_the_colours_of_the_palette_and_no_slide():
    deck = Presentation(str(TEMPLATE))
    assert len(deck.slides) == 0
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob
    colours = {
        etree.QName(e.getparent()).localname: f"#{e.get('val').lower()}"
        for e in etree.fromstring(theme).xpath("//*[local-name()='clrScheme']//*[@val]")
    }
    names = {
        **{"dk1": "ink", "lt1": "paper", "dk2": "text-mute", "lt2": "faint"},
        **{"accent1": "accent", "accent2": "second", "accent4": "mute", "hlink": "second"},
    }
    assert {slot: colours[slot] for slot in names} == {
        slot: PALETTE[name] for slot, name in names.items()
    }


def test_a_long_list_is_numbered_as_it_was_or_has_dots():
    report = a_report()
    for text, kind in (
        ("1. One\n2. Two\n3. Three\n4. Four", "buAutoNum"),
        ("- A\n- B\n- C\n- D", "buChar"),
    ):
        report["slides"] = [slide(text=text)]
        deck = Presentation(io.BytesIO(powerpoint(report)))
        paragraphs = deck.slides[2].element.xpath(".//a:pPr")
        assert sum(p.find(f"{{*}}{kind}") is not None for p in paragraphs) == 4


def test_what_comes_from_data_is_no_markdown():
    report = a_report()
    report["exhibits"][0] |= {"title": "A *b* `c` <d>", "note": "of **e**"}
    deck = Presentation(io.BytesIO(powerpoint(report)))
    assert "A *b* `c` <d>" in titles(deck)
    words = deck.slides[2].notes_slide.notes_text_frame.text
    assert "Note: of **e**" in words


def test_an_office_program_opens_it_and_shows_every_slide(content, deck, tmp_path):
    office = shutil.which("soffice")
    if not office:
        pytest.skip("no soffice on PATH (Debian, Ubuntu: apt-get install libreoffice-impress)")
    path = tmp_path / "slides.pptx"
    path.write_bytes(content)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            path,
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    with pikepdf.open(tmp_path / "slides.pdf") as pdf:
        assert len(pdf.pages) == len(deck.slides)
        box = [float(v) for v in pdf.pages[0].mediabox]
        assert box[2] / box[3] == pytest.approx(16 / 9, rel=0.01)
