"""How fast a sandbox's clock may run."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Speed:
    """Virtual seconds per second, and the words for it."""

    seconds: int
    name: str | Promise


SPEEDS = (
    Speed(0, _("stands still")),
    Speed(60, _("1 minute a second")),
    Speed(300, _("5 minutes a second")),
    Speed(1800, _("half an hour a second")),
)
