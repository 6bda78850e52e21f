"""Misuse and outside failures of the consent package. A refusal is a value, never an error."""

from beckon.core.errors import BeckonError


class UnknownChannelError(BeckonError):
    """A ledger entry or list names a channel that does not exist."""


class MissingEvidenceError(BeckonError):
    """A grant or revocation without evidence proves nothing and is not recorded."""
