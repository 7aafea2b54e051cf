"""Numbers, names and spans as a reader likes them."""

import pytest

from graymarket.exhibits import words


@pytest.mark.parametrize(
    "months, said",
    [
        (1, "one month"),
        (5, "five months"),
        (12, "one year"),
        (48, "four years"),
        (53, "over four years"),
        (54, "four and a half years"),
        (13, "over one year"),
    ],
)
def test_lasting(months, said):
    assert words.lasting(months) == said


@pytest.mark.parametrize(
    ("number", "text"), [(0, "no rules"), (1, "one rule"), (9, "nine rules"), (36, "36 rules")]
)
def test_things_that_are_counted(number, text):
    assert words.counted(number, "rule") == text


def test_few_names_are_listed_and_many_counted():
    assert words.few(["Cuba", "Iran", "Syria"]) == "Cuba, Iran and Syria"
    assert words.few(["Cuba", "Iran", "Syria", "Sudan"]) == "Cuba and three others"
