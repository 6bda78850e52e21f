"""What a segment may ask about events: how many of a kind a person has, in the last days, with certain data."""

import json

from beckon.core.segment_registry import Ask, CountField, Label, Parameter, ParameterKind, Rows, Sql, register


def _only(ask: Ask) -> Sql:
    kind, data = ask.parameters["kind"], ask.parameters.get("data")
    if data is None:
        return Sql("e.kind = %s", (kind,))
    return Sql("e.kind = %s AND e.data @> %s::jsonb", (kind, json.dumps(data)))


register(
    CountField(
        name="events",
        label=Label("events", "sucesos"),
        rows=Rows(table="events_event e", person="e.person_id", at="e.at", only=_only),
        parameters=(
            Parameter("kind", Label("kind", "clase"), required=True),
            Parameter("data", Label("data", "datos"), ParameterKind.OBJECT),
        ),
    )
)
