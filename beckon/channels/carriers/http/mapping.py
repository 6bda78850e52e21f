"""Turns the configured field templates into a fast function from message to request body. Pure."""

import string
from collections.abc import Callable, Mapping
from operator import attrgetter
from urllib.parse import quote, urlencode

from pydantic import JsonValue
from pydantic_core import to_json

from beckon.channels.carriers.base import OutgoingMessage
from beckon.channels.carriers.errors import MisconfiguredError

Built = object
Part = Callable[[OutgoingMessage], Built]
_KEPT: tuple[object, ...] = (0, False, {})
"""Literals that are no more empty than others."""

NAMES: Mapping[str, Callable[[OutgoingMessage], str]] = {
    "reference": attrgetter("reference"),
    "to": attrgetter("to"),
    "to_digits": lambda m: m.to.lstrip("+"),
    "from": attrgetter("from_"),
    "from_digits": lambda m: m.from_.lstrip("+"),
    "subject": attrgetter("subject"),
    "body": attrgetter("body"),
    "html": attrgetter("html"),
    "language": attrgetter("language"),
    "reply_to": attrgetter("reply_to"),
    "channel": lambda m: m.channel.value,
    "code": attrgetter("code"),
    "link": attrgetter("link"),
}
"""What may stand between braces in a field. `{media}` alone gives the list of media URLs."""


def compile_json(fields: Mapping[str, JsonValue], *, omit_empty: bool) -> Callable[[OutgoingMessage], bytes]:
    """A function that makes the JSON body (ValueError where that cannot be). Raises MisconfiguredError for a name."""
    build = _compile(dict(fields), omit_empty)
    return lambda message: to_json(build(message))


def compile_form(fields: Mapping[str, JsonValue], *, omit_empty: bool) -> Callable[[OutgoingMessage], bytes]:
    """A function that makes the form body; lists repeat their name. Raises MisconfiguredError."""
    if any(isinstance(value, dict) for value in fields.values()):
        raise MisconfiguredError("fields: a form has no nested fields")
    build = _compile(dict(fields), omit_empty)

    def make(message: OutgoingMessage) -> bytes:
        return urlencode(build(message), doseq=True).encode()  # type: ignore[arg-type]

    return make


def compile_text(template: str) -> Callable[[OutgoingMessage], str]:
    """A function that fills one template, `{{` and `}}` being plain braces. Raises MisconfiguredError."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        raise MisconfiguredError(f"fields: {error}") from None
    parts: list[str | Callable[[OutgoingMessage], str]] = []
    for literal, name, spec, conversion in parsed:
        if literal:
            parts.append(literal)
        if name is None:
            continue
        if name not in NAMES or spec or conversion:
            raise MisconfiguredError(f"fields: {{{name}}} is not known; use {', '.join(NAMES)} or media")
        parts.append(NAMES[name])
    if len(parts) == 1 and callable(parts[0]):
        return parts[0]
    return lambda message: "".join(p if isinstance(p, str) else p(message) for p in parts)


def fill_url(template: str, *, reference: str, carrier_ref: str) -> str:
    """A look-up URL with both references quoted, so that neither can change the path."""
    return template.replace("{reference}", quote(reference, safe="")).replace(
        "{carrier_ref}", quote(carrier_ref, safe="")
    )


def dig(answer: object, path: str) -> str:
    """The value at a dotted path as text; empty where the path leads nowhere."""
    if not path:
        return ""
    for step in path.split("."):
        if isinstance(answer, dict):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdigit() and int(step) < len(answer):
            answer = answer[int(step)]
        else:
            return ""
    return "" if answer is None or isinstance(answer, dict | list) else str(answer)


def _compile(value: JsonValue, omit_empty: bool) -> Part:
    if value == "{media}":
        return lambda message: list(message.media)
    if isinstance(value, str):
        return compile_text(value)
    if isinstance(value, list):
        items = [_compile(item, omit_empty) for item in value]
        return lambda message: [item(message) for item in items]
    if isinstance(value, dict):
        pairs = [(name, _compile(item, omit_empty)) for name, item in value.items()]
        if not omit_empty:
            return lambda message: {name: item(message) for name, item in pairs}
        return lambda message: {name: built for name, item in pairs if (built := item(message)) or built in _KEPT}
    return lambda message: value
