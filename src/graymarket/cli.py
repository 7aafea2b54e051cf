"""The command line: build, check, refresh, add and edition."""

import json
import re
import sys
import webbrowser
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:  # slow to import, and not needed for --help
    from graymarket.refresh import Change, Dataset

_NO_REASON = "No reason given"
_MOST_PROBLEMS = 50  # more are counted: by then they are of a kind
_UNTOUCHED = "data/ is untouched. Correct the above and run this again."


@click.group()
@click.version_option(package_name="graymarket")
def main() -> None:
    """Gray phones: how large is the gray market for smartphones, and how sure are we?"""


_root = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The project's folder; by default the nearest one above that holds data/.",
)


@main.command()
@_root
def check(root: Path | None) -> None:
    """Check data/, its tables and questions, and sum it up.

    Says what there is, or every problem at once, worst first, and exits with code 1.
    """
    from graymarket import editions, evidence, question

    root = _project(root)
    try:
        # A fault of a table may also keep a question from being read: it is named once.
        problems = [*dict.fromkeys(evidence.check(root) + question.check(root))]
        label = "" if problems else editions.label(root)
    except evidence.EvidenceError as error:
        problems = error.problems
    if problems:
        _complain(problems, "correct the above and run this again.")
    table = evidence.summary(root).drop(columns="title").astype(object)
    click.echo(table.where(table.notna(), "").to_string(index=False))
    facts, sources = evidence.size(root)
    click.echo(f"\nEdition {label}: {facts:,} facts from {sources:,} sources, all in order.")


@main.command()
@_root
@click.option(
    "--question",
    metavar="NAME",
    help="Another question's report, into report/NAME/: a TOML file of data/questions/, by its "
    "name, or the path of one.",
)
def build(root: Path | None, question: str | None) -> None:
    """Check data/, run notebooks/ and write report/.

    If anything is wrong, says so in one line for each problem, leaves report/ as it was, and
    exits with code 1.
    """
    _build(_project(root), question)


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
) -> None:
    """Fetch what is new upstream and put it into data/.

    SOURCE is usage (browser shares by region), vendors (StatCounter), development (World Bank)
    or trade (UN Comtrade); without any, all of them are asked. What came is checked together
    with the whole base first. If anything is wrong, data/ stays as it was, and the exit code is 1.
    """
    from graymarket import evidence
    from graymarket import refresh as upstream

    root = _project(root)
    unknown = [name for name in names if name not in upstream.SOURCES]
    if unknown:
        known = ", ".join(upstream.SOURCES)
        raise click.BadParameter(f"{', '.join(unknown)}: expected {known}", param_hint="SOURCE")
    try:
        datasets, news = upstream.collect(root, names or upstream.SOURCES, date.today(), _count)
    except evidence.EvidenceError as error:
        _complain(error.problems, _UNTOUCHED)
    for name, sentences in news.items():
        click.echo(f"{name}: {' '.join(sentences)}")
    _take(root, datasets, yes, why, dry_run=dry_run, then_open=open_report)


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
) -> None:
    """Put downloaded files into data/, as they came.

    Takes StatCounter’s vendor CSV for any region, the World Bank’s CSV or zip, a region’s JSON of
    caniuse, UN Comtrade’s JSON, and a CSV with the columns of one of our own tables. Says
    what each adds and changes, and asks before a published figure is overwritten.
    """
    root = _project(root)
    _take(root, _recognised(files, address, region, root), yes, why, then_open=open_report)


@main.group()
def edition() -> None:
    """Freeze a state of data/ with its results."""


@edition.command()
@click.argument("name", required=False)
@_root
def new(name: str | None, root: Path | None) -> None:
    """Make NAME (such as 2026-12) the present edition: build the report, and freeze both.

    Without NAME it is called by this month, or the next name that is free.
    The frozen edition is data/editions/NAME.zip; the report of any later state says what has
    changed since.
    """
    from graymarket import editions, evidence

    root = _project(root)
    try:
        name = name or editions.next_name(root, date.today())
        with editions.named(root, name, date.today()) as tables:
            _build(root)
            frozen = editions.freeze(root, tables, lambda: _results(root))
    except evidence.EvidenceError as error:
        _complain(error.problems, "no edition is made, and the former name stands.")
    click.echo(f"Frozen: {frozen.relative_to(root)}")


