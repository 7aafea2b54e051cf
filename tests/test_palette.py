"""One palette for every format."""

import re

from graymarket import palette


def test_no_colour_of_the_palette_is_written_anywhere_else(root):
    colours = {colour.removeprefix("#") for colour in palette.PALETTE.values()} - {"ffffff"}
    pattern = re.compile("|".join(colours), re.IGNORECASE)
    files = [path for path in (root / "src").rglob("*") if path.suffix in TEXT]
    found = [path.name for path in files if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == ["palette.toml"]


TEXT = {".py", ".css", ".typ", ".js", ".j2", ".toml", ".json"}


def test_each_format_gets_the_palette_in_its_own_way():
    accent = palette.PALETTE["accent"]
    assert f"--on-white-accent: {accent};" in palette.css_variables()
    assert f'#let accent = rgb("{accent}")\n' in palette.typst_colours()
    assert palette.in_variables(f'fill="{accent}"') == 'fill="var(--accent)"'
