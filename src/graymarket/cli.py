"""The command line: build, check, refresh, add and edition."""

import os
import re
import sys
import webbrowser
from datetime import date
from pathlib import Path
from typing import NoReturn

import click


@click.group()
@click.version_option(package_name="graymarket")
def main():
    """Gray phones: how large is the gray market for smartphones, and how sure are we?"""


_root = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The project's folder; by default the nearest one above that holds data/.",
)


@main.command()
@_root
def check(root: Path | None):
    """Check data/ and sum it up.

    Says what there is, or every problem at once, worst first, and exits with code 1.
    """
    from graymarket import evidence  # slow to import: not needed for --help

    root = _project(root)
    try:
        problems = evidence.check(root)
        label = "" if problems else evidence.label(root)
    except evidence.EvidenceError as error:
        problems = error.problems
    if problems:
        _complain(problems, "mend the above and run this again.")
    table = evidence.summary(root).drop(columns="title").astype(object)
    click.echo(table.where(table.notna(), "").to_string(index=False))
    facts, sources = evidence.size(root)
    click.echo(f"\nEdition {label}: {facts:,} facts from {sources:,} sources, all in order.")


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
    _build(_project(root), case)


_accept = click.option(
    "--yes", is_flag=True, help="Overwrite published figures without asking (for scripts)."
)
_because = click.option(
    "--because",
    "why",
    default=None,
    help="Why published figures change; stands beside each in data/revisions.csv.",
)
_open = click.option(
    "--open", "open_report", is_flag=True, help="Then build the report and open it in the browser."
)


@main.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@_accept
@_because
@_open
@_root
def refresh(
    names: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    why: str | None,
    open_report: bool,
    root: Path | None,
):
    """Fetch what is new upstream and put it into data/.

    SOURCE is usage (browser shares by region), vendors (StatCounter), development (World Bank)
    or trade (UN Comtrade); without any, all of them are asked. What came is checked together
    with the whole base first. If anything is wrong, data/ stays as it was, and the exit code is 1.
    """
    from graymarket import evidence  # slow to import: not needed for --help
    from graymarket import refresh as upstream

    root = _project(root)
    unknown = [name for name in names if name not in upstream.SOURCES]
    if unknown:
        known = ", ".join(upstream.SOURCES)
        raise click.BadParameter(f"{', '.join(unknown)}: expected {known}", param_hint="SOURCE")
    try:
        deliveries, news = upstream.collect(root, names or upstream.SOURCES, date.today(), _count)
    except evidence.EvidenceError as error:
        _complain(error.problems, "data/ is untouched. Mend the above and run this again.")
    for name, told in news.items():
        click.echo(f"{name}: {' '.join(told)}")
    _take(root, deliveries, yes, why, dry_run=dry_run, then_open=open_report)


def _address(context: click.Context, option: click.Parameter, given: str) -> str:
    if given and not re.fullmatch(r"(https?://|pkg:)[^ ]+", given):
        raise click.BadParameter("expected https://… or pkg:…, without spaces")
    return given


@main.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--region",
    help="Which region a StatCounter file is of, if its name does not say: a code of regions.csv.",
)
@click.option(
    "--address",
    default="",
    callback=_address,
    help="Where the files came from, if known: a web address, or pkg:npm/name@version.",
)
@_accept
@_because
@_open
@_root
def add(
    files: tuple[Path, ...],
    region: str | None,
    address: str,
    yes: bool,
    why: str | None,
    open_report: bool,
    root: Path | None,
):
    """Put downloaded files into data/, as they came.

    Takes StatCounter’s vendor CSV for any region, the World Bank’s CSV or zip, a region’s JSON of
    caniuse, UN Comtrade’s JSON, and a CSV with the columns of one of our own tables. Says
    what each adds and changes, and asks before a published figure is overwritten.
    """
    from graymarket import evidence  # slow to import: not needed for --help
    from graymarket import refresh as upstream

    root = _project(root)
    deliveries, problems = [], []
    for path in {path.resolve(): path for path in files}.values():
        try:
            deliveries += upstream.recognise(
                upstream.opened(path, address, date.today()), root, region
            )
        except evidence.EvidenceError as error:
            problems += error.problems
    if problems:
        _complain(problems, "data/ is untouched. Mend the above and run this again.")
    _take(root, deliveries, yes, why, then_open=open_report)


@main.group()
def edition():
    """Freeze a state of data/ with its results."""