def _results(root: Path) -> dict[str, dict[str, Any]]:
    """What the report just built knows."""
    content = json.loads((root / "report" / "results.json").read_text(encoding="utf-8"))
    results: dict[str, dict[str, Any]] = content["results"]
    return results


def _project(root: Path | None) -> Path:
    """The project's folder, once what a killed run left half done is undone."""
    from graymarket import evidence
    from graymarket.evidence.store import recover

    try:
        root = root or evidence.find_root()
    except evidence.EvidenceError as error:
        _complain(error.problems, "go there, or name it with --root.")
    try:
        if recover(root):
            click.echo("A run that was killed left data/ half written: its changes are undone.")
    except evidence.EvidenceError as error:
        _complain(error.problems, "correct the above and run this again.")
    return root


def _recognised(
    files: Iterable[Path], address: str, region: str | None, root: Path
) -> "list[Dataset]":
    """The rows of files given by hand, each file once; the program ends where one is refused."""
    from graymarket import evidence
    from graymarket import refresh as upstream

    datasets, problems = [], []
    for path in {path.resolve(): path for path in files}.values():
        try:
            download = upstream.opened(path, date.today(), address, region)
            datasets += upstream.recognise(download, root)
        except evidence.EvidenceError as error:
            problems += error.problems
    if problems:
        _complain(problems, _UNTOUCHED)
    return datasets


def _take(
    root: Path,
    datasets: "list[Dataset]",
    yes: bool,
    why: str | None,
    *,
    dry_run: bool = False,
    then_open: bool,
) -> None:
    """Say what comes of datasets, apply it, and build and open the report if asked to."""
    from graymarket import evidence
    from graymarket import refresh as upstream

    try:
        changes = upstream.changes(root, datasets)
        for change in changes:
            click.echo("\n".join(upstream.describe(change)))
        written = _is_news(changes) and _apply(root, changes, yes, why, dry_run)
    except evidence.EvidenceError as error:
        _complain(error.problems, _UNTOUCHED)
    if then_open and not dry_run:
        _build(root)
        _show(root)
    elif written:
        click.echo("Next: graymarket build, or make report.")


def _is_news(changes: "list[Change]") -> bool:
    """Whether anything changes; says so if not."""
    if any(change.is_news for change in changes):
        return True
    known = sum(change.same for change in changes)
    click.echo("No news: data/ has all of it already." if known else "Nothing to add.")
    return False


def _apply(root: Path, changes: "list[Change]", yes: bool, why: str | None, dry_run: bool) -> bool:
    """Check, ask before figures are overwritten, and write; whether anything was written."""
    from graymarket import refresh as upstream

    revised = sum(len(change.revised) for change in changes)
    must_ask = revised > 0 and not yes
    click.echo("Checking the whole of data/ with it …")
    if dry_run or must_ask:
        upstream.verify(root, changes, date.today())
    if dry_run:
        click.echo("A dry run: nothing is written.")
        return False
    if must_ask:
        why = _agreed(revised, why)
    upstream.apply(root, changes, date.today(), why or _NO_REASON)
    click.echo("Written to data/.")
    return True


def _agreed(revised: int, why: str | None) -> str:
    """The reason for overwriting published figures, once somebody has agreed to it."""
    figures = f"{revised:,} published figure{'s' if revised > 1 else ''}"
    if not sys.stdin.isatty():
        click.echo(
            f"{figures} would be overwritten, and there is no terminal to ask at. If that is "
            "meant, run this again with --yes, and say why with --because; data/ is untouched.",
            err=True,
        )
        sys.exit(1)
    if not click.confirm(f"Overwrite {figures}?"):
        click.echo("data/ is untouched.")
        sys.exit(1)
    return why or str(click.prompt("Why", default=_NO_REASON))


def _build(root: Path, question: str | None = None) -> None:
    from graymarket import evidence, publish, report

    try:
        written = report.build(root, question or report.MAIN, on_step=_say, on_cell=_dot)
    except (evidence.EvidenceError, publish.PublishError) as error:
        click.echo(err=True)
        _complain(error.problems, "report/ is untouched. Correct the above and run this again.")
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


def _complain(problems: Sequence[object], advice: str) -> NoReturn:
    """Say what is wrong, and what to do, and end the program with code 1."""
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
