"""A question's file: read as it is meant, or refused with a line for each fault."""

import pytest

from graymarket import evidence

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
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.question(path, root)
    return [str(problem).removeprefix(f"{path}, ") for problem in caught.value.problems]


def test_every_question_of_the_base_is_sound(root):
    names = sorted(path.stem for path in (root / "data/questions").glob("*.toml"))
    assert len(names) >= 2
    asked = [evidence.question(name, root) for name in names]
    assert [question.name for question in asked] == names
    assert len({question.maker for question in asked}) >= 2
    assert len({question.regions[0] for question in asked}) >= 2


def test_a_closure_comes_from_the_table_or_from_the_file(root, file):
    row = evidence.question(file(), root)
    assert row.closure["month"] == row.month
    assert row.closure_rows[0] == "closures/apple-russia-2022"
    series = {"closure": None, "series": '"apple_share"', "left_out": '["UKR"]'}
    own = evidence.question(file(**series), root)
    assert own.closure["region"] == "RUS"
    assert own.closure["left_out"] == "UKR"
    assert own.closure_rows == ()
    assert evidence.question(file(closure=None), root).closure is None


def test_the_event_is_told_by_rows_that_the_file_names_or_by_the_closure(root, file):
    assert evidence.question(file(), root).told_by == ("closures/apple-russia-2022",)
    named = file(rests_on='["presence/presence-064"]')
    assert evidence.question(named, root).told_by == ("presence/presence-064",)
    assert evidence.question(file(closure=None), root).told_by == ()


def test_the_environment_names_the_question_and_there_is_a_default(root, file, monkeypatch):
    monkeypatch.delenv(evidence.VARIABLE, raising=False)
    assert evidence.question(root=root).name == "apple-russia-2022"
    monkeypatch.setenv(evidence.VARIABLE, file(title='"Mine"'))
    assert evidence.question(root=root).title == "Mine"


def test_an_unknown_name_lists_the_names_there_are(root):
    names = ", ".join(sorted(path.stem for path in (root / "data/questions").glob("*.toml")))
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.question("apple-mars-2022", root)
    assert str(caught.value) == (
        f"data/questions/: found “apple-mars-2022”, expected one of {names}, "
        "or the path of a TOML file"
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"colour": '"red"', "maker": None},
            [
                "column colour: expected only the keys title, maker, regions, event, what, "
                "closure, series, left_out, rests_on",
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
def test_each_fault_has_a_line(root, file, changes, told):
    assert faults(file(**changes), root) == told


def test_an_unknown_closure_lists_those_there_are(root, file):
    (line,) = faults(file(closure='"mine"'), root)
    assert line.startswith("column closure: found “mine”, expected an id that stands in")
    assert "apple-russia-2022" in line


def test_an_empty_name_is_no_name(root):
    with pytest.raises(evidence.EvidenceError, match="expected one of"):
        evidence.question("", root)


@pytest.mark.parametrize("day", ["2099-01-01", "1990-05-01"])
def test_an_event_that_is_still_to_come_or_too_long_ago(root, file, day):
    (line,) = faults(file(event=day, closure=None), root)
    assert "expected a day from 2000-01-01 up to the edition’s" in line


def test_a_file_that_is_no_toml(root, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("title = ", encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="a readable TOML file"):
        evidence.question(str(path), root)


@pytest.mark.parametrize("name", ["figures.toml", "My Question.toml"])
def test_a_name_that_can_be_no_folder_of_the_report(root, file, name):
    with pytest.raises(evidence.EvidenceError, match="a file name of small letters"):
        evidence.question(file(name), root)
