"""Turns what callers want said into rows: language, wording, address, length. Reads only; actions.py records."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from beckon.channels.models import Sender
from beckon.channels.templates import RenderFailure
from beckon.channels.templates import Template as Compiled
from beckon.consent.facts import Ask, Channel, PersonFacts
from beckon.consent.queries import gather_facts, load_policy
from beckon.consent.rules import may_contact
from beckon.consent.verdict import Allowed, Later
from beckon.core.bulk.cursor import id_array, raw_cursor
from beckon.core.bulk.settled import read_once
from beckon.core.models import Organization, OrganizationKind
from beckon.core.tenancy import current_organization
from beckon.messaging.models import Template
from beckon.messaging.values import Named, NewMessage
from beckon.messaging.wording.checks import opt_out_words
from beckon.messaging.wording.forms import Form, Words, form_of, has_plain_holes, is_fillable, words
from beckon.messaging.wording.links import unsubscribe_url
from beckon.messaging.wording.variables import VARIABLES

PRACTICE: Final = "practice"
"""Key of a sender's config with the practice's own facts: name, phone, website, postal_address."""

_NAMES: Final = "SELECT id, given_name, family_name, language FROM people_person WHERE id = ANY(%s::bigint[])"
_ADDRESSES: Final = """
SELECT c.id, c.number_id, n.value
  FROM people_contactpoint c JOIN people_number n ON n.id = c.number_id
 WHERE c.id = ANY(%s::bigint[])
"""


class Written(NamedTuple):
    """One message, worded and addressed; `reason` says why it cannot be sent, or is empty."""

    new: NewMessage
    reason: str = ""
    number_id: int | None = None
    contact_point_id: int | None = None
    address: str = ""
    template_id: int | None = None
    language: str = ""
    subject: str = ""
    body: str = ""
    back: str = ""
    segments: int = 1


class _Addressed(NamedTuple):
    contact_point_id: int
    number_id: int
    value: str


_Versions = Mapping[tuple[str, str], Mapping[str, Template]]


def write_messages(
    messages: Sequence[NewMessage],
    *,
    now: datetime,
    facts: Mapping[int, PersonFacts],
    names: Mapping[int, Named] | None = None,
) -> list[Written]:
    """One Written per message, in order, by a handful of queries for the whole batch. `facts`, `names`: those known
    already; names of everybody or of nobody."""
    organization = current_organization()
    named = _names({m.person_id for m in messages}) if names is None else names
    addresses, reasons = _addresses(messages, facts, now)
    versions = _versions(frozenset(m.template_key for m in messages if m.template_key), organization)
    practices = _practices(frozenset(m.sender_id for m in messages), organization)
    writer = _Writer(practices, organization)
    written: list[Written] = []
    for at, message in enumerate(messages):
        person, address = named.get(message.person_id), addresses.get(at)
        if person is None or address is None:
            written.append(Written(message, reasons.get(at, "no_contact_point")))
            continue
        language = message.language or person.language or organization.language
        if not message.template_key:
            said = words(message.channel, message.subject, message.body, message.back)
            written.append(_finish(message, address, None, language, said))
            continue
        template = choose_language(versions.get((message.template_key, message.channel.value), {}), language)
        if template is None:
            written.append(Written(message, "no_template"))
            continue
        worded = writer.words_for(message, person, address, template)
        if worded is None:
            written.append(Written(message, "not_rendered"))
        else:
            written.append(_finish(message, address, template.pk, template.language, worded))
    return written


class _Writer:
    """Renders for one batch: once for all who get the same words but for their names, else for each."""

    def __init__(self, practices: Mapping[int, Mapping[str, object]], organization: Organization) -> None:
        self._practices = practices
        self._organization = organization
        self._forms: dict[Hashable, Form | None] = {}

    def words_for(self, message: NewMessage, person: Named, address: _Addressed, template: Template) -> Words | None:
        """What the message says, or None where its template cannot be rendered."""
        values = {"first_name": person.first_name, "last_name": person.last_name}
        if message.channel is Channel.EMAIL:
            values["unsubscribe_url"] = unsubscribe_url(self._organization.pk, message.person_id, address.number_id)
        key = (template.pk, message.sender_id, not person.first_name, not person.last_name)
        if key not in self._forms:
            self._forms[key] = self._form(message, values, template)
        form = self._forms[key]
        if (
            form is not None
            and not message.context
            and is_fillable(person.first_name)
            and is_fillable(person.last_name)
        ):
            return form.fill(values)
        full_name = f"{person.first_name} {person.last_name}".strip()
        context = {**self._context(message, template), **values, "full_name": full_name, **message.context}
        if message.channel is Channel.EMAIL:
            context["unsubscribe_url"] = values["unsubscribe_url"]  # nobody's to change
        parts = _rendered(template, context)
        return None if parts is None else words(message.channel, *parts)

    def _form(self, message: NewMessage, values: Mapping[str, str], template: Template) -> Form | None:
        if not has_plain_holes(template.subject, template.body, template.back):
            return None
        render = partial(_rendered, template)
        return form_of(message.channel, values, self._context(message, template), render)

    def _context(self, message: NewMessage, template: Template) -> dict[str, object]:
        """What does not differ."""
        return {**self._practices[message.sender_id], "opt_out": opt_out_words(template.language)}


def choose_language(versions: Mapping[str, Template], language: str) -> Template | None:
    """The version in the language, else its base language, else English, else any."""
    for wanted in (language, language[:2], "en"):
        if wanted in versions:
            return versions[wanted]
    return versions[min(versions)] if versions else None


def _rendered(template: Template, context: Mapping[str, object]) -> tuple[str, str, str] | None:
    """Subject, body and back; None where one of them cannot be made."""
    parts: list[str] = []
    for source in (template.subject, template.body, template.back):
        part = compiled(source).render(context) if source else ""
        if isinstance(part, RenderFailure):
            return None
        parts.append(part)
    return parts[0], parts[1], parts[2]


@lru_cache(maxsize=512)
def compiled(source: str) -> Compiled:
    """A template's source, compiled once per process."""
    return Compiled(source, VARIABLES)


