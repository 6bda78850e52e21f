"""Misuse of campaigns and broken playbooks. A refused launch is a value, not one of these."""

from beckon.core.errors import BeckonError


class PlaybookError(BeckonError):
    """A playbook breaks the rules; the message lists every problem with its place."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.name = name
        self.problems = problems
        super().__init__(f"playbook {name}: " + "; ".join(problems))


class UnknownPlaybook(BeckonError):
    """No playbook of this name in the library."""


class UnknownCampaign(BeckonError):
    """No campaign of this name."""


class WrongStatus(BeckonError):
    """The campaign is in another state than the action needs; the message says which."""
