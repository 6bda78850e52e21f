"""`beckon import people`: takes in a file of people, here and now, and says what came of every row."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from beckon.core.actors import COMMAND_LINE
from beckon.core.clock import domain_now
from beckon.core.models import Organization
from beckon.core.tenancy import get_organization, org_scope
from beckon.ops.printing import columns_of, console_for
from beckon.people.errors import ImportCancelled, ImportRefused
from beckon.people.importing.options import ImportOptions, parse_consent
from beckon.people.importing.running import Result, Tell, cancel_import, prepare_import, run_import
from beckon.people.importing.undoing import undo_import
from beckon.people.models import Import, Source
from beckon.people.normal.fields import Field

HELP = "Take in a file of people: CSV, TSV or any delimited text in any encoding, XLSX, FHIR Patient NDJSON."
_STAGES = {"reading": "reading rows", "comparing": "comparing people", "merging": "writing people"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE and --org, or --resume/--undo/--cancel with the number of an earlier import."""
    parser.add_argument("file", nargs="?", metavar="FILE", type=Path)
    parser.add_argument("--org", required=True, metavar="SHORT-NAME", help="the organization the people belong to")
    parser.add_argument(
        "--source",
        metavar="NAME",
        help="where the file comes from; its mapping is remembered (default: the file's name without digits)",
    )
    parser.add_argument(
        "--origin",
        choices=["own", "referral", "bought"],
        help="people of a bought list start without consent (default: as the source's last file, else own)",
    )
    parser.add_argument("--vendor", default="", help="who sold the list")
    parser.add_argument("--price", metavar="DOLLARS", help="what the whole list cost")
    parser.add_argument(
        "--consent",
        default="",
        metavar="CHANNEL=BASIS,...",
        help=(
            "for everyone in the list: sms, voicemail (drops), voice (calls by agents), "
            "email = express or written; needs --evidence"
        ),
    )
    parser.add_argument(
        "--evidence", default="", metavar="TEXT", help="what was signed or said for --consent, and where it is kept"
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help=f"correct the guess; fields: {', '.join(Field)}",
    )
    parser.add_argument("--dry-run", action="store_true", help="count and report everything, change nothing")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="the file is the whole list: people of this source who are missing are retired",
    )
    parser.add_argument(
        "--resume", type=int, metavar="IMPORT", help="go on with an import that was killed, cancelled or failed"
    )
    parser.add_argument("--undo", type=int, metavar="IMPORT", help="take an import back")
    parser.add_argument("--cancel", type=int, metavar="IMPORT", help="stop an import that another process runs")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON and nothing else")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 when the import is done (rejected rows and all), 1 when it was stopped."""
    organization = get_organization(args.org)
    if args.cancel or args.undo:
        return _other(args, organization)
    import_id = args.resume or _prepare(args, organization)
    try:
        if args.json:
            result = run_import(organization, import_id, by=COMMAND_LINE, now=domain_now(organization))
        else:
            result = _run_with_progress(organization, import_id)
    except (KeyboardInterrupt, ImportCancelled):
        print(
            f"import {import_id} was stopped. Go on: --resume {import_id}; take back: --undo {import_id}",
            file=sys.stderr,
        )
        return 1
    if args.json:
        print(json.dumps(result.as_json()))
    else:
        _tell(result, dry_run=args.dry_run)
    return 0


def source_name_of(path: Path) -> str:
    """A file's name without dates and numbers, so that next month's file is of the same source."""
    stem = path.name.split(".")[0]
    words = "".join(c if c.isalpha() else " " for c in stem).split()
    return " ".join(words).lower()[:100] or "people"


def _prepare(args: argparse.Namespace, organization: Organization) -> int:
    if args.file is None:
        raise ImportRefused("name the FILE to import, or --resume with the number of an earlier import")
    source_name = args.source or source_name_of(args.file)
    options = ImportOptions(
        origin=args.origin or origin_of(organization, source_name),
        vendor=args.vendor,
        price_cents=_cents(args.price),
        consent=parse_consent(args.consent),
        evidence=args.evidence,
        mapping=_mapping(args.map),
        dry_run=args.dry_run,
        replace=args.replace,
    )
    return prepare_import(
        organization,
        args.file,
        source_name=source_name,
        options=options,
        by=COMMAND_LINE,
        now=domain_now(organization),
    )


def origin_of(organization: Organization, source_name: str) -> str:
    """The origin a source was last said to have: next month's file of a bought list is bought too. Else "own"."""
    with org_scope(organization):
        return Source.objects.filter(name=source_name).values_list("origin", flat=True).first() or "own"


def _cents(price: str | None) -> int | None:
    if price is None:
        return None
    try:
        return round(float(price.replace("$", "").replace(",", "")) * 100)
    except ValueError as error:
        raise ImportRefused(f"--price is a number of dollars, not {price!r}") from error


def _mapping(words: list[str]) -> dict[str, str]:
    mapping = {}
    for word in words:
        column, equals, field = word.rpartition("=")
        if not equals:
            raise ImportRefused(f'--map is "Column=field", not {word!r}; fields: {", ".join(Field)}')
        mapping[column.strip()] = field.strip()
    return mapping


def _other(args: argparse.Namespace, organization: Organization) -> int:
    if args.cancel:
        cancel_import(organization, args.cancel)
        print(f"import {args.cancel} stops at the end of the part it is writing")
        return 0
    undone = undo_import(organization, args.undo, by=COMMAND_LINE, now=domain_now(organization))
    print(f"import {args.undo} is taken back: {undone.retired} people retired, {undone.restored} restored")
    return 0


def _run_with_progress(organization: Organization, import_id: int) -> Result:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def tell(stage: str, done: int) -> None:
            progress.update(task, description=_STAGES.get(stage, stage), completed=done)

        shown: Tell = tell
        return run_import(organization, import_id, by=COMMAND_LINE, now=domain_now(organization), tell=shown)


def _tell(result: Result, *, dry_run: bool) -> None:
    console = console_for()
    console.print(f"[bold]{result.rows:,} rows[/bold] {'would be' if dry_run else ''}".rstrip())
    for name in ("created", "updated", "unchanged", "duplicates", "rejected"):
        console.print(f"  {getattr(result, name):>9,}  {name}")
    if result.retired:
        console.print(f"  {result.retired:>9,}  people retired, missing from the file")
    _tell_reasons(console, "rejected because", result.reject_reasons)
    if result.rejected:
        console.print(f"  put them right and import them: {result.rejects_file}", soft_wrap=True, highlight=False)
    _tell_reasons(console, "values left empty", result.problem_reasons)
    if result.problem_reasons:
        console.print(f"  each with its line: {result.problems_file}", soft_wrap=True, highlight=False)
    console.print(f"columns: {columns_of(result.mapping)}", soft_wrap=True, highlight=False, markup=False)
    console.print(f"{result.seconds:,.1f} s, {result.rows_per_second:,.0f} rows/s, {result.peak_mb:,.0f} MB")


def _tell_reasons(console: Console, title: str, reasons: Counter[str]) -> None:
    for index, (reason, count) in enumerate(reasons.most_common(8)):
        console.print(f"{title if index == 0 else '':<18}{count:>9,}  {reason}", highlight=False, markup=False)


def imports_of(organization: Organization) -> list[Import]:
    """The organization's imports, newest first."""
    with org_scope(organization):
        return list(Import.objects.select_related("source").order_by("-pk")[:50])
