"""The house's fonts: paths for Typst, small inlined WOFF2 for the web page."""

import base64
import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import fontpkg_ibm_plex_sans_condensed as condensed
import fontpkg_ibm_plex_serif as serif
from fontTools import subset
from fontTools.ttLib import TTFont

FOLDERS = [str(serif.ROOT), str(condensed.ROOT)]

# matplotlib brings fonts for most alphabets, signs and maths, and boxes for the letters of others.
_FOUND = find_spec("matplotlib")
_SPARE = Path((_FOUND and _FOUND.origin) or "").parent / "mpl-data" / "fonts" / "ttf"
ALL_FOLDERS = [*FOLDERS, str(_SPARE)]

_FACES = [
    (serif.ROOT, "IBMPlexSerif-Regular", "IBM Plex Serif", 400, "normal"),
    (serif.ROOT, "IBMPlexSerif-Italic", "IBM Plex Serif", 400, "italic"),
    (serif.ROOT, "IBMPlexSerif-SemiBold", "IBM Plex Serif", 600, "normal"),
    (condensed.ROOT, "IBMPlexSansCondensed-Regular", "IBM Plex Sans Condensed", 400, "normal"),
    (condensed.ROOT, "IBMPlexSansCondensed-SemiBold", "IBM Plex Sans Condensed", 600, "normal"),
]

_PLAIN = (400, "normal")

# Latin with the accents of the report's languages, punctuation, arrows, a few signs.
_UNICODES = [*range(0x20, 0x17F), *range(0x2010, 0x2044), 0x20AC, 0x2190, 0x2192, 0x2212, 0x2264]


def can_print(text: str) -> bool:
    """Whether one of the printed page's fonts has every letter of the text."""
    return all(any(ord(letter) in letters for letters in _letters()) for letter in text)


def has_rare_letters(text: str) -> bool:
    """Whether the text has letters that the house's fonts lack."""
    return not can_print("".join(set(text) - {"\n", "\t", "\u00ad", "\u200b"}))


@cache
def _letters() -> list[frozenset[int]]:
    faces = [(root, name) for root, name, _, weight, style in _FACES if (weight, style) == _PLAIN]
    return [
        frozenset(TTFont(next(root.rglob(f"{name}.ttf"))).getBestCmap()) for root, name in faces
    ]


@cache
def face_css() -> str:
    """@font-face rules with the fonts inside, subset to the characters the report needs."""
    return "\n".join(_face(*face) for face in _FACES)


def _face(root: Path, file: str, family: str, weight: int, style: str) -> str:
    font = TTFont(next(Path(root).rglob(f"{file}.ttf")), recalcTimestamp=False)
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "tnum", "lnum"])
    options.drop_tables += ["meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_UNICODES)
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )
