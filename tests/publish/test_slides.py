"""Slides: what stands on each, that nothing is cut off, and that a speaker can work with them."""

import base64
import io
import re

import nbformat
import pandas as pd
import pikepdf
import pytest
from matplotlib.figure import Figure
from nbconvert.exporters import get_exporter

from graymarket.charts.chart import Chart, Drawing
from graymarket.charts.style import chart
from graymarket.exhibits.contract import EXHIBIT_MIME, Exhibit
from graymarket.publish.assemble import assemble
from graymarket.publish.problems import PublishError

SIZES = [(1280, 720), (1920, 1080)]
LONG_TITLE = (
    "Considerably more smartphones entered through unauthorised distribution channels than "
    "authorised importers recorded for neighbouring countries"
)
ROWS = pd.DataFrame(
    {
        "Country": [f"Country {i}" for i in range(40)],
        "What was found there, and by whom": ["Words that take some room, " * 4] * 40,
        "Phones": range(900, 1300, 10),
    }
)
FEW_ROWS = ROWS.head(5)
ABOUT = {
    "title": "Book",
    "subtitle": "How much of it?",
    "edition": "2026-11",
    "date": "2026-11-24",
    "inputs": "0" * 64,
    "credits": ["All data: the team (CC BY-SA 4.0)."],
}
POINTS = """## Two limits

- **Views are not phones.** Whoever reads more counts for more, and nobody knows by how much.
- **Three places stay blank.** What we cannot see may be large; see [Exhibit](#growth)."""


def exhibit(name, title, data=FEW_ROWS, chart=None):
    return Exhibit(
        id=name,
        title=title,
        subtitle="Phones, thousands, in forty countries, September 2021",
        alt=f"Chart of phones where {title}",
        data=data,
        lineage="vendor_share/vendor_share-001",
        note="one month is missing",
        chart=chart,
    )


def drawn(width):
    figure, axes = chart(width, 3)
    axes.plot([2019, 2020, 2021], [9, 14, 18], color="#c8321f")
    return Drawing(figure, ())


def resolve(entries):
    source = {"id": "s", "credit": "A firm", "title": "T", "url": "https://example.org"}
    return [{"file": "data/t.csv", "key": "t-1", "rows": 1, "text": "", "sources": [source]}]


def markdown(text, slide=""):
    return nbformat.v4.new_markdown_cell(text, metadata=_marked(slide))


def code(outputs, slide=""):
    return nbformat.v4.new_code_cell("secret()", outputs=outputs, metadata=_marked(slide))


def _marked(slide):
    return {"slideshow": {"slide_type": slide}} if slide else {}


def shown(exhibit):
    data = {EXHIBIT_MIME: exhibit.payload(), "text/plain": exhibit.title}
    return [nbformat.v4.new_output("execute_result", data=data)]


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def exported(book, **options):
    exporter = get_exporter("graymarket.publish.slides.ReportSlidesExporter")
    return exporter(**options).from_notebook_node(book)


@pytest.fixture(scope="module")
def book():
    chapters = {
        "one": notebook(
            markdown("# Phones doubled in two years\n\nThat is *much*; see [Exhibit](#growth)."),
            code(shown(exhibit("growth", LONG_TITLE, chart=Chart("line", drawn))), "slide"),
            markdown("**Say:** it doubled, as [Exhibit](#growth) shows.", "notes"),
            markdown(POINTS, "slide"),
        ),
        "two": notebook(
            markdown("# Nobody counted\n\nDeck."),
            code(shown(exhibit("aside", "This stays in the report alone"))),
        ),
        "three": notebook(
            markdown("# Forty countries answered\n\nDeck."),
            code(shown(exhibit("countries", "Most phones are in the last rows", ROWS)), "slide"),
        ),
    }
    return assemble(chapters, ABOUT, resolve)


