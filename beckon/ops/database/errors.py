"""What can go wrong with the embedded database; every message says what to do about it."""


class DatabaseError(Exception):
    """The embedded database cannot be used as things stand; the message says what to do."""


class BinariesMissing(DatabaseError):
    """No PostgreSQL programs were found, or those found do not run here or are too old."""


class VersionMismatch(DatabaseError):
    """The data folder was made by another major version than the programs at hand."""


class FolderUnreachable(DatabaseError):
    """The account that the server runs as cannot use a folder or file it needs."""


class StartFailed(DatabaseError):
    """The server could not be made or did not answer in time; the message carries its last log lines."""


class Busy(DatabaseError):
    """Another process holds the installation's database lock for too long."""
