"""The description of a vendor's HTTP endpoint: validated when saved, so that sending finds no surprise.

Written by the installation's operator, never by a practice or a patient. Holds names of secrets only.
"""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from beckon.channels.carriers.base import Channel, Word


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ValueError("credentials do not belong in the URL: use auth")
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError("give a full URL starting with https://")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http is refused except to this machine: use https")
    return url


def is_loopback(host: str) -> bool:
    """Whether a host name is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Url = Annotated[str, AfterValidator(_safe_url)]
HttpStatus = Annotated[int, Field(ge=100, le=599)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
HeaderValue = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(_Strict):
    """How the vendor knows us. `secret` and `user` name a secret (`env:NAME`); `user` may be plain text."""

    kind: Literal["basic", "bearer", "header"]
    secret: str
    user: str = ""
    header: HeaderName = "Authorization"


class Answer(_Strict):
    """Where things stand in the vendor's JSON answer: dotted paths, a number picks from a list."""

    id: str = ""
    status: str = ""
    code: str = ""
    segments: str = ""


class Lookup(_Strict):
    """Asking what became of a message: `{reference}` and `{carrier_ref}` stand in the URL."""

    url: Url
    answer: Answer
    by: Literal["reference", "carrier_ref"]


class Signature(_Strict):
    """How callbacks prove where they come from.

    `url_and_form_sha1`: base64 HMAC-SHA1 over the URL and the sorted form (Twilio's scheme).
    `body_sha256`: hex HMAC-SHA256 over the raw body.
    `none`: the address itself is the secret.
    """

    kind: Literal["url_and_form_sha1", "body_sha256", "none"]
    header: str = ""
    secret: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "Signature":
        if self.kind != "none" and not (self.header and self.secret):
            raise ValueError("a signature needs header and secret")
        return self


class InboundFields(_Strict):
    """Paths of a message from a person; a callback with `body` present is one."""

    id: str
    from_: str = Field(alias="from")
    to: str
    body: str
    opt_out: str = ""
    opt_out_values: frozenset[str] = frozenset()
    media: tuple[str, ...] = ()


class Callbacks(_Strict):
    """How the vendor tells us news."""

    format: Literal["form", "json"]
    signature: Signature
    items: str = ""
    id: str
    reference: str = ""
    status: str
    code: str = ""
    inbound: InboundFields | None = None


class HttpConfig(_Strict):
    """One vendor endpoint. `fields` maps the vendor's names to templates such as `{to}` or `Re: {subject}`."""

    url: Url
    method: Literal["POST", "PUT"] = "POST"
    body: Literal["json", "form"] = "json"
    channels: frozenset[Channel] = frozenset({Channel.SMS})
    auth: Auth | None = None
    headers: Mapping[HeaderName, HeaderValue] = {}
    idempotency_header: HeaderName | None = None
    fields: dict[str, JsonValue]
    omit_empty: bool = True
    answer: Answer = Answer()
    accepted_statuses: frozenset[HttpStatus] = frozenset({200, 201, 202})
    retry_statuses: frozenset[HttpStatus] = frozenset({429, 503})
    """Answers with which the vendor says it did nothing: other 5xx leave the message unknown."""
    codes: Mapping[str, Word] = {}
    statuses: Mapping[str, Word] = {}
    ok_codes: frozenset[str] = frozenset({"", "0"})
    in_flight: int = Field(default=50, ge=1, le=200)
    connect_timeout: float = Field(default=5.0, gt=0, le=60)
    timeout: float = Field(default=30.0, gt=0, le=300)
    look_up: Lookup | None = None
    callbacks: Callbacks | None = None