@pytest.fixture(scope="module")
def folder(book, tmp_path_factory):
    """Where slides.html of the small report is, and plain.html of a notebook of no report."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "slides.html").write_text(exported(book)[0], encoding="utf-8")
    (folder / "plain.html").write_text(exported(plain(marked=True))[0], encoding="utf-8")
    return folder


def plain(*, marked):
    """A notebook of another's making, with slideshow metadata or without any."""

    def mark(slide):
        return slide if marked else ""

    picture = io.BytesIO()
    Figure((9, 7)).savefig(picture, metadata={"Software": None})
    png = base64.b64encode(picture.getvalue()).decode()
    table = "\n".join(f"{i} <b>&</b> " + "word " * 30 for i in range(60))
    new_output = nbformat.v4.new_output
    return notebook(
        markdown("# A *talk*\n\nWith `code`.\n\n```\n# no heading\n```", mark("slide")),
        markdown("Smile <kindly>.", mark("notes")),
        markdown("## Second\n\nWords.", mark("subslide")),
        markdown("Words that come later", mark("fragment")),
        markdown("## Left out", mark("skip")),
        code([new_output("stream", name="stdout", text=table)], mark("slide")),
        code(
            [
                new_output("display_data", {"image/png": png}, metadata={"alt": "A white sheet"}),
                new_output("execute_result", {"text/latex": "$$x^2$$", "text/plain": "x"}),
            ],
            mark("slide"),
        ),
        markdown("## Last\n\n" + "Many words are too many. " * 70, mark("slide")),
    )


