"""What an import is told: origin, consent, mapping, how to treat people who are missing. Pure."""

from dataclasses import asdict, dataclass, field
from typing import Any

from beckon.people.errors import ImportRefused

CONSENT_CHANNELS = ("sms", "voicemail", "voice", "email")
CONSENT_BASES = ("express", "written")
ORIGINS = ("own", "referral", "bought")


@dataclass(frozen=True)
class ImportOptions:
    """Options of one import. `consent` (channel -> basis) holds for everyone in the list and needs `evidence`."""

    origin: str = "own"
    vendor: str = ""
    price_cents: int | None = None
    consent: dict[str, str] = field(default_factory=dict)
    evidence: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    dry_run: bool = False
    replace: bool = False

    def check(self) -> None:
        """Raises ImportRefused when the options contradict each other."""
        if self.origin not in ORIGINS:
            raise ImportRefused(f"the origin is one of {', '.join(ORIGINS)}, not {self.origin!r}")
        for channel, basis in self.consent.items():
            if channel not in CONSENT_CHANNELS or basis not in CONSENT_BASES:
                raise ImportRefused(
                    f"consent is given as CHANNEL=BASIS, such as sms=express; "
                    f"channels are {', '.join(CONSENT_CHANNELS)}, "
                    f"bases {', '.join(CONSENT_BASES)}; not {channel}={basis}"
                )
        if self.consent and not self.evidence.strip():
            raise ImportRefused(
                "consent for a whole list needs its evidence: what was signed or said, and where it is kept"
            )

    def as_json(self) -> dict[str, Any]:
        """For Import.options."""
        return asdict(self)


def parse_consent(text: str) -> dict[str, str]:
    """`sms=express,voice=written` as channel -> basis. Raises ImportRefused.

    "voice" is a call by an agent, "voicemail" a recorded drop; neither implies the other.
    """
    found: dict[str, str] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        channel, equals, basis = word.partition("=")
        if not equals:
            raise ImportRefused(f"consent is given as CHANNEL=BASIS, such as sms=express, not {word!r}")
        found[channel.strip().lower()] = basis.strip().lower()
    return found
