"""What the build writes into README files, each part between two marks."""

from pathlib import Path

from graymarket.publish.assemble import without_links
from graymarket.publish.problems import PublishError


def with_part(path: Path, name: str, text: str) -> str:
    """The file's text with what stands between the marks of the part `name` replaced.

    Raises PublishError when the file lacks the marks.
    """
    start, end = f"<!-- {name}: written by the build -->", f"<!-- end of {name} -->"
    readme = path.read_text(encoding="utf-8")
    if start not in readme or end not in readme:
        raise PublishError([f"{path}: expected the marks “{start}” and “{end}”"])
    before, after = readme.split(start)[0], readme.split(end)[1]
    return f"{before}{start}\n{text}\n{end}{after}"


def finding(report: dict) -> str:
    """The first chapter's title and deck and the first chart, as Markdown for README.md."""
    chapter, exhibit = report["chapters"][0], report["exhibits"][0]
    deck = without_links(chapter["deck"])
    return (
        f"**{chapter['title']}**\n\n{deck}\n\n"
        f"![{exhibit['alt']}](report/headline.svg)\n\n"
        f"*{exhibit['title']}. {exhibit['subtitle']}. Edition {report['edition']}.*"
    )