@edition.command()
@click.argument("name", required=False)
@_root
def new(name: str | None, root: Path | None):
    """Make NAME (such as 2026-12) the present edition: build the report, and freeze both.

    Without NAME it is called by this month, or the next name that is free.
    The frozen edition is data/editions/NAME.zip; the report of any later state says what has
    changed since.
    """
    from graymarket import evidence  # slow to import: not needed for --help
    from graymarket import refresh as upstream

    root = _project(root)
    try:
        name = name or upstream.next_name(root, date.today())
        with upstream.named(root, name, date.today()) as tables:
            _build(root)
            frozen = upstream.freeze(root, tables)
    except evidence.EvidenceError as error:
        _complain(error.problems, "no edition is made, and the former name stands.")
    click.echo(f"Frozen: {frozen.relative_to(root)}")


def _project(root: Path | None) -> Path:
    from graymarket import evidence

    try:
        return root or evidence.find_root()
    except evidence.EvidenceError as error:
        _complain(error.problems, "go there, or name it with --root.")


def _take(
    root: Path,
    deliveries: list,
    yes: bool,
    why: str | None,
    *,
    dry_run: bool = False,
    then_open: bool,
):
    """Put deliveries in, once it is said what they change, and shown what comes of it if asked."""
    written = _put_in(root, deliveries, yes, why, dry_run)
    if then_open and not dry_run:
        _build(root)
        _show(root)
    elif written:
        click.echo("Next: graymarket build, or make report.")


def _put_in(root: Path, deliveries: list, yes: bool, why: str | None, dry_run: bool) -> bool:
    """Say what deliveries change, ask before figures are overwritten; whether data/ changed."""
    from graymarket import evidence
    from graymarket import refresh as upstream

    within = _here_within((root / "data").resolve())
    try:
        found = upstream.changes(root, deliveries)
        for change in found:
            click.echo("\n".join(upstream.words_of(change)))
        if not any(change.is_news for change in found):
            known = sum(change.same for change in found)
            click.echo("No news: data/ has all of it already." if known else "Nothing to add.")
            return False
        revised = sum(len(change.revised) for change in found)
        click.echo("Checking the whole of data/ with it …")
        if dry_run or (revised and not yes):
            upstream.verify(root, found, date.today())
        if dry_run:
            click.echo("A dry run: nothing is written.")
            return False
        if revised and not yes:
            why = _asked(revised, why)
        upstream.put_in(root, found, date.today(), why or _NO_REASON)
    except evidence.EvidenceError as error:
        _complain(error.problems, "data/ is untouched. Mend the above and run this again.")
    click.echo("Written to data/.")
    if within:
        os.chdir(within)  # the folder of that name is another now
        click.echo("This shell stands in the former data/, which is gone: type “cd .”.")
    return True


def _here_within(data: Path) -> Path | None:
    """The current folder, if it goes when data/ is exchanged."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it is gone already
        return None
    return here if data in (here, *here.parents) else None


_NO_REASON = "No reason given"


def _asked(revised: int, why: str | None) -> str:
    """The reason for overwriting published figures, once somebody has agreed to it."""
    figures = f"{revised:,} published figure{'s' if revised > 1 else ''}"
    if not sys.stdin.isatty():
        click.echo(
            f"{figures} would be overwritten, and nobody is here to ask. If that is meant, run "
            "this again with --yes, and say why with --because; data/ is untouched.",
            err=True,
        )
        sys.exit(1)
    if not click.confirm(f"Overwrite {figures}?"):
        click.echo("data/ is untouched.")
        sys.exit(1)
    return why or click.prompt("Why", default=_NO_REASON)


def _build(root: Path, case: str | None = None) -> None:
    from graymarket import evidence, publish, report  # slow to import: not needed for --help

    try:
        written = report.build(root, case or report.MAIN, on_step=_say, on_cell=_dot)
    except (evidence.EvidenceError, publish.PublishError) as error:
        click.echo(err=True)
        _complain(error.problems, "report/ is untouched. Mend the above and run this again.")
    click.echo()
    for path in written:
        size = (
            f"{path.stat().st_size / 1000:,.0f} kB" if path.is_file() else "each exhibit by itself"
        )
        click.echo(f"{path.relative_to(root)}  {size}")


def _show(root: Path) -> None:
    page = root / "report" / "report.html"
    if not webbrowser.open(page.as_uri()):
        click.echo(f"No browser was found; open {page}")


_MOST_PROBLEMS = 50  # more are counted: by then they are of a kind


def _complain(problems: list, advice: str) -> NoReturn:
    for problem in problems[:_MOST_PROBLEMS]:
        click.echo(str(problem), err=True)
    if len(problems) > _MOST_PROBLEMS:
        click.echo(f"… and {len(problems) - _MOST_PROBLEMS:,} more", err=True)
    click.echo(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}; {advice}", err=True)
    sys.exit(1)


def _count(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{name}: {done:,} of {total:,} files", err=True, nl=done == total)


def _say(step: str) -> None:
    click.echo(f"\n{step} ", nl=False)


def _dot() -> None:
    click.echo("·", nl=False)


if __name__ == "__main__":
    main()
