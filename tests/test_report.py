"""The report as built: complete, sound as PDF, read in a real browser; and the one committed."""

import base64
import csv
import html
import io
import json
import re
from importlib import resources

import jsonschema
import nbformat
import pandas as pd
import pikepdf
import pytest
import yaml
from bs4 import BeautifulSoup

from graymarket import evidence, report
from graymarket.question import question as read_question
from printed import printed

FILLER = ("No description has been provided", "no description available")


@pytest.fixture(scope="module")
def page_text(built):
    return (built / "report/report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def results(built):
    return json.loads((built / "report/results.json").read_text(encoding="utf-8"))


@pytest.fixture
def pdf(built):
    with pikepdf.open(built / "report/report.pdf") as opened:
        yield opened


def test_report_is_fresh(root):
    advice = "the report is older than these: run `make report` and commit report/"
    assert report.stale(root) == [], advice


def test_formats_carry_the_fingerprint(page_text, results, pdf):
    made_from = results["fingerprint"]
    assert f'name="report-fingerprint" content="{made_from}"' in page_text
    assert str(pdf.docinfo["/Keywords"]) == f"fingerprint {made_from}"


def test_results_keep_their_schema(results):
    schema = resources.files("graymarket.results") / "results.schema.json"
    jsonschema.validate(results, json.loads(schema.read_text(encoding="utf-8")))


def test_notebooks_are_stored_without_outputs(root):
    for path in (root / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        assert not any(cell.get("outputs") for cell in notebook.cells), path.name
        assert all(cell.get("execution_count") is None for cell in notebook.cells), path.name


def test_every_exhibit_is_whole_in_html(page_text, results):
    assert len(results["exhibits"]) >= 10
    for exhibit in results["exhibits"]:
        part = page_text.split(f'<figure class="exhibit" id="{exhibit["id"]}"')[1]
        part = html.unescape(part.split("</figure>")[0])
        for words in (exhibit["title"], exhibit["subtitle"], exhibit["note"]):
            assert words in part, exhibit["id"]
        assert ("Source: " in part) == bool(exhibit["sources"]), exhibit["id"]
        assert f'download="{exhibit["id"]}.csv"' in part
        assert "<table" in part
        if "<svg" in part:
            assert exhibit["alt"] in part
    assert not any(filler in page_text for filler in FILLER)


def test_slides_have_the_keys_to_their_marks(built, results):
    deck = html.unescape((built / "report/slides.html").read_text(encoding="utf-8"))
    notes = {exhibit["id"]: exhibit["note"] for exhibit in results["exhibits"]}
    for name in results["slides"]:
        shown = deck.split(f'<section id="{name}"')[1].split("<aside")[0]
        assert notes[name][1:] in shown, name


def test_downloads_hold_the_data(page_text):
    found = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page_text)
    tables = [pd.read_csv(io.BytesIO(base64.b64decode(data))) for data in found]
    assert len(tables) >= 10
    assert all(len(table) for table in tables)
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(found[0]).decode("utf-8"))))
    assert {"18.27", "14.57"} <= {row["Xiaomi, %"] for row in rows}


def test_readme_shows_the_finding(built, results):
    readme = (built / "README.md").read_text(encoding="utf-8")
    first_screen = readme[:2500]
    assert results["results"]["readings/measured"]["text"] in first_screen
    assert "(report/headline.svg)" in first_screen
    assert "make report" in readme
    assert "make test" in readme


def test_pdf_is_accessible_and_archival(pdf):
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang).startswith("en")
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["pdfaid:part"] == "3"


def test_pdf_has_a_bookmark_for_every_chapter(pdf, page_text):
    with pdf.open_outline() as outline:
        bookmarks = [item.title for item in outline.root]
    chapters = re.findall(r'<h2 class="chapter" id="[^"]+">(.*?)</h2>', page_text, re.DOTALL)
    plain = [html.unescape(re.sub(r"<[^>]+>", "", chapter)) for chapter in chapters]
    assert bookmarks == plain


