"""The command line: `graymarket build`."""

import sys
from pathlib import Path

import click


@click.group()
@click.version_option(package_name="graymarket")
def main():
    """Gray phones: how large is the gray market for smartphones, and how sure are we?"""


@main.command()
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project's folder; by default the nearest one above that holds data/.",
)
def build(root: Path | None):
    """Check data/, run notebooks/ and write report/.

    If anything is wrong, says so in one line for each problem, leaves report/ as it was, and
    exits with code 1.
    """
    from graymarket import evidence, publish  # slow to import: not needed for --help

    try:
        root = root or evidence.find_root()
        written = publish.build(root, on_step=_say, on_cell=_dot)
    except (evidence.EvidenceError, publish.PublishError) as error:
        count = len(error.problems)
        click.echo(err=True)
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo(
            f"{count} problem{'s' if count > 1 else ''}; report/ is untouched. "
            "Mend the above and run this again.",
            err=True,
        )
        sys.exit(1)
    click.echo()
    for path in written:
        click.echo(f"{path.relative_to(root)}  {path.stat().st_size / 1000:,.0f} kB")


def _say(step: str) -> None:
    click.echo(f"\n{step} ", nl=False)


def _dot() -> None:
    click.echo("·", nl=False)


if __name__ == "__main__":
    main()
