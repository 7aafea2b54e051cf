"""What the page does in a browser, on a small report made of real exhibits."""

import math

import nbformat
import pandas as pd
import pytest

from graymarket import charts, evidence
from graymarket.exhibits import Exhibit
from graymarket.publish.assemble import assemble
from graymarket.publish.html import ReportHTMLExporter
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME

MONTHS = [f"{2015 + n // 12}-{n % 12 + 1:02}" for n in range(60)]
SEEN = [round(10 + 5 * math.sin(n / 5), 2) for n in range(60)]


def exhibits(root):
    months = pd.DataFrame({"Month": MONTHS, "Seen": SEEN, "Other": [None, *range(59)]})
    rows = pd.DataFrame(
        {"Place": ["Ours", "Theirs", "Others"], "Count": [3, 1200, 20], "Said": ["b", "ä", None]}
    )
    wrong = months.assign(Month=[f"Month {n}" for n in range(60)])  # not what the chart calls them
    wide = pd.DataFrame(
        {"Claim": ["It holds", "It fails"]} | {f"Reason {i}": ["Words"] * 2 for i in range(9)}
    )
    common = {"subtitle": "Sub", "alt": "A chart", "lineage": "vendor_share"}
    line = charts.lines(pd.DataFrame({"Seen": SEEN}, index=pd.to_datetime(MONTHS)))
    bars = charts.changes(
        pd.DataFrame({"label": rows["Place"], "percent": [3.0, 12.0, 20.0], "text": "x"})
    )
    return [
        Exhibit(id="line", title="A line", data=months, chart=line, **common),
        Exhibit(id="bars", title="Bars", data=rows, chart=bars, **common),
        Exhibit(id="wrong", title="Wrong", data=wrong, chart=line, **common),
        Exhibit(id="table", title="A table", data=rows, **common),
        Exhibit(id="wide", title="Too wide", data=wide, **common),
    ]


def cell(payload, mime=EXHIBIT_MIME):
    output = nbformat.v4.new_output("display_data", data={mime: payload})
    return nbformat.v4.new_code_cell("x", outputs=[output])


