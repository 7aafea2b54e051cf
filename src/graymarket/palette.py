"""The palette: the house's colours by name, for every format."""

import tomllib
from pathlib import Path

_FILE = Path(__file__).with_name("palette.toml")

PALETTE: dict[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def css_variables() -> str:
    """A style rule that names each colour as on white paper: `--on-white-accent: #…;` and so on."""
    named = " ".join(f"--on-white-{name}: {colour};" for name, colour in PALETTE.items())
    return f":root {{ {named} }}\n"


def typst_colours() -> str:
    """Definitions for Typst: `#let accent = rgb("#…")`, a line each."""
    return "".join(f'#let {name} = rgb("{colour}")\n' for name, colour in PALETTE.items())


def in_variables(svg: str) -> str:
    """The SVG with each house colour as its CSS variable, so that it follows a page's theme."""
    for name, colour in PALETTE.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg
