"""What the people package says about a file that cannot be read, in the language of the page."""

import re

from django.utils.translation import gettext_lazy as _

_KNOWN = (
    (
        r"^the file is empty|holds no rows|spreadsheet is empty",
        _("The file is empty. Send one with a row of headings and a row for each person."),
    ),
    (
        r"^this is .*, not a table of people",
        _("This is no table of people. Send CSV, another text table, XLSX, or FHIR patients as NDJSON."),
    ),
    (
        r"this is not text",
        _(
            "This is no table of people: it is not text. Send CSV, another text table, XLSX, or FHIR "
            "patients as NDJSON."
        ),
    ),
    (
        r"looks like JSON or XML",
        _("This looks like JSON or XML, not like a table. Send CSV or XLSX, or FHIR patients as NDJSON."),
    ),
    (
        r"not valid JSON",
        _("The file is not valid JSON. Export it again."),
    ),
    (
        r"unpacks to more than .* times its size",
        _(
            "The file unpacks to far more than any list of people does, so it was not opened. If it is one, "
            "unpack it and send the unpacked file."
        ),
    ),
    (
        r"holds more than .* MB when unpacked",
        _("The spreadsheet is far too large when unpacked, so it was not opened. Save the table as CSV and send that."),
    ),
    (
        r"cannot be unpacked|cut off",
        _("The file is cut off or damaged and cannot be unpacked. Send it again."),
    ),
    (
        r"locked or packed in an unknown way",
        _("The spreadsheet is locked. Save it without a password and send that."),
    ),
    (
        r"columns; up to|reaches column",
        _("The table has more than 2,000 columns. Leave out what is not needed."),
    ),
    (
        r"only .* cells are filled|spans .* rows and",
        _(
            "The sheet reaches far beyond its table. Delete the empty rows and columns around the table, or "
            "copy it into a new sheet, and save it again."
        ),
    ),
    (
        r"first line has more than a million characters",
        _("The first line is longer than any table of people has. Export the list again, with one person per line."),
    ),
    (
        r"FHIR Bundle of more than",
        _("The FHIR bundle is too large to be read as a whole. Export the patients as NDJSON, one per line."),
    ),
    (
        r"spreadsheet",
        _("The spreadsheet is damaged. Open it, save it again as XLSX or CSV, and send that."),
    ),
    (
        r"another import of this organization is running",
        _("Another import of this practice is running. This one starts when it is done."),
    ),
    (
        r"worker process ended by itself",
        _("Reading stopped: a process ended by itself, perhaps for want of memory. Go on with the import."),
    ),
)


def told(message: str) -> str:
    """The refusal in the page's language; as it stands where it is not known here."""
    for pattern, words in _KNOWN:
        if re.search(pattern, message):
            return str(words)
    return message
