"""How to reach a mail server. Certificates are always verified; passwords are named, never written here."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from beckon.channels.carriers.http.config import is_loopback


class SmtpConfig(BaseModel):
    """One mail server. `username` and `password` name a secret (`env:NAME`); `username` may be plain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = ""
    ca_file: str = ""
    """A private certificate authority, if the server's certificate is signed by one."""
    ehlo_name: str = Field(default="localhost", pattern=r"^[A-Za-z0-9.\[\]:-]+$")
    from_name: str = ""
    return_path: str = ""
    """Where bounces go; empty: the sender's address."""
    connections: int = Field(default=4, ge=1, le=50)
    """At once, over all batches under way."""
    chunking: bool = True
    """Use BDAT where the server offers it; off for a server that offers it and gets it wrong."""
    messages_per_connection: int = Field(default=1000, ge=1)
    connect_timeout: float = Field(default=10.0, gt=0, le=120)
    timeout: float = Field(default=60.0, gt=0, le=600)
    """Seconds to wait for one reply. RFC 5321 4.5.3.2 asks for minutes after the final dot."""

    @model_validator(mode="after")
    def _safe(self) -> "SmtpConfig":
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError("security none is refused except to this machine: use starttls or tls")
        if bool(self.username) != bool(self.password):
            raise ValueError("username and password belong together")
        return self