def _finish(message: NewMessage, address: _Addressed, template_id: int | None, language: str, said: Words) -> Written:
    return Written(
        message,
        "",
        address.number_id,
        address.contact_point_id,
        address.value[:320],
        template_id,
        language,
        *said,
    )


def practice_facts(sender: Sender, organization: Organization) -> dict[str, object]:
    """What a template knows about the practice: from the sender's config, the name else the organization's."""
    facts: Mapping[str, Any] = sender.config.get(PRACTICE, {})
    return {
        "practice_name": facts.get("name") or organization.name,
        "practice_phone": facts.get("phone", ""),
        "practice_website": facts.get("website", ""),
        "postal_address": facts.get("postal_address", ""),
    }


@read_once
def _practices(sender_ids: frozenset[int], organization: Organization) -> dict[int, dict[str, object]]:
    facts = {s.pk: practice_facts(s, organization) for s in Sender.objects.filter(pk__in=sender_ids)}
    missing = sender_ids - facts.keys()
    if missing:
        raise ValueError(f"no such sender: {min(missing)}")
    return facts


def _names(person_ids: set[int]) -> dict[int, Named]:
    with raw_cursor() as cursor:
        cursor.execute(_NAMES, [id_array(person_ids)], binary=True)
        return {id_: Named(first, last, language) for id_, first, last, language in cursor.fetchall()}


def _addresses(
    messages: Sequence[NewMessage], facts: Mapping[int, PersonFacts], now: datetime
) -> tuple[dict[int, _Addressed], dict[int, str]]:
    """Address by position in `messages`, and a reason for each that has none."""
    addresses: dict[int, _Addressed] = {}
    unknown: dict[int, int] = {}
    for at, message in enumerate(messages):
        if message.contact_point_id is None:
            continue
        person = facts.get(message.person_id)
        for point in person.points if person is not None else ():
            if point.contact_point_id == message.contact_point_id:
                addresses[at] = _Addressed(point.contact_point_id, point.number_id, point.value)
                break
        else:
            unknown[at] = message.contact_point_id
    if unknown:
        with raw_cursor() as cursor:
            cursor.execute(_ADDRESSES, [id_array(set(unknown.values()))], binary=True)
            found = {row[0]: _Addressed._make(row) for row in cursor.fetchall()}
        addresses |= {at: found[point_id] for at, point_id in unknown.items() if point_id in found}
    to_choose = [at for at, m in enumerate(messages) if m.contact_point_id is None]
    chosen, reasons = _choose_addresses([(at, messages[at]) for at in to_choose], now)
    return addresses | chosen, reasons


def _choose_addresses(
    messages: Sequence[tuple[int, NewMessage]], now: datetime
) -> tuple[dict[int, _Addressed], dict[int, str]]:
    """The address the consent gate would take; its refusal otherwise."""
    addresses: dict[int, _Addressed] = {}
    reasons: dict[int, str] = {}
    if not messages:
        return addresses, reasons
    facts, policy = gather_facts([m.person_id for _, m in messages], now=now), load_policy()
    for at, message in messages:
        person = facts.get(message.person_id)
        if person is None:
            continue
        ask = Ask(message.channel, message.purpose, message.hipaa_class, requested_at=message.requested_at)
        verdict = may_contact(person, ask, max(now, message.not_before or now), policy)
        if isinstance(verdict, Allowed | Later) and verdict.point is not None:
            point = verdict.point
            addresses[at] = _Addressed(point.contact_point_id, point.number_id, point.value)
        elif not isinstance(verdict, Allowed | Later):
            reasons[at] = verdict.reason.value
    return addresses, reasons


@read_once
def _versions(keys: frozenset[str], organization: Organization) -> _Versions:
    """Newest signed-off version by (key, channel) and language; drafts only where nobody real can be reached."""
    chosen: dict[tuple[str, str], dict[str, Template]] = defaultdict(dict)
    if not keys:
        return chosen
    templates = Template.objects.filter(key__in=keys).order_by("version")
    drafts_too = organization.kind != OrganizationKind.LIVE
    for is_signed in (False, True):
        for template in templates:
            if (template.signed_off_at is not None) == is_signed and (is_signed or drafts_too):
                chosen[template.key, template.channel][template.language] = template
    return chosen
