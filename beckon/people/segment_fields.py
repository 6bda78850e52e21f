"""What a segment may ask about a person: the hot columns of the person row, lists, numbers and addresses."""

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
    ParameterKind,
    Rows,
    Sql,
    TallyField,
    ValueField,
    register,
)

RECENT_CONTACTS = 10
"""How many contact times the person row keeps."""

_SEXES = (
    Choice("male", Label("male", "hombre")),
    Choice("female", Label("female", "mujer")),
    Choice("other", Label("other", "otro")),
    Choice("unknown", Label("unknown", "desconocido")),
)
_ORIGINS = (
    Choice("own", Label("own patients", "pacientes propios")),
    Choice("referral", Label("referral", "derivación")),
    Choice("bought", Label("bought list", "lista comprada")),
)
_OUTCOMES = (
    Choice("booked", Label("booked", "reservada")),
    Choice("kept", Label("kept", "cumplida")),
    Choice("missed", Label("missed", "perdida")),
    Choice("cancelled_by_practice", Label("cancelled by the practice", "cancelada por la consulta")),
    Choice("cancelled_by_patient", Label("cancelled by the patient", "cancelada por el paciente")),
    Choice("entered_in_error", Label("entered in error", "registrada por error")),
)
_KINDS = (
    Choice("phone", Label("phone", "teléfono")),
    Choice("email", Label("e-mail", "correo electrónico")),
    Choice("postal", Label("postal address", "dirección postal")),
)
_LINE_TYPES = (
    Choice("mobile", Label("mobile", "móvil")),
    Choice("landline", Label("landline", "fijo")),
    Choice("voip", Label("internet phone", "voz por internet")),
    Choice("toll_free", Label("toll-free", "gratuito")),
    Choice("unknown", Label("not known", "no consta")),
)


def _since(ask: Ask) -> object:
    days = ask.parameters.get("last_days")
    return ask.now - timedelta(days=days) if isinstance(days, int) else "-infinity"


def _contacts_at_least(number: int, ask: Ask) -> Sql:
    # The times stand in order, newest last: the n-th newest decides, without counting.
    text = "p.recent_contacts[cardinality(p.recent_contacts) - %s] >= %s::timestamptz"
    return Sql(text, (number - 1, _since(ask)))


def _contacts(ask: Ask) -> Sql:
    return Sql("(SELECT count(*) FROM unnest(p.recent_contacts) c WHERE c >= %s::timestamptz)", (_since(ask),))


def _usable(ask: Ask) -> Sql:
    clauses, values = ["c.ended_at IS NULL", "n.dead_at IS NULL"], []
    for name, column in (("kind", "c.kind"), ("line", "n.line_type")):
        if name in ask.parameters:
            clauses.append(f"{column} = %s")
            values.append(ask.parameters[name])
    return Sql(" AND ".join(clauses), tuple(values))


_ADDRESSES = Rows(
    table="people_contactpoint c JOIN people_number n ON n.id = c.number_id", person="c.person_id", only=_usable
)
_ADDRESS_PARAMETERS = (
    Parameter("kind", Label("kind", "clase"), ParameterKind.CHOICE, choices=_KINDS),
    Parameter("line", Label("line", "línea"), ParameterKind.CHOICE, choices=_LINE_TYPES),
)

register(
    ValueField("last_encounter", Label("last visit", "última visita"), FieldKind.MOMENT, "p.last_encounter_at"),
    ValueField(
        "last_appointment",
        Label("last appointment, kept or not", "última cita, cumplida o no"),
        FieldKind.MOMENT,
        "p.last_appointment_at",
    ),
    ValueField(
        "last_appointment_outcome",
        Label("outcome of the last appointment", "resultado de la última cita"),
        FieldKind.CHOICE,
        "p.last_appointment_outcome",
        choices=_OUTCOMES,
    ),
    ValueField(
        "next_appointment", Label("next appointment", "próxima cita"), FieldKind.MOMENT, "p.next_appointment_at"
    ),
    ValueField("last_call", Label("last call to the person", "última llamada"), FieldKind.MOMENT, "p.last_call_at"),
    ValueField(
        "call_attempts",
        Label("calls tried", "llamadas intentadas"),
        FieldKind.NUMBER,
        "p.call_attempts",
        never_null=True,
    ),
    ValueField("age", Label("age", "edad"), FieldKind.AGE, "p.birth_date"),
    ValueField("birth_date", Label("birth date", "fecha de nacimiento"), FieldKind.DATE, "p.birth_date"),
    ValueField("sex", Label("sex", "sexo"), FieldKind.CHOICE, "p.sex", choices=_SEXES),
    ValueField("language", Label("language", "idioma"), FieldKind.TEXT, "p.language"),
    ValueField("state", Label("state", "estado"), FieldKind.TEXT, "p.state"),
    ValueField("postal_code", Label("ZIP code", "código postal"), FieldKind.TEXT, "p.postal_code"),
    ValueField("time_zone", Label("time zone", "zona horaria"), FieldKind.TEXT, "p.time_zone"),
    ValueField("family_name", Label("family name", "apellido"), FieldKind.TEXT, "p.family_name"),
    ValueField("origin", Label("origin", "origen"), FieldKind.CHOICE, "p.origin", choices=_ORIGINS),
    ValueField("known_since", Label("known since", "alta"), FieldKind.MOMENT, "p.created_at", never_null=True),
    ValueField(
        "do_not_contact",
        Label("asked not to be contacted", "pidió que no se le contacte"),
        FieldKind.BOOLEAN,
        "p.do_not_contact_at IS NOT NULL",
        never_null=True,
    ),
    ValueField(
        "deceased", Label("deceased", "ha fallecido"), FieldKind.BOOLEAN, "p.deceased_at IS NOT NULL", never_null=True
    ),
    TallyField(
        "contacts",
        Label("contacts over all channels", "contactos por todos los canales"),
        at_least=_contacts_at_least,
        count=_contacts,
        largest=RECENT_CONTACTS,
    ),
    ManyField(
        "source",
        Label("list the person is on", "lista en la que está"),
        FieldKind.TEXT,
        Rows(
            "people_sourcerecord r JOIN people_source s ON s.id = r.source_id",
            "r.person_id",
            only="r.retired_at IS NULL",
        ),
        "s.name",
    ),
    HasField(
        "reachable", Label("has a usable address", "tiene una dirección utilizable"), _ADDRESSES, _ADDRESS_PARAMETERS
    ),
    CountField(
        "addresses", Label("usable addresses", "direcciones utilizables"), _ADDRESSES, parameters=_ADDRESS_PARAMETERS
    ),
)
