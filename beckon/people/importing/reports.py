"""The two reports of an import: rejected rows as a file that can be put right and imported, and single bad values."""

import csv
import shutil
from pathlib import Path

from beckon.people.importing.folders import ImportFolder
from beckon.people.importing.stage import Stage
from beckon.people.intake.files import Inspection, Kind
from beckon.people.intake.formulas import guarded
from beckon.people.normal.fields import LINE_COLUMN, REASON_COLUMN, Field

PROBLEM_HEADER = ("Line", "Column", "Value", "Reason")


def is_fhir(inspection: Inspection) -> bool:
    """True for FHIR files, whose rejects are JSON lines."""
    return inspection.kind in (Kind.FHIR, Kind.BUNDLE)


def write_rejects(folder: ImportFolder, inspection: Inspection) -> Path:
    """Join the workers' rejects in the order of the file; an empty report has its header only."""
    path = folder.rejects(is_fhir(inspection))
    with path.open("w", encoding="utf-8", newline="") as out:
        if not is_fhir(inspection):
            header = inspection.header or inspection.headers
            csv.writer(out).writerow([*map(guarded, header), LINE_COLUMN, REASON_COLUMN])
        for part in sorted(folder.parts.glob("rejects-*")):
            with part.open(encoding="utf-8", newline="") as file:
                shutil.copyfileobj(file, out)
    return path


def write_problems(folder: ImportFolder, inspection: Inspection, stage: Stage | None) -> Path:
    """Join the workers' problems, and add what only the comparison of rows could find."""
    with folder.problems.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(PROBLEM_HEADER)
        for part in sorted(folder.parts.glob("problems-*.csv")):
            with part.open(encoding="utf-8", newline="") as file:
                shutil.copyfileobj(file, out)
        column = next((c.header for c in inspection.columns if c.field is Field.RECORD_NUMBER), "record number")
        for line, number, owner in (
            stage.run("SELECT line, record_number, owner FROM rn_problems ORDER BY line") if stage else ()
        ):
            whose = f"the person on line {owner}" if owner else "somebody imported before"
            writer.writerow(
                (
                    line,
                    guarded(column),
                    guarded(number),
                    (f"belongs to {whose}, whose name and birth date differ; left empty"),
                )
            )
    return folder.problems
