"""A question's file: read as it is meant, or refused with a line for each fault."""

import pytest

from graymarket.evidence import EvidenceError, Tables, lineage
from graymarket.question import question

SOUND = {
    "title": '"iPhones in Russia"',
    "maker": '"Apple"',
    "regions": '["RUS", "crimea"]',
    "event": "2022-03-01",
    "what": '"Apple leaves"',
    "closure": '"apple-russia-2022"',
}


@pytest.fixture
def file(tmp_path):
    """Call it with changed keys (None: left out) for the path of a TOML file."""

    def written(name="mine.toml", **changes):
        keys = {key: value for key, value in (SOUND | changes).items() if value is not None}
        path = tmp_path / name
        path.write_text("\n".join(f"{key} = {value}" for key, value in keys.items()), "utf-8")
        return str(path)

    return written


def faults(path, root):
    with pytest.raises(EvidenceError) as caught:
        question(path, root)
    return [str(problem).removeprefix(f"{path}, ") for problem in caught.value.problems]


def test_every_question_of_the_base_is_sound(root):
    names = sorted(path.stem for path in (root / "data/questions").glob("*.toml"))
    questions = [question(name, root) for name in names]
    assert [one.name for one in questions] == names
    assert len({one.maker for one in questions}) >= 3
    assert len({one.regions[0] for one in questions}) >= 3


def test_the_main_report_asks_of_xiaomi_in_its_six_regions(root):
    main = question(root=root)
    assert (main.name, main.title) == ("xiaomi-cuba-2021", "Gray phones")
    assert (main.maker, main.series) == ("Xiaomi", None)
    regions = Tables(root)["regions"]
    assert main.regions[0] == "CUB"
    assert {*main.regions} == {*regions.loc[regions["in_xiaomi_terms"], "region"]}
    timeline = Tables(root)["timeline"]
    assert main.event == timeline.loc[timeline["kind"] == "lock", "date"].min()
    assert main.closure["id"] == "lock-cuba-2021"
    assert lineage(main) == ("timeline/timeline-008",)


def test_a_closure_comes_from_the_table_or_from_the_file(root, file):
    row = question(file(), root)
    assert row.closure["month"] == row.month
    assert row.closure_rows[0] == "closures/apple-russia-2022"
    series = {"closure": None, "series": '"apple_share"', "left_out": '["UKR"]'}
    own = question(file(**series), root)
    assert own.closure["region"] == "RUS"
    assert own.closure["left_out"] == "UKR"
    assert own.closure_rows == ()
    assert question(file(closure=None), root).closure is None


def test_the_event_is_reported_by_rows_of_the_file_or_by_the_closure(root, file):
    assert question(file(), root).lineage == ("closures/apple-russia-2022",)
    named = question(file(rests_on='["presence/presence-064"]'), root)
    assert lineage(named) == ("presence/presence-064",)
    assert question(file(closure=None), root).lineage == ()


def test_a_closure_of_the_file_rests_on_what_the_file_names(root, file):
    keys = {"closure": None, "series": '"apple_share"', "rests_on": '["presence/presence-064"]'}
    assert lineage(question(file(**keys), root).closure) == ("presence/presence-064",)


def test_a_subtitle_may_stand_beside_the_title(root, file):
    assert question(file(subtitle='"Who still sells"'), root).subtitle == "Who still sells"


def test_an_unknown_name_lists_the_names_there_are(root):
    names = ", ".join(sorted(path.stem for path in (root / "data/questions").glob("*.toml")))
    with pytest.raises(EvidenceError) as caught:
        question("apple-mars-2022", root)
    assert str(caught.value) == (
        f"data/questions/: found “apple-mars-2022”, expected one of {names}, "
        "or the path of a TOML file"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"colour": '"red"', "maker": None},
            [
                "column colour: expected only the keys title, subtitle, maker, regions, event, "
                "what, closure, series, left_out, rests_on",
                "column maker: expected this key, text in quotes",
            ],
        ),
        (
            {"event": '"March 2022"', "regions": '"RUS"', "title": '""'},
            [
                "column title: found “”, expected something in it",
                "column regions: found “RUS”, expected a list of texts",
                "column event: found “March 2022”, expected a day as YYYY-MM-DD",
            ],
        ),
        (
            {"regions": '["RUS", "Ukraine"]', "maker": '"Aple"'},
            [
                "column regions: found “Ukraine”, expected a code of data/regions.csv; "
                "Ukraine is “UKR”",
                "column maker: found “Aple”, expected a maker of data/presence.csv, "
                "data/vendor_share.csv or data/closures.csv; is “Apple” meant?",
                "column maker: found “Aple”, expected Apple, as closure apple-russia-2022 has in "
                "data/closures.csv",
            ],
        ),
        (
            {
                "regions": '["RUS", "RUS"]',
                "closure": None,
                "series": '"apple_share"',
                "left_out": '["UKR", "RUS"]',
            },
            [
                "column regions: found “RUS”, expected each region once",
                "column left_out: found “RUS”, expected none of the question’s own regions",
            ],
        ),
        (
            {"event": "2021-09-01"},
            [
                "column event: found “2021-09-01”, expected a day of 2022-03, as closure "
                "apple-russia-2022 has in data/closures.csv"
            ],
        ),
        (
            {"closure": None, "series": '"xiaomi_share"'},
            [
                "column series: found “xiaomi_share”, expected one of apple_share, "
                "samsung_internet_share"
            ],
        ),
        (
            {"rests_on": '["presence/presence-064", "presence/nowhere", "presence"]'},
            [
                f"column rests_on: found “{entry}”, expected a row of data/, as “table/row-id”"
                for entry in ("presence/nowhere", "presence")
            ],
        ),
        (
            {"closure": None, "left_out": '["UKR"]'},
            ["column left_out: expected series beside it"],
        ),
        (
            {"series": '"apple_share"'},
            [
                "column closure: found “apple-russia-2022”, expected no closure beside series: "
                "a row of closures.csv has a series"
            ],
        ),
    ],
)
def test_each_fault_has_a_line(root, file, changes, expected):
    assert faults(file(**changes), root) == expected


def test_an_unknown_closure_lists_those_there_are(root, file):
    (line,) = faults(file(closure='"mine"'), root)
    assert line.startswith("column closure: found “mine”, expected an id that stands in")
    assert "apple-russia-2022" in line


def test_an_empty_name_is_no_name(root):
    with pytest.raises(EvidenceError, match="expected one of"):
        question("", root)


@pytest.mark.parametrize("day", ["2099-01-01", "1990-05-01"])
def test_an_event_that_is_still_to_come_or_too_long_ago(root, file, day):
    (line,) = faults(file(event=day, closure=None), root)
    assert "expected a day from 2000-01-01 up to the edition’s" in line


def test_a_file_that_is_no_toml(root, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(EvidenceError, match="a readable TOML file"):
        question(str(path), root)


@pytest.mark.parametrize("name", ["figures.toml", "My Question.toml"])
def test_a_name_that_can_be_no_folder_of_the_report(root, file, name):
    with pytest.raises(EvidenceError, match="a file name of small letters"):
        question(file(name), root)
