"""Numbers and spans as a reader likes them."""

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
