"""What can be wrong with a whole file. A message says what was found and what to do."""

from beckon.core.errors import BeckonError


class UnreadableFile(BeckonError):
    """The file is empty, binary, damaged, or of a kind that cannot be read."""


class UnclearColumns(BeckonError):
    """No column holds names, or a mapping given by hand names a column or field that is not there."""


class WorkerDied(BeckonError):
    """A process that was reading part of a file ended by itself (killed, out of memory). Resume the import."""


class ImportRefused(BeckonError):
    """An import cannot start or go on: options contradict each other, or its state does not allow it."""


class ImportCancelled(BeckonError):
    """Somebody asked the import to stop; what was merged stays until it is resumed or undone."""


class NumbersMoved(BeckonError):
    """Between planning and merging somebody else took in one of the file's numbers; the plan is made again."""


class MergeRefused(BeckonError):
    """Two people cannot be merged, or not taken apart."""
