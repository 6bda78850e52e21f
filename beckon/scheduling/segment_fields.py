"""What a segment may ask about visits: appointments by status, first visits, encounters. Last and next: people's."""

from beckon.core.segment_registry import Choice, CountField, FieldKind, HasField, Label, ManyField, Rows, register

_STATUSES = (
    Choice("booked", Label("booked", "reservada")),
    Choice("kept", Label("kept", "cumplida")),
    Choice("missed", Label("missed", "perdida")),
    Choice("cancelled_by_practice", Label("cancelled by the practice", "cancelada por el consultorio")),
    Choice("cancelled_by_patient", Label("cancelled by the patient", "cancelada por el paciente")),
)
_APPOINTMENTS = Rows("scheduling_appointment a", "a.person_id", at="a.starts_at", only="a.status <> 'entered_in_error'")
_MISSED = Rows("scheduling_appointment a", "a.person_id", at="a.starts_at", only="a.status = 'missed'")
_FIRST = Rows(
    "scheduling_appointment a",
    "a.person_id",
    at="a.starts_at",
    only="a.is_first_visit AND a.status <> 'entered_in_error'",
)
_SEEN = Rows("scheduling_encounter e", "e.person_id", at="e.at")

register(
    ManyField(
        "appointment",
        Label("an appointment that is", "una cita que está"),
        FieldKind.CHOICE,
        _APPOINTMENTS,
        "a.status",
        choices=_STATUSES,
    ),
    CountField("appointments", Label("appointments", "citas"), _APPOINTMENTS),
    CountField("missed_visits", Label("missed visits", "citas perdidas"), _MISSED),
    HasField("first_visit", Label("a first visit", "una primera visita"), _FIRST),
    CountField("encounters", Label("times seen", "veces atendido"), _SEEN),
)
