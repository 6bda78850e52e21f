"""Where an import keeps its files under BECKON_HOME: the stored copy, the work in progress, the reports."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from beckon import config


@dataclass(frozen=True)
class ImportFolder:
    """The folder of one import. Only the two reports stay when the import is done."""

    path: Path

    @property
    def parts(self) -> Path:
        """What the workers wrote."""
        return self.path / "parts"

    @property
    def stage(self) -> Path:
        """The staging database."""
        return self.path / "stage.duckdb"

    @property
    def spill(self) -> Path:
        """Where the staging database puts what does not fit into memory."""
        return self.path / "spill"

    @property
    def out(self) -> Path:
        """Tables on their way into PostgreSQL."""
        return self.path / "out"

    def rejects(self, is_fhir: bool) -> Path:
        """Rejected rows: original columns, line, reason; can be put right and imported."""
        return self.path / ("rejected.ndjson" if is_fhir else "rejected.csv")

    @property
    def problems(self) -> Path:
        """Single values left empty in rows that were kept (and why rejected rows' values were unusable)."""
        return self.path / "problems.csv"

    def stored(self, file_name: str) -> Path:
        """The copy of the imported file."""
        return self.path / ("source" + "".join(Path(file_name).suffixes[-2:])[:20])

    @property
    def inspection(self) -> Path:
        """How the stored copy is to be read, as it was found before the import."""
        return self.path / "source-inspection.pickle"

    def clear_work(self) -> None:
        """Remove everything that can be made again from the stored copy."""
        for folder in (self.parts, self.spill, self.out):
            shutil.rmtree(folder, ignore_errors=True)
        for path in self.path.glob("stage.duckdb*"):
            path.unlink(missing_ok=True)

    def clear_all_but_reports(self) -> None:
        """When the import is done, the people's data in files goes."""
        self.clear_work()
        for path in self.path.glob("source*"):
            path.unlink(missing_ok=True)


def folder_of(schema: str, import_id: int) -> ImportFolder:
    """The folder of an import of the organization with this schema; made when it is not there, for its owner only."""
    path = config.home() / "imports" / schema / str(import_id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in (path.parent.parent, path.parent, path):  # mkdir gives its mode to the last one only
        folder.chmod(0o700)
    return ImportFolder(path)


@contextmanager
def owner_only() -> Iterator[None]:
    """Files made meanwhile, by this process and those it starts, are for their owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
