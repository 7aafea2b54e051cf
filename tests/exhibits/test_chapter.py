"""A chapter’s way to what is known: results as text, frames as they are."""

from types import SimpleNamespace

import pandas as pd
import pytest

from graymarket.exhibits import RESULTS_MIME, Chapter, Opened
from graymarket.results import Results


def opened(**fields):
    results = Results()
    results.quantity("share", 18.27, "percent", "A share", "regions/CUB")
    return Opened("subject", SimpleNamespace(results=results, **fields))


def test_a_result_reads_as_text_and_stays_a_result():
    subject = opened()
    assert subject.share == "18.3%"
    assert subject.result("share").value == subject.share.result.value == 18.27
    assert "share" in subject and "other" not in subject


def test_a_frame_is_as_it_is():
    frame = pd.DataFrame({"a": [1]})
    assert opened(months=frame).months is frame


def test_what_is_not_there_is_named():
    with pytest.raises(AttributeError, match="subject has no result or field 'other'"):
        _ = opened().other
    with pytest.raises(AttributeError):
        _ = opened().__wrapped__


def test_a_name_may_not_be_both():
    with pytest.raises(ValueError, match="subject: share names a result and a field"):
        opened(share=1)


@pytest.fixture(scope="module")
def chapter(root):
    return Chapter("xiaomi-cuba-2021", root)


def test_subjects_are_opened_by_name(chapter):
    asked, claims = chapter.open("asked", "claims")
    assert asked.maker == "Xiaomi" and "total" in claims
    assert chapter.open("asked").maker == "Xiaomi"
    with pytest.raises(KeyError, match="weather: expected one of"):
        chapter.open("weather")


def test_shown_it_lists_the_results_opened_so_far(chapter):
    chapter.open("asked")
    bundle = chapter._repr_mimebundle_()
    maker = bundle[RESULTS_MIME]["asked"]["maker"]
    assert (maker["type"], maker["text"], maker["definition"]) == (
        "label",
        "Xiaomi",
        "The maker asked about",
    )
    assert "asked.maker: Xiaomi" in bundle["text/plain"].splitlines()
    assert "<code>asked.maker</code></td><td>Xiaomi</td>" in bundle["text/html"]
