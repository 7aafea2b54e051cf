"""The what-if calculator: page and code work out the same, to the printed digit."""

from dataclasses import replace
from random import Random
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from graymarket import evidence
from graymarket.exhibits import Calculator
from graymarket.models.calculation import Calculation, steps_of
from graymarket.models.estimate import SHARE
from graymarket.publish.assemble import assemble
from graymarket.publish.html import ReportHTMLExporter
from graymarket.publish.payloads import CALCULATOR_MIME
from graymarket.question import question
from graymarket.report import MAIN
from graymarket.results import calculation as calculations
from graymarket.results import subjects
from graymarket.results.intervals import interval
from graymarket.wording import Wording

SETTINGS = 50


@pytest.fixture(scope="module")
def known(root) -> calculations.Calculated:
    return subjects.compute("calculation", question(MAIN, root), evidence.Tables(root))


@pytest.fixture(scope="module")
def address(root, known, tmp_path_factory):
    shown = Calculator("what-if", "What if?", "Sub", known)
    output = nbformat.v4.new_output("display_data", data={CALCULATOR_MIME: shown.payload()})
    cells = [
        nbformat.v4.new_markdown_cell("# One\n\nDeck."),
        nbformat.v4.new_code_cell("x", outputs=[output]),
    ]
    books = {"one": nbformat.v4.new_notebook(cells=cells)}
    about = {"title": "A report", "edition": "1", "date": "2026-12-01", "credits": []}
    report = assemble(books, about, lambda entries: evidence.trace(entries, root))
    path = tmp_path_factory.mktemp("calculator") / "report.html"
    path.write_text(ReportHTMLExporter().from_notebook_node(report)[0], encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(page_factory, address):
    page = page_factory(viewport={"width": 1000, "height": 900})
    page.goto(address)
    return page


def printed(known: calculations.Calculated, model: Calculation) -> dict[str, str]:
    """Each output's interval as the report prints it, if the model were the answer."""
    said = {}
    for name, ends in model.outcome().iterrows():
        unit = "phones" if known.outputs.at[name, "unit"] == "phones" else "percent"
        row = {
            "region": "CUB",
            "maker": "x",
            "unit": unit,
            "lineage": ("x",),
            "kind": "guess",
            **ends,
        }
        said[str(name)] = str(Wording().text(interval(SimpleNamespace(**row), "what", "2021-09")))
    return said


def on_page(page) -> dict[str, str]:
    lines = "[...document.querySelectorAll('.answer p')]"
    pairs = page.evaluate(f"{lines}.map(p => [p.dataset.output, p.querySelector('b').textContent])")
    return dict(pairs)


def told(page, address, **changes) -> dict[str, str]:
    """What the page says with these numbers, given in its link."""
    link = "&".join(f"{name}={value}" for name, value in changes.items())
    page.goto(f"{address}#what-if?{link}")
    return on_page(page)


def setting(known: calculations.Calculated, rng: Random) -> tuple[dict[str, float], Calculation]:
    """Numbers drawn at random, as the page's link has them and as the code takes them."""
    model = known.model
    frames = {name: getattr(model, name).copy() for name in ("readings", "inputs", "kinds")}
    changes = {}

    def put(frame, row, column, value):
        frames[frame].loc[row, column] = changes[f"{row}_{column}"] = value

    for row in frames["readings"].index:
        put("readings", row, "value", round(rng.uniform(2, 70), 1))
    for row, of in frames["inputs"].iterrows():
        top = 100 if of["unit"] == "percent" else 2 * of["high"]
        ends = sorted(round(rng.uniform(top / 10, top), 2) for _ in range(3))
        for column, value in zip(("low", "mode", "high"), ends, strict=True):
            put("inputs", row, column, value)
    put("kinds", frames["readings"]["kind"].iloc[0], "within", round(rng.uniform(0.05, 0.8), 3))
    dropped = rng.choice([None, *frames["readings"].index])
    if dropped:
        changes[f"{dropped}_use"] = 0
        frames["readings"] = frames["readings"].drop(index=dropped)
    return changes, replace(model, **frames)


def test_the_page_opens_with_the_reports_answer(known, page):
    assert on_page(page) == printed(known, known.model)
    assert set(on_page(page)) == {*known.outputs.index}


def test_the_answer_is_the_estimates(known, root):
    found = subjects.compute("estimate", question(MAIN, root), evidence.Tables(root)).results
    outcome = known.model.outcome()
    for name in outcome.index:
        assert (found[name].low, found[name].high) == pytest.approx(
            (outcome.at[name, "low95"], outcome.at[name, "high95"])
        )


def test_page_and_code_print_the_same(known, page, address):
    """Over so many settings of readings, inputs and spreads, some with a reading left out."""
    rng = Random(1)
    for _ in range(SETTINGS):
        changes, model = setting(known, rng)
        assert told(page, address, **changes) == printed(known, model), changes


def test_what_might_be_observed_moves_the_page_as_the_code(page, root):
    """The share after it is that of the exhibit on what would change our mind."""
    shares = subjects.compute("shares", question(MAIN, root), evidence.Tables(root))
    assert len(shares.observed) == 12
    for number, after in enumerate(shares.observed["after"]):
        page.select_option("select[aria-label='What might be observed']", str(number))
        assert on_page(page)[SHARE] == str(Wording().text(after))


def test_a_field_a_slider_and_reset_by_the_keyboard(page):
    before = on_page(page)
    page.locator("input[type=number][aria-label='Mobile lines, most likely']").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7000000")
    field = page.locator("input[type=number][aria-label='Mobile lines, highest']")
    assert field.input_value() == "7103300"
    page.locator("input[type=range]").nth(1).focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert on_page(page) != before
    page.get_by_role("button", name="Back to the report’s numbers").focus()
    page.keyboard.press("Enter")
    assert on_page(page) == before


def test_numbers_out_of_order_are_told_and_the_last_answer_stays(page):
    before = on_page(page)
    page.locator("input[type=number][aria-label='Mobile lines, lowest']").fill("9000000")
    alert = page.get_by_role("alert")
    assert alert.inner_text() == "Mobile lines: expected lowest ≤ most likely ≤ highest."
    assert on_page(page) == before
    page.locator("input[type=number][aria-label='Mobile lines, lowest']").fill("6000000")
    assert alert.is_hidden()


def test_without_any_reading_there_is_no_answer(page, address):
    page.goto(f"{address}#what-if?reading_1_use=0&reading_2_use=0&reading_3_use=0")
    assert page.get_by_role("alert").inner_text() == "One reading or more is needed."


def test_a_link_with_nonsense_changes_nothing(known, page, address):
    nonsense = {"lines_mode": "many", "nobody": 3, "further_kind": "constructor", "__proto__": 1}
    assert told(page, address, **nonsense) == printed(known, known.model)


def test_fifty_dots_and_words_for_a_screen_reader(page):
    assert page.locator(".dots circle").count() == 50
    assert page.get_by_role("status").first.inner_text().startswith("Xiaomi’s share of smartphones")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_axe_violation(page_factory, address, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = page_factory(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    for summary in page.locator("figure.calculator summary").all():
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reading_moves_the_answer_as_by_hand(known):
    """Weights stay, so the weighted log-odds move by the reading's weight times its own move."""
    model, readings = known.model, known.model.readings.copy()
    odds = readings["value"].iloc[0] / (100 - readings["value"].iloc[0])
    doubled = 2 * odds  # its log-odds rise by ln 2 = 0.6931
    readings.loc["reading_1", "value"] = 100 * doubled / (1 + doubled)
    moved = replace(model, readings=readings).posterior()
    before = model.posterior()
    assert moved.center - before.center == pytest.approx(0.693147 * before.weights.iloc[0])


def test_the_formula_of_a_quantity_by_hand():
    given = {"lines", "lines_per_user", "smartphone_share", "share", "brand_gray"}
    expected = ["/", ["*", ["/", "lines", "lines_per_user"], "smartphone_share"], 100.0]
    assert steps_of("smartphones", given) == expected
    assert steps_of("brand_gray_supply", {"authorised_supply_share"}) == [
        "-",
        100.0,
        "authorised_supply_share",
    ]


def test_a_place_without_readings_has_no_calculator(known):
    none = replace(known, model=None)
    with pytest.raises(ValueError, match="expected readings"):
        Calculator("what-if", "What if?", "Sub", none)


def test_every_number_is_plain_json(known):
    payload = Calculator("what-if", "What if?", "Sub", known).payload()
    values = [
        v for part in ("readings", "inputs", "kinds") for row in payload[part] for v in row.values()
    ]
    assert all(v is None or isinstance(v, str | int | float | list) for v in values)
    assert not any(isinstance(v, float) and pd.isna(v) for v in values)