def opened(page, path):
    page.goto(path.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.evaluate("document.fonts.ready")


def each_slide(page):
    """Go through all slides by keyboard; yields the id of each."""
    before = None
    while (now := page.evaluate("Reveal.getCurrentSlide().id")) != before:
        yield now
        before = now
        for _ in range(1 + page.evaluate("Reveal.availableFragments().next ? 1 : 0")):
            page.keyboard.press("ArrowRight")


def test_what_is_removed_in_other_formats_is_removed_here():
    cells = nbformat.v4
    text, _ = exported(
        notebook(
            markdown("# Kept words"),
            cells.new_markdown_cell("REMOVED words", metadata={"tags": ["remove-cell"]}),
            cells.new_code_cell(
                "HIDDEN_SOURCE = 1",
                outputs=[cells.new_output("stream", name="stdout", text="kept output")],
                metadata={"jupyter": {"source_hidden": True}},
            ),
            cells.new_code_cell(
                "kept_source = 1",
                outputs=[cells.new_output("stream", name="stdout", text="REMOVED output")],
                metadata={"tags": ["remove-output"]},
            ),
        ),
        include_code=True,
    )
    assert all(words in text for words in ("Kept words", "kept output", "kept_source"))
    assert "REMOVED" not in text
    assert "HIDDEN_SOURCE" not in text


def test_same_bytes_twice_and_no_address_of_a_library(book):
    assert exported(book) == exported(book)
    text = re.sub(r"<script>.*?</script>|<!--.*?-->", "", exported(book)[0], flags=re.DOTALL)
    assert not re.findall(r'(?:src|href)="https?:[^"]+\.(?:js|css|woff2?)"', text)


def test_report_gives_title_exhibits_texts_and_closing(folder, page_factory):
    page = page_factory(offline=True)
    opened(page, folder / "slides.html")
    order = list(each_slide(page))
    assert order == ["title", "growth", "chapter-one-text-2", "countries", "closing"]
    first, growth, text, countries, closing = (
        " ".join(page.locator(f"#{name}").text_content().split()) for name in order
    )
    for words in ("Phones doubled in two years", "That is much; see Exhibit 1.", "2026-11"):
        assert words in first
    assert LONG_TITLE in growth
    assert "2 / 5" in growth
    assert page.locator("#growth .subtitle a").get_attribute("href") == "report.html#growth"
    assert page.locator("#growth [role=img]").get_attribute("aria-label").startswith("Chart of")
    assert "see Exhibit 1." in text
    assert page.locator("#chapter-one-text-2 li strong").count() == 2
    assert re.search(r"The first \d+ of 40 rows\.", countries)
    assert "Book: How much of it? Edition 2026-11, 24 November 2026." in closing
    assert ABOUT["credits"][0] in closing


def test_notes_hold_what_to_say_the_caveat_and_the_sources(book, folder, page_factory):
    page = page_factory(offline=True)
    opened(page, folder / "slides.html")
    notes = page.locator("#growth aside.notes").text_content()
    credits = {source["credit"] for source in book.metadata.report.exhibits[0]["sources"]}
    assert credits
    for words in ("it doubled, as Exhibit 1 shows", "Phones, thousands", "one month", *credits):
        assert words in notes


def test_unknown_exhibit_is_refused(book):
    wrong = nbformat.from_dict(book)
    wrong.metadata.report.slides = [{"exhibit": "nowhere", "text": "", "chapter": "", "notes": ""}]
    with pytest.raises(PublishError, match="slide 1 shows 'nowhere', expected the id of"):
        exported(wrong)


LAYOUT = """() => {
  const slide = Reveal.getCurrentSlide().querySelector(".slide");
  const frame = slide.getBoundingClientRect();
  const name = (e) => `${e.tagName} ${e.getAttribute("class")}: ${e.textContent.trim()}`;
  const problems = [];
  if (Math.abs(frame.width - innerWidth) > 1) problems.push(`slide is ${frame.width} wide`);
  for (const element of slide.querySelectorAll("*")) {
    if (element.closest("defs, clipPath")) continue;
    const scroller = element.closest("[tabindex='0']");
    const box = element.getBoundingClientRect();
    const out = box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    if (out && !scroller) problems.push(`out of the slide: ${name(element)}`);
  }
  const parts = [...slide.children].map((e) => [e, e.getBoundingClientRect()]);
  parts.forEach(([element, box], i) => {
    const bottoms = [...element.querySelectorAll("*")]
      .filter((e) => !e.closest("svg, [tabindex='0']"))
      .map((e) => e.getBoundingClientRect().bottom);
    const bottom = Math.max(box.bottom, ...bottoms);
    if (i + 1 < parts.length && bottom > parts[i + 1][1].top + 1)
      problems.push(`${name(element)} runs into ${name(parts[i + 1][0])}`);
  });
  const scale = innerWidth / 1280;
  for (const text of slide.querySelectorAll("svg text, h1, li, td, .subtitle, .body p")) {
    const drawn = text.getScreenCTM ? text.getScreenCTM().a : scale;
    const size = parseFloat(getComputedStyle(text).fontSize) * drawn;
    if (size < 18 * scale - 0.01) problems.push(`${size} px: ${name(text)}`);
  }
  const heading = slide.querySelector("h1");
  const line = parseFloat(getComputedStyle(heading).lineHeight) * scale;
  const lines = heading.getBoundingClientRect().height / line;
  if (lines > 2.1) problems.push(`${lines} lines: ${name(heading)}`);
  return problems;
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["slides.html", "plain.html"])
def test_nothing_is_cut_off_or_too_small(folder, page_factory, name, size):
    page = page_factory(offline=True, viewport={"width": size[0], "height": size[1]})
    opened(page, folder / name)
    found = {slide: page.evaluate(LAYOUT) for slide in each_slide(page)}
    assert len(found) >= 5
    assert not any(found.values()), found


@pytest.mark.parametrize("size", SIZES)
def test_slides_of_the_report_are_whole(built, page_factory, size):
    path = built / "report/slides.html"
    page = page_factory(offline=True, viewport={"width": size[0], "height": size[1]})
    opened(page, path)
    found = {slide: page.evaluate(LAYOUT) for slide in each_slide(page)}
    assert len(found) >= 10
    assert not any(found.values()), found


@pytest.mark.parametrize("name", ["slides.html", "plain.html"])
def test_accessible_silent_and_offline(folder, page_factory, name):
    from axe_playwright_python.sync_playwright import Axe

    page = page_factory(offline=True, viewport={"width": 1280, "height": 720})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    opened(page, folder / name)
    for slide in each_slide(page):
        outcome = Axe().run(page)
        assert outcome.violations_count == 0, f"{slide}: {outcome.generate_report()}"
    page.keyboard.press("m")
    outcome = Axe().run(page)
    assert outcome.violations_count == 0, outcome.generate_report()
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [(folder / name).as_uri()]


def test_sections_are_reached_by_keyboard_and_pointer(folder, page_factory):
    page = page_factory(offline=True, viewport={"width": 1280, "height": 720})
    opened(page, folder / "slides.html")
    links = page.locator("nav a")
    assert links.all_text_contents() == [
        "Book",
        "Phones doubled in two years",
        "Forty countries answered",
        "Read it, check it, cite it",
    ]
    page.keyboard.press("m")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("Reveal.getCurrentSlide().id === 'countries'")
    assert not links.first.is_visible()
    assert links.nth(2).get_attribute("aria-current") == "true"
    page.locator("nav summary").click()
    links.nth(1).click()
    page.wait_for_function("Reveal.getCurrentSlide().id === 'growth'")
    page.get_by_role("button", name="Next slide").click()
    page.wait_for_function("Reveal.getCurrentSlide().id === 'chapter-one-text-2'")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("Reveal.getCurrentSlide().id === 'growth'")


def test_speaker_view_shows_the_notes_and_follows(folder, page_factory):
    page = page_factory(offline=True)
    opened(page, folder / "slides.html")
    page.keyboard.press("ArrowRight")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    notes = speaker.locator(".speaker-controls-notes .value")
    notes.get_by_text("it doubled, as Exhibit 1 shows").wait_for()
    following = speaker.frame_locator("#upcoming-slide iframe").locator("section.present .text h1")
    following.get_by_text("Two limits").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    notes.get_by_text("Phones, thousands").wait_for()


def test_prints_one_page_a_slide(folder, page_factory, tmp_path):
    page = page_factory(offline=True)
    page.goto((folder / "slides.html").as_uri() + "?print-pdf")
    page.wait_for_selector(".pdf-page")
    page.pdf(
        path=tmp_path / "slides.pdf", prefer_css_page_size=True, tagged=True, print_background=True
    )
    with pikepdf.open(tmp_path / "slides.pdf") as pdf:
        sizes = {tuple(map(float, sheet.mediabox[2:])) for sheet in pdf.pages}
        assert len(pdf.pages) == 5
        assert sizes == {(960.0, 540.0)}  # points: 1280 × 720 pixels
        assert pdf.Root.MarkInfo.Marked


def test_a_telephone_shows_slides_one_below_the_other(folder, page_factory):
    page = page_factory(offline=True, viewport={"width": 390, "height": 844})
    opened(page, folder / "slides.html")
    slides = page.locator(".scroll-page .slide")
    assert slides.count() == 5
    boxes = [slides.nth(i).bounding_box() for i in range(2)]
    assert 380 < boxes[0]["width"] <= 390
    assert 0 <= boxes[1]["y"] - (boxes[0]["y"] + boxes[0]["height"]) < 60


def slide_ids(text):
    return re.findall(r'<section id="([^"]+)"', text)


def test_metadata_makes_slides_of_any_notebook(folder):
    text = (folder / "plain.html").read_text(encoding="utf-8")
    assert slide_ids(text) == [f"slide-{number}" for number in range(1, 6)]
    assert "<h1>A <em>talk</em></h1>" in text
    assert re.search(r'<aside class="notes"><p>Smile .</p>\s*</aside>', text)
    assert re.search(r'<div class="fragment">\s*<p>Words that come later</p>', text)
    assert "Left out" not in text
    assert "secret()" not in text
    assert "0 &lt;b&gt;&amp;&lt;/b&gt; word" in text
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="A white sheet">', text)
    assert re.search(r'<section>\s*<section id="slide-1"', text)  # with its subslide below it
    assert "Smile" in text.split('id="slide-1"')[1].split('id="slide-2"')[0]


def test_headings_make_slides_without_metadata():
    text, _ = exported(plain(marked=False))
    assert slide_ids(text) == ["slide-1", "slide-2", "slide-3", "slide-4"]
    headings = re.findall(r"<h1>(.*?)</h1>", text)
    assert headings == ["A <em>talk</em>", "Second", "Left out", "Last"]
    assert "# no heading" in text


def test_code_is_shown_when_asked_for():
    exporter = get_exporter("graymarket.publish.slides.ReportSlidesExporter")(include_code=True)
    assert "<code>secret()</code>" in exporter.from_notebook_node(plain(marked=True))[0]
