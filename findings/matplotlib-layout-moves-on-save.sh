#!/usr/bin/env bash
# Matplotlib: figure.draw_without_rendering() lays a constrained (or tight) figure out with the text
# widths of the bitmap renderer; savefig(format="svg") lays it out anew with other widths. So a
# position measured after the first is not where the SVG has it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check matplotlib==3.11.2 numpy==2.4.6
cd "$folder"
MPLBACKEND=agg MPLCONFIGDIR="$folder" "$folder/venv/bin/python" -I - <<'PYTHON'
import io
import re
import sys
from importlib.metadata import version

import matplotlib.pyplot as plt

LABELS = ["Phones sold by the maker itself", "Phones brought in by others"]


def across(layout: str | None, dpi: int) -> tuple[float, float, float]:
    """A point's place as a fraction of the width: measured, in the SVG, measured after saving."""
    figure, axes = plt.subplots(figsize=(4, 3), layout=layout, dpi=dpi)
    (line,) = axes.plot([1, 2], [0, 1], gid="line")
    axes.set_yticks([0, 1], LABELS)

    def measured() -> float:
        return float(axes.transData.transform((1, 0))[0] / figure.bbox.width)

    figure.draw_without_rendering()
    before = measured()
    file = io.StringIO()
    figure.savefig(file, format="svg")
    svg = file.getvalue()
    width = float(re.search(r'viewBox="0 0 (\S+) ', svg)[1])
    x = float(re.search(r'<g id="line">\s*<path d="M (\S+) ', svg)[1])
    after = measured()
    plt.close(figure)
    return before, x / width, after


print(f"matplotlib {version('matplotlib')}")
print("Distance of one point from the left, in pixels of a chart shown 1,200 pixels wide:")
wrong = []
for layout in (None, "constrained", "tight"):
    for dpi in (72, 100, 200):
        before, svg, after = (round(1200 * value, 1) for value in across(layout, dpi))
        print(
            f"    layout {layout}, {dpi} dpi: measured before saving {before},"
            f" in the SVG {svg}, off by {before - svg:.1f}; measured after saving {after}"
        )
        moves = abs(before - svg) > 1
        if moves != (layout is not None) or abs(after - svg) > 0.1:
            wrong.append(f"{layout} at {dpi} dpi")
print("Even 72 dpi, the SVG’s own, is off. Without a layout or after saving it is right.")
if wrong:
    sys.exit(f"The behaviour has changed: {', '.join(wrong)}")
PYTHON
