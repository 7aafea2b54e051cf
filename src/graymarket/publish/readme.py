"""The finding on the first screen of README.md, written by the build."""

import re

from graymarket.publish.problems import PublishError

_START, _END = "<!-- finding: written by the build -->", "<!-- end of finding -->"


def with_finding(readme: str, report: dict) -> str:
    """README.md with the text between its two marks replaced by the first chapter's finding."""
    if _START not in readme or _END not in readme:
        raise PublishError([f"README.md: expected the marks “{_START}” and “{_END}”"])
    chapter, exhibit = report["chapters"][0], report["exhibits"][0]
    deck = re.sub(r"\]\(#[^)]*\)", "](report/report.html)", chapter["deck"])
    finding = (
        f"{_START}\n**{chapter['title']}**\n\n{deck}\n\n"
        f"![{exhibit['alt']}](report/headline.svg)\n\n"
        f"*{exhibit['title']}. {exhibit['subtitle']}. Edition {report['edition']}.*\n{_END}"
    )
    before, after = readme.split(_START)[0], readme.split(_END)[1]
    return before + finding + after