def test_findings_fill_one_page(built, pdf):
    words = " ".join(printed(built / "report/report.pdf", "-f", "1", "-l", "1").split())
    for heading in ("What we found", "Exhibit 1", "Three limits that matter most"):
        assert heading in words
    edition = re.escape(evidence.package(built)["version"])
    assert re.search(rf"other senses\. Edition {edition}(, later data)? 1$", words)
    with pdf.open_outline() as outline:
        assert start_page(pdf, outline.root[1]) == 2


def test_nothing_stands_outside_the_text_block(built):
    boxes = printed(built / "report/report.pdf", "-bbox")
    margin = 24 / 25.4 * 72  # 24 mm in points
    width = float(re.search(r'<page width="([\d.]+)"', boxes)[1])
    words = re.findall(r'xMin="([\d.-]+)" .*? xMax="([\d.-]+)" .*?>(.*)</word>', boxes)
    assert len(words) > 10_000
    outside = [w for left, right, w in words if not margin - 1 < float(left) < float(right)]
    outside += [w for _, right, w in words if float(right) > width - margin + 1]
    assert outside == []


def start_page(pdf, bookmark):
    return pdf.pages.index(pikepdf.Page(bookmark.destination[0])) + 1


def test_every_exhibit_is_printed_on_a_page_of_its_chapter(built, pdf, page_text, results):
    with pdf.open_outline() as outline:
        starts = [start_page(pdf, bookmark) for bookmark in outline.root]
    pages = [squeezed(page) for page in printed(built / "report/report.pdf").split("\f")]
    titles = {exhibit["id"]: squeezed(exhibit["title"]) for exhibit in results["exhibits"]}
    chapters = page_text.split('<h2 class="chapter"')[1:]
    for chapter, first, last in zip(chapters, starts, [*starts[1:], len(pages)], strict=True):
        for name in re.findall(r'<figure class="exhibit" id="([^"]+)"', chapter):
            assert any(titles[name] in page for page in pages[first - 1 : last]), name


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_report_is_as_long_as_a_report_should_be(pdf, results):
    with pdf.open_outline() as outline:
        appendix = next(b for b in outline.root if "How the numbers were made" in b.title)
    assert 25 <= start_page(pdf, appendix) - 1 <= 40
    assert 25 <= len(results["exhibits"]) <= 40


