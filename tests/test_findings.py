"""When the data turn a finding round, its words turn too, not only its number."""

import shutil

import pandas as pd
import pytest

from graymarket.exhibits.results import RESULTS_MIME
from graymarket.publish.execute import execute, read_chapters

PAGE = "00-summary"


def findings(root, folder, edit=None, page=PAGE):
    """The named results of a chapter, after `edit` (a function of the folder data/)."""
    shutil.copytree(root / "data", folder / "data")
    (folder / "notebooks").mkdir()
    if edit:
        edit(folder / "data")
    shutil.copy(
        root / "notebooks" / f"{PAGE}.ipynb", folder / "notebooks"
    )  # some read the findings
    chapters = {page: read_chapters(root / "notebooks")[page]}
    done = execute(chapters, folder / "notebooks", lambda: None)[page]
    shown = [
        output["data"][RESULTS_MIME]
        for cell in done.cells
        for output in cell.get("outputs", [])
        if RESULTS_MIME in output.get("data", {})
    ]
    return {name: result["text"] for name, result in shown[-1].items()}


def cells(table, row, **values):
    """An edit: the cells of one row, by its id."""

    def edit(data):
        path = data / f"{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column, value in values.items():
            frame.loc[frame["id"] == row, column] = value
        frame.to_csv(path, index=False, lineterminator="\n")

    return edit


def apple_fades_in_russia(data):
    path = data / "usage_panel.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    late = (frame["region"] == "RUS") & (frame["month"] > "2025-06")
    frame.loc[late, "apple_share"] = "4"
    frame.to_csv(path, index=False, lineterminator="\n")


@pytest.fixture(scope="module")
def as_they_are(root, tmp_path_factory):
    return findings(root, tmp_path_factory.mktemp("plain"))


HALVED = cells("assumptions", "assumptions-004", low="4", mode="7.75", high="9.5")


@pytest.mark.parametrize(
    ("edit", "name", "now", "then"),
    [
        (HALVED, "size", "large in Cuba without a shop", "no larger in Cuba than elsewhere"),
        (
            cells("assumptions", "assumptions-006", low="30", mode="40", high="60"),
            "outside",
            "nearly all",
            "some",
        ),
        (HALVED, "article_estimated", "inside our interval", "outside our interval"),
        (
            cells("assumptions", "assumptions-019", low="50", mode="95", high="100"),
            "iran_apart",
            "The two senses are far apart",
            "The two senses cannot be told apart",
        ),
        (
            cells("sanctions", "sanctions-024", effect="authorised"),
            "closed",
            "Syria, Crimea and North Korea",
            "Crimea and North Korea",
        ),
        (
            apple_fades_in_russia,
            "russia_held",
            "A closed door did not keep iPhones out of Russia",
            "Russia’s iPhones may have run out",
        ),
        (cells("verdicts", "verdicts-001", verdict="partly"), "supported", "two", "one"),
    ],
)
def test_a_finding_that_flips_changes_its_words(root, tmp_path, as_they_are, edit, name, now, then):
    assert as_they_are[name] == now
    assert findings(root, tmp_path, edit)[name] == then


def test_statcounters_own_series_for_cuba_is_read_around_the_lock(root, tmp_path):
    def with_series(data):
        path = data / "vendor_usage.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        months = pd.period_range("2021-01", "2022-06", freq="M").astype(str)
        own = pd.DataFrame({"region": "CUB", "month": months, "vendor": "Xiaomi"})
        own["usage_share"] = [f"{10 + step:g}" for step in range(len(months))]
        own["source_id"] = "statcounter-global-stats"
        pd.concat([frame, own]).to_csv(path, index=False, lineterminator="\n")

    page = "03-xiaomi-in-cuba"
    plain, told = tmp_path / "plain", tmp_path / "told"
    plain.mkdir()
    told.mkdir()
    before = findings(root, plain, page=page)
    assert before["around"].startswith("So nothing can be said of before and after")
    after = findings(root, told, with_series, page=page)
    # March to August 2021, then October 2021 to March 2022
    assert after["around"] == (
        "Xiaomi had 12.0–17.0% of page views in the six months before the month of the lock, and "
        "19.0–24.0% in the six after"
    )
    assert (
        after["world_share"] == before["world_share"]
    )  # Cuba's rows are not taken for the world's


def test_a_first_edition_has_nothing_to_compare_with(root, tmp_path):
    page = "13-what-changed"
    shown = findings(root, tmp_path, lambda data: shutil.rmtree(data / "editions"), page=page)
    assert shown["headline"] == "This is the first edition: nothing has changed yet"
    assert (shown["rows"], shown["moved"], shown["flipped"]) == ("no", "none", "none")
