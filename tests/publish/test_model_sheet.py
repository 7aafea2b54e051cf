"""The live sheets, recalculated by two engines, against the same arithmetic in Python."""

import dataclasses
import io
import json
import re
import shutil
import subprocess
import zipfile

import ironcalc
import nbformat
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from scipy.stats import triang

from graymarket import evidence, wording
from graymarket.exhibits import Calculator
from graymarket.models.points import even
from graymarket.publish.assemble import assemble
from graymarket.publish.figures import figures
from graymarket.publish.payloads import CALCULATOR_MIME
from graymarket.publish.workbook import workbook
from graymarket.question import question
from graymarket.report import MAIN
from graymarket.results import subjects

LIVE = ("Model", "Model grid", "Model points")
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*|[Cc]\d*|[Rr]\d*[Cc]\d*")  # of a cell
HOSTILE = '=HYPERLINK("https://example.org","x")'


@pytest.fixture(scope="module")
def calculated():
    return subjects.compute("calculation", question(MAIN), evidence.Tables())


@pytest.fixture(scope="module")
def payload(calculated):
    made = Calculator("what-if", "What would it be if …?", "Subtitle", calculated).payload()
    for part in ("readings", "limits", "inputs"):
        for entry in made[part]:
            entry["basis"] = evidence.trace(tuple(entry["lineage"]))
    return made


def report(payload):
    return {
        "title": "Book",
        "edition": "2026-11",
        "date": "2026-11-24",
        "language": "en-GB",
        "fingerprint": "0123456789abcdef0123",
        "credits": [],
        "exhibits": [],
        "tables": [],
        "calculators": [payload],
        "results": {},
    }


def published(payload):
    return workbook(report(payload))


