"""Where requests go: an address taken apart once, the fixed part of every request, and the way through a proxy. Pure
but for the environment's proxy variables.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.http.config import is_loopback

OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"}
)
"""Headers that frame a request: nobody else writes them."""
_PATH = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is asked to CONNECT. `credentials` is the value of Proxy-Authorization, or empty."""

    host: str
    port: int
    credentials: str


@dataclass(frozen=True, slots=True)
class Target:
    """One host to connect to."""

    host: str
    port: int
    is_tls: bool
    proxy: Proxy | None

    @property
    def authority(self) -> str:
        """As in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The host of a validated URL, with the proxy that HTTPS_PROXY and NO_PROXY name for it. Raises
    MisconfiguredError.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        host = host if host.isascii() else host.encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except (UnicodeError, ValueError):
        raise MisconfiguredError("url: no such host or port can be") from None
    return Target(host, port, parts.scheme == "https", _proxy_for(parts.scheme, host))


def request_head(method: str, url: str, headers: Mapping[str, str]) -> str:
    """The head of a request up to and without Content-Length, ending in a line break."""
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe=_PATH)
    query = "?" + quote(parts.query, safe=_PATH + "?") if parts.query else ""
    lines = [f"{method} {path}{query} HTTP/1.1", f"Host: {target_of(url).authority}", "User-Agent: beckon"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "".join(f"{line}\r\n" for line in lines)


def _proxy_for(scheme: str, host: str) -> Proxy | None:
    if scheme != "https" or is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    found = urlsplit(proxies.get("https") or proxies.get("all") or "")
    if not found.hostname:
        return None
    if found.scheme != "http":
        raise MisconfiguredError("HTTPS_PROXY: only proxies reached by http:// can be used")
    user, password = unquote(found.username or ""), unquote(found.password or "")
    known = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
    return Proxy(found.hostname, found.port or 80, known)