@pytest.fixture(scope="session")
def address(root, tmp_path_factory):
    filler = nbformat.v4.new_markdown_cell("Words.\n\n" * 60)
    first, second, third, *tables = (cell(e.payload()) for e in exhibits(root))
    title = nbformat.v4.new_markdown_cell
    chapters = {
        "one": [title("# One\n\nDeck."), cell({}, RESULTS_MIME), first, second, filler],
        "two": [title("# Two\n\nDeck."), third, *tables, filler],
    }
    books = {name: nbformat.v4.new_notebook(cells=cells) for name, cells in chapters.items()}
    about = {"title": "A “report”", "edition": "2026-11", "date": "2026-11-24", "credits": []}
    report = assemble(books, about, lambda entries: evidence.trace(entries, root))
    files = {"report.pdf": "PDF", "tables.xlsx": "Tables (Excel)"}
    report.metadata.report["links"] = [{"file": f, "text": text} for f, text in files.items()]
    path = tmp_path_factory.mktemp("web") / "report.html"
    path.write_text(ReportHTMLExporter().from_notebook_node(report)[0], encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_page(page_factory, address):
    def opened(width=1440, **options):
        page = page_factory(viewport={"width": width, "height": 900}, **options)
        page.goto(address)
        return page

    return opened


def test_contents_mark_the_chapter_being_read(open_page):
    page = open_page()
    marked = page.locator(".side a[aria-current=location]")
    page.locator("#table").scroll_into_view_if_needed()
    page.locator(".side a[aria-current][href='#chapter-two']").wait_for()
    assert marked.count() == 1
    page.evaluate("scrollTo(0, document.getElementById('line').offsetTop)")
    page.locator(".side a[aria-current][href='#chapter-one']").wait_for()


def test_tables_sort_numbers_as_numbers_and_back(open_page):
    page = open_page()
    column = "[...document.querySelectorAll('#table tbody tr')].map(r => r.cells[{}].textContent)"
    head = page.locator("#table th", has_text="Count")
    published = page.evaluate(column.format(1))
    assert published == ["3", "1,200", "20"]
    head.locator("button").focus()
    for way, expected in [
        ("ascending", ["3", "20", "1,200"]),
        ("descending", ["1,200", "20", "3"]),
        (None, published),
    ]:
        page.keyboard.press("Enter")
        assert page.evaluate(column.format(1)) == expected
        assert head.get_attribute("aria-sort") == way
    page.locator("#table th", has_text="Said").locator("button").click()
    assert page.evaluate(column.format(2)) == ["ä", "b", "–"]  # empty ones last
    page.locator("#table th", has_text="Said").locator("button").click()
    assert page.evaluate(column.format(2)) == ["b", "ä", "–"]


@pytest.mark.parametrize("width", [1440, 390])
def test_line_tells_the_month_under_the_pointer(open_page, width):
    page = open_page(width)
    frame = page.locator("#line .frame:visible")
    frame.scroll_into_view_if_needed()
    for index in (0, 31, 59):
        place = page.evaluate(
            "([f, i]) => f.querySelector('.chart').dataset.places.split(' ')[i] / 10000",
            [frame.element_handle(), index],
        )
        box = frame.bounding_box()
        page.mouse.move(box["x"] + box["width"] * place, box["y"] + box["height"] / 2)
        tip = frame.locator(".tip")
        assert tip.locator("b").inner_text() == MONTHS[index]
        assert f"Seen {SEEN[index]:g}" in tip.inner_text().replace("\n", " ")
        shown, chart = tip.bounding_box(), frame.bounding_box()
        assert shown["x"] >= chart["x"] - 1
        assert shown["x"] + shown["width"] <= chart["x"] + chart["width"] + 1
    page.mouse.move(5, 5)
    assert not frame.locator(".tip").is_visible()


def test_values_by_keyboard_and_touch(open_page):
    page = open_page(has_touch=True)
    slider = page.locator("#bars [role=slider]:visible")
    slider.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert slider.get_attribute("aria-valuetext") == "Others: Count 20"
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "Ours: Count 3; Said b"
    page.keyboard.press("Escape")
    assert not page.locator("#bars .tip:visible").count()
    page.locator("#line .frame:visible").tap()
    assert page.locator("#line .tip:visible").count() == 1


def test_rows_keep_their_places_when_the_table_is_sorted(open_page):
    page = open_page()
    page.locator("#bars summary").click()
    page.locator("#bars .data th", has_text="Count").locator("button").click()
    page.locator("#bars [role=slider]:visible").focus()
    page.keyboard.press("End")
    assert page.locator("#bars .tip:visible b").inner_text() == "Others"


def test_a_line_that_is_not_its_data_tells_nothing(open_page):
    page = open_page()
    assert page.locator("#wrong .chart").count() == 2
    assert page.locator("#wrong [role=slider]").count() == 0


def test_link_and_citation_are_copied(open_page, address):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.locator("#line .copy", has_text="Copy link").click()
    page.locator("#line .copy", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}#line"
    page.locator("#line .copy", has_text="Copy citation").click()
    page.locator("#line .copy", has_text="Copied").nth(1).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"“A line”, Exhibit 1 of “A “report””, edition 2026-11. {address}#line"
    )


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_colours_follow_the_machine_or_the_reader(open_page):
    page = open_page(color_scheme="dark")
    dark = background(page)
    page.locator("#colours").select_option("light")
    assert background(page) == "rgb(255, 255, 255)" != dark
    page.reload()
    assert background(page) == "rgb(255, 255, 255)"  # remembered
    page.locator("#colours").select_option("dark")
    assert background(page) == dark
    page.emulate_media(media="print")
    assert background(page) == "rgb(255, 255, 255)"


def test_a_table_that_does_not_fit_the_screen_is_stacked(open_page):
    page = open_page(390)
    wide = page.locator("#wide table.stacked")
    wide.wait_for()
    assert page.locator("table.stacked").count() == 1
    cells = wide.get_by_role("row").nth(1).get_by_role("cell")
    assert cells.count() == 10
    labels = cells.evaluate_all(
        "all => all.map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert labels[0] == "none"
    assert labels[9].replace('" "', "") == '"Reason 8: "'
    left = cells.evaluate_all("all => all.map(cell => cell.getBoundingClientRect().right)")
    assert max(left) <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#wide table:not(.stacked)").wait_for()


def test_links_to_the_files_that_there_are(open_page):
    page = open_page()
    links = page.locator("a.files").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["report.pdf", "tables.xlsx"]


def test_reads_without_script(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator("#line .chart.wide").is_visible()
    assert page.locator(".tools").is_hidden()
    page.locator("#line summary").click()
    assert page.locator("#line tbody tr").count() == 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_axe_violation_no_complaint(page_factory, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = page_factory(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.locator("#line [role=slider]:visible").focus()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    outcome = Axe().run(page)
    assert outcome.violations_count == 0, outcome.generate_report()
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
