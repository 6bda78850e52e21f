"""Errors of the foundation. A business "no" is never an exception; these are misuse or outside failure."""


class BeckonError(Exception):
    """Base of all errors a person may be shown; the message says what is wrong and what to do."""


class NoOrganization(BeckonError):
    """Code that needs an organization ran outside `org_scope`."""


class ScopeConflict(BeckonError):
    """A scope of one organization was opened inside that of another."""


class UnknownOrganization(BeckonError):
    """No organization has this slug or id."""
