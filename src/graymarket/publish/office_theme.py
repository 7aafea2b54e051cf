"""The deck's look: template.pptx, which any designer can open, and what its layouts are called.

Its theme's colours are those of the palette. The layouts' placeholders are known by their numbers,
which are the same in every layout, so that a slide can change its layout.
"""

from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Length

TEMPLATE = Path(__file__).with_name("templates") / "template.pptx"

SUBTITLE, CONTENT, SOURCE, FOOTER, NUMBER = 13, 14, 15, 16, 17
COLUMNS = (21, 22, 23)

EMPTY_TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table without lines and fills

Area = tuple[Length, Length, Length, Length]  # left, top, width, height


def empty_deck() -> Deck:
    """A 16:9 deck without slides: theme, one master, layouts with real placeholders."""
    return Presentation(str(TEMPLATE))


def layout(deck: Deck, name: str) -> SlideLayout:
    """The layout of that name."""
    found = deck.slide_layouts.get_by_name(name)
    assert found is not None, name
    return found


def area_of(of: SlideLayout, idx: int) -> Area:
    """The place of a layout's placeholder."""
    placeholders: Any = of.placeholders
    place = next(p for p in placeholders if p.placeholder_format.idx == idx)
    return place.left, place.top, place.width, place.height