def test_findings_are_in_plain_english(page_text):
    chapter = page_text.split('<h2 class="chapter"')[1]
    parts = re.findall(r'<div class="(?:deck|prose)">(.*?)</div>', chapter, re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</(?:li|p|h3)>", ". ", " ".join(parts))))
    sentences = [s for s in re.split(r"[.!?:]\W+", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z’]+", text)
    syllables = sum(map(count_syllables, words))
    ease = 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)
    assert len(words) > 250
    assert ease >= 50  # Flesch: plain English


def count_syllables(word):
    """Groups of vowels, a silent e at the end aside: close enough for a mean."""
    stem = re.sub(r"(?:[^l]e|es|ed)$", "", word.lower().replace("’s", ""))
    return max(1, len(re.findall(r"[aeiouy]+", stem)))


def test_no_word_is_printed_that_only_we_would_understand(built, root):
    """docs/words.csv says what to write instead; rows of data/ are in their authors' words."""
    rows = csv.DictReader((root / "docs/words.csv").read_text(encoding="utf-8").splitlines())
    words = [row["word"] for row in rows]
    slides = (built / "report/slides.html").read_text(encoding="utf-8")
    slides = BeautifulSoup(slides, "html.parser").get_text(" ")
    for text in (printed(built / "report/report.pdf"), printed(built / "report/brief.pdf"), slides):
        assert len(text) > 1_000
        read = " ".join(re.sub("\u00ad\\s*", "", text).split())
        found = {word: re.findall(rf".{{30}}\b{word}\b.{{10}}", read, re.I) for word in words}
        assert {word: where for word, where in found.items() if where} == {}


def test_pdf_charts_are_vectors(pdf):
    images = [
        image
        for page in pdf.pages
        for image in page.get("/Resources", {}).get("/XObject", {}).values()
        if image.get("/Subtype") == "/Image"
    ]
    assert images == []


VIEWS = [
    (390, "dark"),
    (1440, "light"),
    pytest.param(1440, "dark", marks=pytest.mark.every),
    pytest.param(390, "light", marks=pytest.mark.every),
]


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_reads_in_a_browser_without_network(built, page_factory, width, scheme):
    page = page_factory(viewport={"width": width, "height": 900}, color_scheme=scheme)
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((built / "report/report.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert [url for url in requests[1:] if not url.startswith("data:")] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.check('16px \"IBM Plex Serif\"')")
    shown = page.locator(".chart:visible").count()
    assert shown == page.locator("figure.exhibit:has(.chart)").count()


LIKE_THE_FIRST = (
    ".traces > li:nth-child(n+9), .sources > li:nth-child(n+9), figure tbody tr:nth-child(n+9)"
)


@pytest.mark.parametrize(
    ("width", "scheme"),
    # Both colour schemes of every kind of element at both widths: see test_web_page.
    [VIEWS[0], pytest.param(*VIEWS[1], marks=pytest.mark.every), *VIEWS[2:]],
)
def test_no_axe_violation(built, page_factory, width, scheme, pytestconfig):
    from axe_playwright_python.sync_playwright import Axe

    page = page_factory(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((built / "report/report.html").as_uri())
    if not pytestconfig.getoption("--every"):
        remove = "like => document.querySelectorAll(like).forEach(item => item.remove())"
        page.evaluate(remove, LIKE_THE_FIRST)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    outcome = Axe().run(page, options={"resultTypes": ["violations"]})
    assert outcome.violations_count == 0, outcome.generate_report()


def test_rows_read_in_a_browser_and_lead_back(built, page_factory):
    page = page_factory(viewport={"width": 390, "height": 900})
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((built / "report/rows.html").as_uri())
    assert len(requests) == sum(url.startswith("data:") for url in requests) + 1
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#colours").select_option("dark")
    back = page.eval_on_selector_all(
        "a[href^='report.html']", "all => all.map(a => a.getAttribute('href'))"
    )
    page.goto((built / "report/report.html").as_uri())
    chapters = page.eval_on_selector_all("h2.chapter", "all => all.map(item => item.id)")
    assert {link.partition("#")[2] for link in back} <= {"", *chapters}
    assert len(back) > 10


def test_every_other_file_is_linked(built, page_factory):
    page = page_factory(viewport={"width": 390, "height": 900})
    page.goto((built / "report/report.html").as_uri())
    links = page.locator("a.files").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["report.pdf", "brief.pdf", "slides.html", "slides.pptx", "tables.xlsx"]
    assert all((built / "report" / link).is_file() for link in links)


def test_contents_lead_to_every_exhibit(built, page_factory):
    page = page_factory(viewport={"width": 1440, "height": 900})
    page.goto((built / "report/report.html").as_uri())
    links = page.eval_on_selector_all("nav.side a", "all => all.map(a => a.getAttribute('href'))")
    ids = page.eval_on_selector_all("[id]", "all => all.map(item => '#' + item.id)")
    assert len(links) >= 14
    files = [link for link in links if not link.startswith("#")]
    assert files == ["rows.html"] and (built / "report/rows.html").is_file()
    assert [link for link in links if link not in files and ids.count(link) != 1] == []


WALK = """() => {
  // Everything with a digit that a reader sees, apart from code, the calculator (whose evidence
  // stands beside each input), the appendix that explains the columns, and the lists that numbers
  // lead to.
  const skipped = '.code, .calculator, .reference, .edition, .label, .data, script, style';
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const found = {linked: [], figures: [], bare: []};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement;
    if (!/[0-9]/.test(node.textContent) || at.closest(skipped)) continue;
    if (at.closest('#sources ~ *')) continue;
    const link = at.closest('a[href^="#"], a[href^="rows.html#"]');
    const figure = at.closest('figure.exhibit');
    if (link) found.linked.push(link.getAttribute('href'));
    else if (figure) found.figures.push(figure.querySelector('a.rows').getAttribute('href'));
    else found.bare.push(node.textContent);
  }
  return found;
}"""
ENTRIES = """() => Object.fromEntries(
[...document.querySelectorAll('.traces > li')].flatMap(entry => {
  const lines = [...entry.querySelectorAll('li')].map(line => ({
    file: line.querySelector('code').textContent,
    key: line.querySelector('.row')?.textContent ?? '',
    links: [...line.querySelectorAll('a')].map(link => link.getAttribute('href')),
  }));
  return [...entry.querySelectorAll('b[id]')].map(item => ['rows.html#' + item.id, lines]);
}))"""
NO_NUMBER = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:[–-]\d{1,2})? (?:January|February|March|April|May|June|July|"
    r"August|September|October|November|December)\b|\b(?:iPadOS|ICD) \d+"
)


OWN_LOGS = {f"data/{name}.csv" for name in ("additions", "corrections", "revisions")}


def test_every_number_leads_to_its_rows_and_sources(built, page_factory):
    page = page_factory(viewport={"width": 1440, "height": 900})
    page.goto((built / "report/report.html").as_uri())
    found = page.evaluate(WALK)
    assert len(found["linked"]) > 60
    assert len(found["figures"]) > 300
    assert [text for text in found["bare"] if re.search(r"\d", NO_NUMBER.sub("", text))] == []
    whole = page.evaluate(
        "[...document.querySelectorAll('figure.exhibit, h2.chapter')].map(e => '#' + e.id)"
    )
    page.goto((built / "report/rows.html").as_uri())
    entries = page.evaluate(ENTRIES)  # one click away
    assumed = evidence.load("assumptions", built)
    guesses = {*assumed.loc[(assumed["kind"] == "guess") & (assumed["basis"] == ""), "lineage"]}
    lines = [line for entry in entries.values() for line in entry]
    traced = {  # each alone: together, neighbouring rows would be joined
        (line["file"], line["key"]): line
        for entry in {name(line) for line in lines}
        for line in evidence.trace((entry,), built)
    }
    for target in {*found["linked"], *found["figures"]} - set(whole):
        for line in entries[target]:
            known = traced[line["file"], line["key"]]
            assert line["links"] == [source["url"] for source in known["sources"]]  # two clicks
        own = [
            line["links"] or not line["key"] or name(line) in guesses for line in entries[target]
        ]
        assert any(own) or {line["file"] for line in entries[target]} <= OWN_LOGS, target


def name(line):
    return f"{line['file'].removeprefix('data/').removesuffix('.csv')}/{line['key']}".rstrip("/")


def test_no_estimate_stands_on_grade_c(results, built):
    readings = evidence.load("vendor_share", built).set_index("id")
    rows = [row.split("/")[1] for row in results["results"]["readings/measured"]["lineage"]]
    assert set(readings.loc[rows, "grade"]) <= {"A", "B"}


def test_credits_licences_and_citation_stand_in_every_format(built, page_text):
    text = "".join(printed(built / "report/report.pdf").split())
    cited = yaml.safe_load((built / "CITATION.cff").read_text(encoding="utf-8"))
    author, edition = cited["authors"][0]["name"], cited["version"]
    lines = [resource["credit"] for resource in evidence.package(built)["resources"]]
    title = report_title(built)
    for line in [*lines, f"To cite: {author}: {title} Edition {edition}, "]:
        assert line in html.unescape(page_text)
        assert "".join(line.split()) in text


def report_title(project):
    question = read_question(report.MAIN, project)
    return f"{question.title}: {question.subtitle}"


def test_dictionary_is_fresh(root):
    readme = (root / "data/README.md").read_text(encoding="utf-8")
    assert evidence.dictionary(root) in readme, "run `make report` and commit data/README.md"


def test_cross_references_are_numbered_alike(built, page_factory):
    page = page_factory(viewport={"width": 1440, "height": 900})
    page.goto((built / "report/report.html").as_uri())
    pairs = page.eval_on_selector_all(
        ".prose a[href^='#']",
        """links => links.map(link => [
             link.innerText,
             document.querySelector(link.getAttribute('href') + ' .label').innerText,
           ])""",
    )
    assert len(pairs) > 10
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
