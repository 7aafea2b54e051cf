#!/usr/bin/env bash
# python-pptx: chart.replace_data() puts in new numbers, names and categories, but leaves the labels
# that were written by hand on points; a series that is new gets a copy of them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  python-pptx==1.0.2 openpyxl==3.1.5
cd "$folder"
"$folder/venv/bin/python" -I - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import openpyxl
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm


def data(categories: list[str], **series: tuple[int, int]) -> CategoryChartData:
    chart_data = CategoryChartData()
    chart_data.categories = categories
    for name, values in series.items():
        chart_data.add_series(name, values)
    return chart_data


presentation = Presentation()
slide = presentation.slides.add_slide(presentation.slide_layouts[6])
chart = slide.shapes.add_chart(
    XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Cm(12), Cm(8), data(["North", "South"], y2020=(50, 12))
).chart
chart.series[0].points[1].data_label.text_frame.text = "lowest: 12"
chart.replace_data(data(["East", "West"], y2021=(30, 40), y2022=(35, 90)))

file = io.BytesIO()
presentation.save(file)
chart = Presentation(file).slides[0].shapes[0].chart
print(f"python-pptx {version('python-pptx')}")
print("A label 'lowest: 12' on the second point, then replace_data() with two other series:")
seen = {}
for series in chart.series:
    label = series.points[1].data_label
    text = label.text_frame.text if label.has_text_frame else None
    seen[series.name] = text
    print(f"    {series.name}: West is {series.values[1]:.0f}, its label says {text!r}")
sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
cells = [list(row) for row in sheet.values]
print(f"The workbook inside the chart is all new: {cells}")
if seen != {"y2021": "lowest: 12", "y2022": "lowest: 12"} or cells[2] != ["West", 40, 90]:
    sys.exit(f"The behaviour has changed: labels {seen}, cells {cells}")
PYTHON
