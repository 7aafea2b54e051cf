"""Which of the subjects’ results a report opens with: the strongest that there is."""

import pytest

from graymarket.results import Results, headline

ROW = "regions/CUB"
LADDER = [
    ("stock", {"door": ("title", "seen", "since", "so", "mark")}, {"since", "seen", "so"}),
    ("door", {"door": ("title", "mark")}, {"door"}),
    ("door", {"door": ("title", "inconclusive")}, {"door"}),
    ("estimate", {"door": ("title",), "estimate": ("brand_gray_share", "month")}, None),
    ("published", {"benchmarks": ("gray", "gray_of", "gray_sense")}, {"share", "of", "sense"}),
    ("panel", {}, {"panel"}),
]


def known(moved, **names):
    """Results of these names by subject, each a text; the panel’s headline says `moved`."""
    subjects = {name: Results() for name in ("door", "estimate", "benchmarks", "panel")}
    for subject, given in names.items():
        for name in given:
            subjects[subject].label(name, name, "A text", ROW)
    subjects["panel"].verdict("headline", moved, "What moved", ROW, about="panel_moved")
    return subjects


@pytest.mark.parametrize(("answer", "names", "parts"), LADDER)
def test_each_answer_has_its_results(answer, names, parts):
    found, given = headline.strongest(known("rose", **names))
    assert found == answer
    assert set(given) == (parts or {"share", "month"})


def test_what_is_stronger_comes_first():
    """With everything known the stock; each one taken away leaves the next."""
    names = {"estimate": ("brand_gray_share", "month"), "benchmarks": ("gray", "gray_of")}
    names["benchmarks"] = (*names["benchmarks"], "gray_sense")
    names["door"] = ("title", "seen", "since", "so", "mark")
    order = [headline.strongest(known("fell", **names))[0]]
    names["door"] = ("title", "mark")
    order.append(headline.strongest(known("fell", **names))[0])
    for subject in ("door", "estimate", "benchmarks"):
        del names[subject]
        order.append(headline.strongest(known("fell", **names))[0])
    assert order == ["stock", "door", "estimate", "published", "panel"]


@pytest.mark.parametrize(
    ("moved", "answer"),
    [
        ("rose", "panel"),
        ("fell", "panel"),
        ("unclear", "unknown"),
        ("depends", "unknown"),
        ("noise", "unknown"),
        ("blind", "unknown"),
    ],
)
def test_a_move_alone_is_told_where_it_is_clear(moved, answer):
    assert headline.strongest(known(moved))[0] == answer


def test_the_parts_are_the_results_that_the_words_mention():
    subjects = known("rose", benchmarks=("gray", "gray_of", "gray_sense"))
    _, given = headline.strongest(subjects)
    assert given == {
        "share": subjects["benchmarks"]["gray"],
        "of": subjects["benchmarks"]["gray_of"],
        "sense": subjects["benchmarks"]["gray_sense"],
    }


def test_every_answer_reads_as_a_sentence(say):
    parts = {"maker": "Xiaomi", "place": "Cuba"}
    for answer, names, _ in [*LADDER, ("unknown", {}, set())]:
        moved = "rose" if answer == "panel" else "unclear"
        found, given = headline.strongest(known(moved, **names))
        results = Results()
        results.verdict("headline", found, "The strongest", ROW, parts=parts | given)
        assert found == answer and say(results["headline"])
    assert say(results["headline"]) == "How gray Xiaomi’s phones in Cuba are is not known"
