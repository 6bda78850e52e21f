"""What a segment may ask about consent: standing consent, opt-outs, suppression lists. The gate decides, not these."""

from beckon.consent.facts import ALL, PHONE, Channel
from beckon.consent.models import SuppressionKind
from beckon.core.segment_registry import Ask, Choice, HasField, Label, Parameter, ParameterKind, Rows, Sql, register

_CHANNELS = (
    Choice("sms", Label("text message", "mensaje de texto")),
    Choice("voicemail", Label("voicemail drop", "mensaje de voz grabado")),
    Choice("voice", Label("call", "llamada")),
    Choice("email", Label("e-mail", "correo electrónico")),
    Choice("postal", Label("post", "correo postal")),
)
_KINDS = (
    Choice(SuppressionKind.DO_NOT_CALL, Label("do-not-call list", "lista de no llamar")),
    Choice(SuppressionKind.OPT_OUT, Label("earlier opt-outs", "bajas anteriores")),
    Choice(SuppressionKind.REASSIGNED, Label("reassigned numbers", "números reasignados")),
    Choice(SuppressionKind.COMPLAINT, Label("complaints", "quejas")),
)
_BASES = (
    Choice("express", Label("express", "expreso")),
    Choice("written", Label("written", "por escrito")),
)
_CHANNEL = Label("channel", "medio")

# A grant stands unless the person stopped after it, or is stopped now. Stops of a number are asked by `opted_out`.
# Each NOT EXISTS compares by one equality, so that a million people are one hash join and not a loop.
_STANDING = """
g.state IN ('granted', 'opted_in') AND g.basis = ANY(%s) AND g.channel = ANY(%s)
AND g.purpose IN ('all', 'telemarketing')
AND NOT EXISTS (
    SELECT 1 FROM consent_consententry r
     WHERE r.person_id = g.person_id AND r.state = 'revoked' AND r.channel = ANY(%s) AND r.id > g.id
       AND r.purpose IN ('all', 'informational'))
AND NOT EXISTS (
    SELECT 1 FROM consent_consententry r
     WHERE r.person_id = g.person_id AND r.state = 'revoked' AND r.channel = ANY(%s)
       AND r.purpose IN ('all', 'informational')
       AND NOT EXISTS (
           SELECT 1 FROM consent_consententry o
            WHERE o.person_id = r.person_id AND o.state = 'opted_in' AND o.channel = ANY(%s) AND o.id > r.id))
"""
_STOPS = """(
    SELECT r.person_id, r.person_id AS of_person, NULL::bigint AS of_number, r.id, r.channel, r.at
      FROM consent_consententry r WHERE r.state = 'revoked' AND r.person_id IS NOT NULL
    UNION ALL
    SELECT c.person_id, NULL, r.number_id, r.id, r.channel, r.at
      FROM consent_consententry r
      JOIN people_contactpoint c ON c.number_id = r.number_id AND c.ended_at IS NULL
     WHERE r.state = 'revoked' AND r.number_id IS NOT NULL
) s"""
_NOT_LIFTED = """
NOT EXISTS (SELECT 1 FROM consent_consententry o
             WHERE o.person_id = s.of_person AND o.state = 'opted_in' AND o.id > s.id AND {covers})
AND NOT EXISTS (SELECT 1 FROM consent_consententry o
                 WHERE o.number_id = s.of_number AND o.state = 'opted_in' AND o.id > s.id AND {covers})
"""


def _words(channel: object) -> list[str]:
    """The ledger's words that cover a channel."""
    kind = Channel(str(channel)).kind
    return [str(channel), ALL, PHONE] if kind == PHONE else [str(channel), ALL]


def _standing(ask: Ask) -> Sql:
    words = _words(ask.parameters["channel"])
    bases = ["written"] if ask.parameters.get("least") == "written" else ["express", "written"]
    return Sql(_STANDING, (bases, words, words, words, words))


def _stopped(ask: Ask) -> Sql:
    channel = ask.parameters.get("channel")
    if channel is None:
        return Sql(_NOT_LIFTED.format(covers="o.channel IN ('all', s.channel)"))
    words = _words(channel)
    return Sql("s.channel = ANY(%s) AND " + _NOT_LIFTED.format(covers="o.channel = ANY(%s)"), (words, words, words))


def _listed(ask: Ask) -> Sql:
    kind = ask.parameters.get("kind")
    return Sql("true") if kind is None else Sql("l.kind = %s", (kind,))


register(
    HasField(
        name="has_consent",
        label=Label("consent on record", "consentimiento registrado"),
        rows=Rows(table="consent_consententry g", person="g.person_id", at="g.at", only=_standing),
        parameters=(
            Parameter("channel", _CHANNEL, ParameterKind.CHOICE, required=True, choices=_CHANNELS),
            Parameter("least", Label("at least", "como mínimo"), ParameterKind.CHOICE, choices=_BASES),
        ),
    ),
    HasField(
        name="opted_out",
        label=Label("opted out", "dado de baja"),
        rows=Rows(table=_STOPS, person="s.person_id", at="s.at", only=_stopped),
        parameters=(Parameter("channel", _CHANNEL, ParameterKind.CHOICE, choices=_CHANNELS),),
    ),
    HasField(
        name="suppressed",
        label=Label("on a suppression list", "en una lista de exclusión"),
        rows=Rows(
            table=(
                "people_contactpoint sc JOIN people_number n ON n.id = sc.number_id AND sc.ended_at IS NULL"
                " JOIN consent_suppressionentry e ON e.value = n.value"
                " JOIN consent_suppressionlist l ON l.id = e.list_id"
            ),
            person="sc.person_id",
            at="e.at",
            only=_listed,
        ),
        parameters=(Parameter("kind", Label("kind", "clase"), ParameterKind.CHOICE, choices=_KINDS),),
    ),
)
