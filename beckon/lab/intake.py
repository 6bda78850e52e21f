"""Takes a people file into a sandbox through the product's own import."""

from datetime import datetime
from pathlib import Path

from beckon.core.actors import SYSTEM
from beckon.core.models import Organization
from beckon.people.importing.options import ImportOptions, parse_consent
from beckon.people.importing.running import Result, Tell, prepare_import, run_import

EVIDENCE = "Sandbox: stated for the whole list when it was taken in."


def _no_news(stage: str, done: int) -> None:
    """Nobody watches."""


def take_in(
    path: Path, organization: Organization, *, source: str, consent: str, now: datetime, tell: Tell = _no_news
) -> Result:
    """Import the file as the practice's own people; `consent` as on the command line, "" for what the columns say.

    Raises what the import raises. The report of rejected rows is where the result says.
    """
    options = ImportOptions(consent=parse_consent(consent), evidence=EVIDENCE if consent else "")
    import_id = prepare_import(organization, path, source_name=source, options=options, by=SYSTEM, now=now)
    return run_import(organization, import_id, by=SYSTEM, now=now, tell=tell)
