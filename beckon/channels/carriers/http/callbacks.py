"""Reads a vendor's callbacks as described by the configuration. Pure; the signature is checked first."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from beckon.channels.carriers.base import Channel, Inbound, Receipt, Word
from beckon.channels.carriers.errors import CallbackRefusedError
from beckon.channels.carriers.http.answers import load_json
from beckon.channels.carriers.http.config import Callbacks, HttpConfig, InboundFields, Signature
from beckon.channels.carriers.http.mapping import dig

Pairs = list[tuple[str, str]]


def read_callback(
    config: HttpConfig, secret: str, headers: Mapping[str, str], body: bytes, url: str
) -> list[Receipt | Inbound]:
    """Receipts and messages in one callback, in the vendor's order. Raises CallbackRefusedError."""
    described = config.callbacks
    if described is None:
        raise CallbackRefusedError("this sender has no callbacks configured")
    pairs = _form(body) if described.format == "form" else []
    _check_signature(described.signature, secret, headers, body, url, pairs)
    items = [dict(pairs)] if described.format == "form" else _items(described, body)
    news = (_read(config, described, item) for item in items)
    return [entry for entry in news if entry is not None]


def form_signature(secret: str, url: str, pairs: Pairs) -> str:
    """Twilio's X-Twilio-Signature: base64 HMAC-SHA1 of the URL and every sorted name with its value."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _check_signature(
    signature: Signature, secret: str, headers: Mapping[str, str], body: bytes, url: str, pairs: Pairs
) -> None:
    if signature.kind == "none":
        return
    given = headers.get(signature.header.lower(), "")
    if signature.kind == "body_sha256":
        expected = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()]
    else:
        expected = [form_signature(secret, each, pairs) for each in _with_and_without_port(url)]
    if not any(hmac.compare_digest(given.encode(), each.encode()) for each in expected):
        raise CallbackRefusedError("the signature does not fit")


def _with_and_without_port(url: str) -> list[str]:
    """Behind a proxy the port may or may not have been signed: both are accepted, as Twilio's library does."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()]


def _form(body: bytes) -> Pairs:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=200)
    except ValueError:
        raise CallbackRefusedError("not a form") from None


def _items(described: Callbacks, body: bytes) -> list[object]:
    answer = load_json(body)
    for step in described.items.split(".") if described.items else []:
        answer = answer.get(step) if isinstance(answer, dict) else None
    if isinstance(answer, dict):
        return [answer]
    if not isinstance(answer, list):
        raise CallbackRefusedError("not the JSON that is described")
    return answer


def _read(config: HttpConfig, described: Callbacks, item: object) -> Receipt | Inbound | None:
    inbound = described.inbound
    if inbound is not None and isinstance(item, dict) and _has(item, inbound.body):
        return _read_inbound(config, inbound, item)
    carrier_ref, reference = dig(item, described.id), dig(item, described.reference)
    if not carrier_ref and not reference:
        raise CallbackRefusedError("a callback names no message")
    code = dig(item, described.code)
    word = config.codes.get(code) or config.statuses.get(dig(item, described.status))
    if word is None or word is Word.UNKNOWN:
        return None  # a stage on the way, such as queued: no news
    return Receipt(carrier_ref, word, reference, "" if code in config.ok_codes else code)


def _read_inbound(config: HttpConfig, fields: InboundFields, item: object) -> Inbound:
    return Inbound(
        carrier_ref=dig(item, fields.id),
        channel=Channel.SMS if Channel.SMS in config.channels else min(config.channels),
        from_=dig(item, fields.from_),
        to=dig(item, fields.to),
        body=dig(item, fields.body),
        media=tuple(url for path in fields.media if (url := dig(item, path))),
        opt_out=dig(item, fields.opt_out) in fields.opt_out_values,
    )


def _has(item: dict[str, object], path: str) -> bool:
    """Whether the first step of a path is there: an empty text is a message too."""
    return path.split(".")[0] in item
