"""The command line: `graymarket build` and `graymarket check`."""

import sys
from pathlib import Path
from typing import NoReturn

import click


@click.group()
@click.version_option(package_name="graymarket")
def main():
    """Gray phones: how large is the gray market for smartphones, and how sure are we?"""


_root = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project's folder; by default the nearest one above that holds data/.",
)


@main.command()
@_root
def check(root: Path | None):
    """Check data/ and sum it up.

    Says what there is, or every problem at once, worst first, and exits with code 1.
    """
    from graymarket import evidence  # slow to import: not needed for --help

    try:
        root = root or evidence.find_root()
        problems = evidence.check(root)
    except evidence.EvidenceError as error:
        problems = error.problems
    if problems:
        _complain(problems, "mend the above and run this again.")
    table = evidence.summary(root).drop(columns="title").astype(object)
    click.echo(table.where(table.notna(), "").to_string(index=False))
    edition = evidence.package(root)["version"]
    facts, sources = evidence.size(root)
    click.echo(f"\nEdition {edition}: {facts:,} facts from {sources:,} sources, all in order.")


@main.command()
@_root
@click.option(
    "--case",
    metavar="NAME",
    help="Another question's report, into report/NAME/: a TOML file of data/questions/, by its "
    "name, or the path of one.",
)
def build(root: Path | None, case: str | None):
    """Check data/, run notebooks/ and write report/.

    If anything is wrong, says so in one line for each problem, leaves report/ as it was, and
    exits with code 1.
    """
    from graymarket import evidence, publish  # slow to import: not needed for --help

    try:
        root = root or evidence.find_root()
        variant = _variant(evidence.question(case, root)) if case else None
        written = publish.build(root, on_step=_say, on_cell=_dot, variant=variant)
    except (evidence.EvidenceError, publish.PublishError) as error:
        click.echo(err=True)
        _complain(error.problems, "report/ is untouched. Mend the above and run this again.")
    click.echo()
    for path in written:
        size = (
            f"{path.stat().st_size / 1000:,.0f} kB" if path.is_file() else "each exhibit by itself"
        )
        click.echo(f"{path.relative_to(root)}  {size}")


def _variant(question):
    """The question in the words of `publish`."""
    from graymarket import evidence, publish

    return publish.Variant(
        name=question.name,
        title=question.title,
        subtitle=f"{question.what}, {question.event:%B %Y}",
        environment={evidence.VARIABLE: str(question.path.resolve())},
        inputs=(question.path,),
    )


def _complain(problems: list, advice: str) -> NoReturn:
    for problem in problems:
        click.echo(str(problem), err=True)
    click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}; {advice}", err=True)
    sys.exit(1)


def _say(step: str) -> None:
    click.echo(f"\n{step} ", nl=False)


def _dot() -> None:
    click.echo("·", nl=False)


if __name__ == "__main__":
    main()
