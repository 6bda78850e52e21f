"""What a segment may ask about calls: dispositions, answered calls, callbacks, open calls."""

from beckon.core.segment_registry import (
    CountField,
    FieldKind,
    HasField,
    Label,
    ManyField,
    Rows,
    register,
)

_CALLS = Rows("desk_call c", "c.person_id", at="c.started_at", only="c.undone_at IS NULL")
_ANSWERED = Rows("desk_call c", "c.person_id", at="c.started_at", only="c.undone_at IS NULL AND c.answered")

register(
    ManyField(
        "disposition", Label("outcome of a call", "resultado de una llamada"), FieldKind.TEXT, _CALLS, "c.disposition"
    ),
    CountField("calls_answered", Label("calls answered", "llamadas contestadas"), _ANSWERED),
    HasField(
        "has_callback",
        Label("was promised a call", "tiene una llamada prometida"),
        Rows(
            "desk_calltask t",
            "t.person_id",
            at="t.callback_at",
            only="t.status <> 'closed' AND t.callback_at IS NOT NULL",
        ),
    ),
    HasField(
        "on_call_list",
        Label("is on a call list", "está en una lista de llamadas"),
        Rows("desk_calltask t", "t.person_id", only="t.status <> 'closed'"),
    ),
)