def fewer_points(payload, digits=4):
    """The same with few points: for what does not hang on how many there are."""
    points = 2**digits

    def cut(entry):
        divided = [number * points // payload["points"] for number in entry["directions"][:digits]]
        return entry | {"directions": divided}

    inputs = [cut(entry) for entry in payload["inputs"]]
    return payload | {"points": points, "inputs": inputs, "share": cut(payload["share"])}


@pytest.fixture(scope="module")
def content(payload):
    return published(payload)


@pytest.fixture(scope="module")
def stored(content):
    """The workbook as a viewer shows it that does not recalculate."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


@pytest.fixture(scope="module")
def formulas(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cell(book, name):
    """The cell of that name."""
    ((sheet, address),) = book.defined_names[name].destinations
    return book[sheet][address.replace("$", "")]


def formula_cells(book):
    return [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]


class Engine:
    """A workbook in IronCalc: cells by name, recalculated after each edit."""

    def __init__(self, path):
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self.sheets = [sheet["name"] for sheet in self.model.get_worksheets_properties()]
        self.places = {
            name["name"]: self._place(*name["formula"].replace("'", "").split("!"))
            for name in self.model.get_defined_name_list()
            if ":" not in name["formula"]
        }
        self.model.evaluate()

    def _place(self, sheet, address):
        return (self.sheets.index(sheet), *coordinate_to_tuple(address.replace("$", "")))

    def __getitem__(self, name):
        return self.model.get_cell_value(*self.places[name])

    def at(self, of):
        return self.model.get_cell_value(self.sheets.index(of.parent.title), of.row, of.column)

    def edit(self, edits):
        for name, value in edits.items():
            if value is None:
                self.model.clear_cell_contents(*self.places[name])
            elif isinstance(value, str):
                self.model.update_cell_with_text(*self.places[name], value)
            else:
                self.model.update_cell_with_number(*self.places[name], value)
        self.model.evaluate()


@pytest.fixture(scope="module")
def engine(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("ironcalc") / "tables.xlsx"
    path.write_bytes(content)
    return Engine(path)


@pytest.fixture
def edited(engine, formulas):
    """Call it with edits by name: the engine after them. They are undone in the end."""
    undo = {}

    def edit(**edits):
        undo.update({name: cell(formulas, name).value for name in edits})
        engine.edit(edits)
        return engine

    yield edit
    engine.edit(undo)


def recalculated(book_or_bytes, folder):
    """The workbook as LibreOffice recalculates it. Skips where it is not there."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("no soffice on PATH (Debian, Ubuntu: apt-get install libreoffice-calc)")
    given, done, profile = folder / "tables.xlsx", folder / "done", folder / "profile"
    if isinstance(book_or_bytes, bytes):
        given.write_bytes(book_or_bytes)
    else:
        book_or_bytes.save(given)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", done, given]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return openpyxl.load_workbook(done / "tables.xlsx", data_only=True)


def said(value_of, model):
    """What the sheet says of each output, as Calculation.outcome."""
    expected = model.outcome()
    rows = {
        name: {level: value_of(f"{name}_{level}") for level in expected.columns}
        for name in expected.index
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def agrees(value_of, model):
    pd.testing.assert_frame_equal(said(value_of, model), model.outcome(), rtol=1e-9)
    return True


def changed(model, **frames):
    """The calculation with other cells: {"inputs": {("lines", "high"): 8e6}}."""
    new = {}
    for frame, cells in frames.items():
        new[frame] = getattr(model, frame).copy()
        for place, value in cells.items():
            new[frame].loc[place] = value
    return dataclasses.replace(model, **new)


THREE = {"reading_1_value": 24.5, "lines_high": 8_000_000, "page_views_between": 0.5}


@pytest.fixture
def three(calculated):
    return changed(
        calculated.model,
        readings={("reading_1", "value"): 24.5},
        inputs={("lines", "high"): 8e6},
        kinds={("page_views", "between"): 0.5},
    )


# What is stored


def test_stored_values_are_those_of_python(stored, calculated):
    assert agrees(lambda name: cell(stored, name).value, calculated.model)


def test_every_formula_has_a_stored_value_and_plain_functions(formulas, stored):
    cells = formula_cells(formulas)
    assert {c.parent.title for c in cells} == set(LIVE)
    assert not [c for c in cells if stored[c.parent.title][c.coordinate].value is None]
    used = {name for c in cells for name in re.findall(r"([A-Z.]+)\(", c.value)}
    assert used <= {
        *("ABS", "AND", "COUNT", "EXP", "FIXED", "IF", "INDEX", "INT", "ISNUMBER", "LN", "MATCH"),
        *("MAX", "MIN", "PERCENTILE", "PI", "ROUND", "SQRT", "SUM", "SUMPRODUCT"),
    }


def test_every_point_is_that_of_the_code(stored, calculated):
    for name in (*calculated.model.inputs.index, "share"):
        ((sheet, area),) = stored.defined_names[f"points_{name}_even"].destinations
        column, first, _, last = range_boundaries(area.replace("$", ""))
        points = [stored[sheet].cell(row, column).value for row in range(first, last + 1)]
        assert sorted(points) == sorted(even(name))


def test_grid_and_points_are_files_of_their_own_too(payload, calculated):
    files = figures(report(payload))
    grid, points = (
        pd.read_csv(io.BytesIO(files[name])) for name in ("model-grid.csv", "model-points.csv")
    )
    assert grid["probability"].tolist() == pytest.approx(calculated.model.posterior().density)
    phones = calculated.model.outcome().loc["phones"]
    assert points["phones"].quantile([0.025, 0.5, 0.975]).tolist() == pytest.approx(
        phones[["low95", "median", "high95"]].tolist()
    )


def test_what_is_printed_is_what_the_words_say(stored, payload):
    say = wording.current()
    for output in payload["outputs"]:
        low, high = output["outcome"]["low95"], output["outcome"]["high95"]
        step = next(step for above, step in output["roundings"] if high > above)
        expected = say.range(low, high, output["unit"], step, outward=True)
        assert cell(stored, f"{output['name']}_printed").value == expected
        assert cell(stored, f"{output['name']}_check").value == "as in the report"


def test_least_and_most_are_all_inputs_off_the_same_way(stored):
    def ends(name):
        low, mode, high = (cell(stored, f"{name}_{key}").value for key in ("low", "mode", "high"))
        shape = triang((mode - low) / (high - low), low, high - low)
        return shape.ppf(0.025), shape.ppf(0.975)

    lines, per_user, part = map(ends, ("lines", "lines_per_user", "smartphone_share"))
    least = lines[0] / per_user[1] * part[0] / 100
    most = lines[1] / per_user[0] * part[1] / 100
    assert cell(stored, "smartphones_least").value == pytest.approx(least)
    assert cell(stored, "smartphones_most").value == pytest.approx(most)
    share = cell(stored, "share_low95").value
    assert cell(stored, "phones_least").value == pytest.approx(least * share / 100)


def test_a_chapter_that_puts_out_a_calculator_makes_the_sheet(calculated):
    made = Calculator("what-if", "What if?", "Subtitle", calculated).payload()
    made = json.loads(json.dumps(made))
    output = nbformat.v4.new_output("execute_result", data={CALCULATOR_MIME: made})
    cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell("c", outputs=[output]),
    ]
    chapters = {"one": nbformat.v4.new_notebook(cells=cells)}
    whole = assemble(chapters, {"title": "Book"}, evidence.trace).metadata.report
    (payload,) = whole["calculators"]
    book = openpyxl.load_workbook(io.BytesIO(published(fewer_points(payload))), data_only=True)
    assert book["Model"]["A1"].value == "What if?"
    assert cell(book, "share_check").value == "as in the report"


# What is worked out


def test_ironcalc_recalculates_every_cell_to_what_is_stored(engine, formulas, stored):
    for c in formula_cells(formulas):
        kept, now = stored[c.parent.title][c.coordinate].value, engine.at(c)
        where = f"{c.parent.title} {c.coordinate}: {c.value}"
        if isinstance(kept, str):
            assert now == kept, where
        else:
            assert abs(now - kept) <= 1e-9 * abs(kept) + 1e-12, where


def test_ironcalc_three_edits_move_the_answer_as_in_python(edited, three):
    engine = edited(**THREE)
    assert agrees(engine.__getitem__, three)
    assert engine["phones_check"] == "changed"


def test_libreoffice_recalculates_to_what_python_says(content, calculated, tmp_path):
    book = recalculated(content, tmp_path)
    assert agrees(lambda name: cell(book, name).value, calculated.model)
    assert cell(book, "phones_check").value == "as in the report"


def test_libreoffice_three_edits_move_the_answer_as_in_python(content, three, tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, value in THREE.items():
        cell(book, name).value = value
    book = recalculated(book, tmp_path)
    assert agrees(lambda name: cell(book, name).value, three)
    assert cell(book, "phones_check").value == "changed"


@pytest.mark.parametrize("kind, sample", [("register", 500), ("flow", None)])
def test_one_more_reading_moves_the_answer(edited, calculated, kind, sample):
    model = calculated.model
    found = {"kind": kind, "value": 9.0, "sample": sample, "moved": 0.0, "doubt": 0.0}
    more = pd.DataFrame([found], ["one_more"])
    expected = dataclasses.replace(model, readings=pd.concat([model.readings, more]))
    engine = edited(one_more_kind=kind, one_more_value=9.0, one_more_sample=sample)
    assert agrees(engine.__getitem__, expected)
    weights = expected.posterior().weights
    for name, weight in weights.items():
        assert engine[f"{name}_weight"] == pytest.approx(weight)


def test_an_emptied_reading_does_not_count(edited, calculated):
    model = calculated.model
    expected = dataclasses.replace(model, readings=model.readings.drop("reading_2"))
    engine = edited(reading_2_value=None)
    assert agrees(engine.__getitem__, expected)
    assert engine["reading_2_weight"] == 0


def test_an_emptied_limit_does_not_count_and_a_sure_one_cuts_off(edited, calculated):
    model = calculated.model
    engine = edited(limit_1_cap_high=None)
    assert agrees(engine.__getitem__, dataclasses.replace(model, limits=model.limits.iloc[:0]))
    sure = {("limit_1", "cap_low"): 15.0, ("limit_1", "cap_high"): 15.0}
    sure |= {("limit_1", "moved"): 0.0, ("limit_1", "doubt"): 0.0}
    engine = edited(**{f"{name}_{key}": value for (name, key), value in sure.items()})
    assert agrees(engine.__getitem__, changed(model, limits=sure))
    assert engine["share_high95"] < 15.01


# What it is called, and how it looks


def test_names_are_valid_unlike_and_no_address(formulas):
    names = list(formulas.defined_names)
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[^\W\d]\w{0,254}", name), name
        assert not ADDRESS.fullmatch(name), name


def test_cells_that_may_be_edited_are_filled_and_hold_what_is_given(formulas, payload):
    for part, keys in {
        "kinds": ("off", "se", "between", "within", "freedom"),
        "readings": ("kind", "value", "sample", "moved", "doubt"),
        "limits": ("cap_low", "cap_high", "moved", "doubt"),
        "inputs": ("low", "mode", "high"),
    }.items():
        for entry in payload[part]:
            for key in keys:
                found = cell(formulas, f"{entry['name']}_{key}")
                expected = entry[key]
                number = isinstance(expected, float)
                assert found.value == (pytest.approx(expected) if number else expected)
                assert found.fill.fgColor.rgb == "FFD9DEE3"
    assert cell(formulas, "phones_median").fill.fill_type is None


def test_stands_after_the_contents_and_prints_on_one_page(formulas):
    assert formulas.sheetnames[:3] == ["Cover", "Contents", "Model"]
    page = formulas["Model"]
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    setup = page.page_setup  # one page each way is what is left out
    assert {setup.fitToWidth, setup.fitToHeight} <= {None, 1}
    listed = {row[0].value for row in formulas["Contents"].iter_rows()}
    described = {row[0].value for row in formulas["Columns"].iter_rows()}
    assert set(LIVE) <= listed & described


def test_sources_and_reasons_stand_beside_the_inputs(formulas, payload):
    links = {
        c.hyperlink.target for row in formulas["Model"].iter_rows() for c in row if c.hyperlink
    }
    texts = {c.value for row in formulas["Model"].iter_rows() for c in row}
    for entry in payload["inputs"]:
        assert entry["reasoning"] in texts
        for line in entry["basis"]:
            assert {source["url"] for source in line["sources"]} <= links


def test_kinds_are_chosen_from_a_list(formulas):
    lists = [v for v in formulas["Model"].data_validations.dataValidation if v.type == "list"]
    assert {v.formula1 for v in lists} == {"kinds_name"}
    assert any(cell(formulas, "one_more_kind").coordinate in v.sqref for v in lists)


# What might be wrong


def renamed(payload):
    """The payload with other words, names of kinds included."""
    kinds = {kind["name"]: f"{HOSTILE}{i}" for i, kind in enumerate(payload["kinds"])}
    made = {**payload, "title": HOSTILE}
    for part in ("kinds", "readings", "limits", "inputs", "outputs", "possible"):
        made[part] = [{**entry, "label": HOSTILE} for entry in payload[part]]
    for entry in made["inputs"]:
        entry |= {"reasoning": HOSTILE, "unit": HOSTILE, "grade": "+1", "kind": "@x"}
    for entry in made["outputs"]:
        entry["forms"] = {"other": '{n}"&1+1&"', "range": '"&1+1&"{low} {high}'}
    for entry in made["kinds"]:
        entry["name"] = kinds[entry["name"]]
    for entry in (*made["readings"], *made["possible"]):
        entry["kind"] = kinds[entry["kind"]]
    return made


def test_hostile_text_stays_text(payload, tmp_path):
    usual = fewer_points(payload)
    path = tmp_path / "tables.xlsx"
    path.write_bytes(published(renamed(usual)))
    book = openpyxl.load_workbook(path)
    cells = formula_cells(book)
    harmless = formula_cells(openpyxl.load_workbook(io.BytesIO(published(usual))))
    assert {c.coordinate for c in cells} == {c.coordinate for c in harmless}
    assert not [c for c in cells if "HYPERLINK" in c.value or "example" in c.value]
    assert all(re.fullmatch(r"[^\W\d]\w*", name) for name in book.defined_names)
    engine = Engine(path)
    assert engine["share_printed"] == '"&1+1&"10 29'
    shown = openpyxl.load_workbook(path, data_only=True)
    assert engine["share_low95"] == pytest.approx(cell(shown, "share_low95").value)


def test_two_cells_of_one_name_are_refused(payload):
    usual = fewer_points(payload)
    (limit,) = usual["limits"]
    twice = usual | {"limits": [limit | {"name": "reading_1"}]}
    with pytest.raises(ValueError, match="reading_1_moved"):
        published(twice)


def test_without_a_limit_or_possible_findings(payload):
    bare = fewer_points(payload) | {"limits": [], "possible": []}
    book = openpyxl.load_workbook(io.BytesIO(published(bare)), data_only=True)
    free = cell(book, "share_high95").value
    assert free > payload["outputs"][0]["outcome"]["high95"]


def test_same_bytes(payload):
    usual = fewer_points(payload)
    assert published(usual) == published(usual)


def test_asks_no_network(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name]
