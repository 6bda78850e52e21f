"""The variables a template of messaging may use. Scripts of the desk and letters use the same names."""

from typing import Final

from beckon.channels.templates import Variable

OPT_OUT: Final = {
    "en": "Reply STOP to opt out.",
    "es": "Responda ALTO para no recibir mas.",
}
"""GSM-7 in both languages, so that the wording alone never doubles the price of a text."""

VARIABLES: Final = (
    Variable("practice_name", always=True, example="Riverside Family Medicine"),
    Variable("opt_out", always=True, example=OPT_OUT["en"]),
    Variable("first_name", example="Maria"),
    Variable("last_name", example="Lopez"),
    Variable("full_name", example="Maria Lopez"),
    Variable("practice_phone", example="(415) 555-0100"),
    Variable("practice_website", example="example.org"),
    Variable("postal_address", example="1 Main Street, Springfield, IL 62701"),
    Variable("unsubscribe_url", example="https://example.org/u/1.2.3:abc"),
    Variable("link", example="https://example.org/b/7Q2K"),
    Variable("code", example="RV-7Q2K"),
    Variable("appointment_day", example="Tuesday, November 24"),
    Variable("appointment_time", example="2:30 PM"),
    Variable("clinician_name", example="Dr. Rivera"),
    Variable("location_name", example="Oak Street office"),
    Variable("location_address", example="12 Oak Street"),
    Variable("visit_type", example="annual visit"),
    Variable("agent_name", example="Dana"),
    Variable("referrer_name", example="Sam"),
    Variable("month_name", example="December"),
)
NAMES: Final = frozenset(variable.name for variable in VARIABLES)
