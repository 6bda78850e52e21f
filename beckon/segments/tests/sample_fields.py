"""Fields of every class and kind, for tests only: the product's own are registered by the packages that own them."""

from datetime import timedelta

from beckon.core.segment_registry import (
    Ask,
    Choice,
    CountField,
    FieldKind,
    HasField,
    Label,
    ManyField,
    Parameter,
    Rows,
    SegmentField,
    Sql,
    TallyField,
    ValueField,
)

SEXES = ("male", "female", "other")
LADDER = ("none", "express", "written")
KINDS = ("message.received", "appointment.missed", "call.disposed")
SYSTEMS = ("record", "fhir")
_EVENTS = "events_event e"


def _label(name: str) -> Label:
    return Label(name, name + " (es)")


def _value(name: str, kind: FieldKind, sql: str, **more: object) -> ValueField:
    return ValueField(name=name, label=_label(name), kind=kind, sql=sql, **more)  # type: ignore[arg-type]


def _choices(values: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(value, _label(value)) for value in values)


def _since(ask: Ask) -> object:
    days = ask.parameters.get("last_days")
    return ask.now - timedelta(days=days) if isinstance(days, int) else "-infinity"


FIELDS: tuple[SegmentField, ...] = (
    _value("family", FieldKind.TEXT, "p.family_name"),
    _value("sex", FieldKind.CHOICE, "p.sex", choices=_choices(SEXES)),
    _value("consent", FieldKind.CHOICE, "p.preferred_channel", choices=_choices(LADDER), ordered=True),
    _value("tries", FieldKind.NUMBER, "p.call_attempts", never_null=True),
    _value("hour", FieldKind.NUMBER, "p.preferred_hour"),
    _value("do_not_contact", FieldKind.BOOLEAN, "p.do_not_contact_at IS NOT NULL", never_null=True),
    _value("late", FieldKind.BOOLEAN, "p.preferred_hour >= 12"),
    _value("last_visit", FieldKind.MOMENT, "p.last_encounter_at"),
    _value("next_visit", FieldKind.MOMENT, "p.next_appointment_at"),
    _value("born", FieldKind.DATE, "p.birth_date"),
    _value("age", FieldKind.AGE, "p.birth_date"),
    ManyField(
        "identifier",
        _label("identifier"),
        FieldKind.TEXT,
        Rows(
            "people_personidentifier i",
            "i.person_id",
            only=lambda ask: Sql("i.system = %s", (ask.parameters["system"],)),
        ),
        "split_part(i.value, ':', 1)",
        parameters=(Parameter("system", _label("system"), required=True),),
    ),
    ManyField("event_time", _label("event time"), FieldKind.MOMENT, Rows(_EVENTS, "e.person_id", "e.at"), "e.at"),
    HasField("any_event", _label("any event"), Rows(_EVENTS, "e.person_id", "e.at")),
    CountField(
        "events",
        _label("events"),
        Rows(_EVENTS, "e.person_id", "e.at", lambda ask: Sql("e.kind = %s", (ask.parameters["kind"],))),
        parameters=(Parameter("kind", _label("kind"), required=True),),
    ),
    TallyField(
        "contacts",
        _label("contacts"),
        at_least=lambda n, ask: Sql(
            "p.recent_contacts[cardinality(p.recent_contacts) - %s] >= %s::timestamptz", (n - 1, _since(ask))
        ),
        count=lambda ask: Sql(
            "(SELECT count(*) FROM unnest(p.recent_contacts) c WHERE c >= %s::timestamptz)", (_since(ask),)
        ),
        largest=10,
    ),
)
