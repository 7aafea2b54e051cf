"""Plain text: how wide the columns of a table are."""

import pytest

from graymarket.publish.text import column_widths


def test_columns_have_room_for_their_longest_word_and_share_the_rest():
    """Words want 7 and 4; of the 19 left the second takes 4 more; then 7 and 8 fill the width."""
    rows = [["Places", "one two"], ["11", "two"]]
    widths = column_widths(rows, 30, gap=1, widest=60)
    assert widths == pytest.approx([30 * 7 / 15, 30 * 8 / 15])
    assert column_widths(rows, 10, gap=1, widest=60) == []


def test_a_long_cell_wants_no_more_than_the_widest():
    widths = column_widths([["a", "b " * 40]], 24, gap=2, widest=9)
    assert widths == pytest.approx([24 * 3 / 14, 24 * 11 / 14])
