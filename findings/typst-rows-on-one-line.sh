#!/usr/bin/env bash
# Typst: a table inside a figure that is taller than the page is not cut and does not run on: the
# rows that find no room are all printed on one line at the foot of the page. No warning, PDF/UA-1
# is satisfied, and a text extractor finds every row.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2 pypdf==7.1.1
cd "$folder"
"$folder/venv/bin/python" -I - <<'PYTHON'
import io
import sys
from collections import Counter
from importlib.metadata import version

import pypdf
import typst

ROWS = 23
BREAKABLE = "#show figure.where(kind: table): set block(breakable: true)\n"


def document(rule: str) -> bytes:
    """A page 6 cm high, and a figure with a table of 23 rows."""
    return f"""#set page(width: 10cm, height: 6cm)
#set document(title: "Prices")
#set text(lang: "en")
{rule}#figure(
  table(columns: 2, table.header[Country][Price],
    ..range(1, {ROWS + 1}).map(i => ([Country #i], [#(100 + i)])).flatten()),
  caption: [Prices])
""".encode()


def heights(page: pypdf.PageObject) -> list[float]:
    """Height of the baseline of each "Country N" on the page, in points from its foot."""
    seen: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip().startswith("Country "):
            seen.append(round(cm[5] + cm[3] * tm[5], 1))

    page.extract_text(visitor_text=visit)
    return seen


def most_on_one_line(pages: list[pypdf.PageObject]) -> int:
    return max(max(Counter(heights(page)).values()) for page in pages)


print(f"typst {version('typst')}, pypdf {version('pypdf')}")
seen = {}
for name, rule in {"as it is": "", "with block(breakable: true)": BREAKABLE}.items():
    pdf, warnings = typst.compile_with_warnings(
        document(rule), format="pdf", pdf_standards=["ua-1"]
    )
    pages = list(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    text = "\n".join(page.extract_text() for page in pages)
    rows = sum(f"Country {i}" in text for i in range(1, ROWS + 1))
    crowd = most_on_one_line(pages)
    seen[name] = (len(pages), len(warnings), rows, crowd)
    print(f"{name}: {len(pages)} page(s), {len(warnings)} warnings, PDF/UA-1 accepted,")
    print(f"    {rows} of {ROWS} rows found in the text, at most {crowd} rows on one line")
print("So 16 rows lie on top of each other, and no warning, standard or search for text says so.")
expected = {"as it is": (1, 0, 23, 16), "with block(breakable: true)": (4, 0, 23, 1)}
if seen != expected:
    sys.exit(f"The behaviour has changed: expected {expected}, seen {seen}")
PYTHON
