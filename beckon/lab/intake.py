"""Takes a people file into a sandbox through the product's own import."""

from datetime import datetime
from pathlib import Path

from beckon.core.models import Organization


def take_in(path: Path, organization: Organization, *, source: str, consent: str, folder: Path, now: datetime) -> None:
    """Import the file as the practice's own people; `consent` as on the command line, "" for what the columns say."""
    raise NotImplementedError
