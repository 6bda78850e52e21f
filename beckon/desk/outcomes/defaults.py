"""The fourteen default dispositions: code, labels, key, behaviour. Data; an organization may change its copy."""

from dataclasses import dataclass

from beckon.desk.rules import AboutNumber, AboutPerson, Again, Behaviour, Needs, Text


@dataclass(frozen=True)
class Default:
    """A disposition as it is loaded into a new organization. `hotkey` is its key on the desk."""

    code: str
    label: str
    label_es: str
    hotkey: str
    behaviour: Behaviour


DEFAULTS = (
    Default(
        "DONE",
        "Booked",
        "Cita hecha",
        "1",
        Behaviour(leave="goal_met", needs=Needs.APPOINTMENT, text=Text.CONFIRMATION, answered=True, goal=True),
    ),
    Default(
        "RECONFIRMED",
        "Already had a visit",
        "Ya tenía cita",
        "2",
        Behaviour(leave="reconfirmed", needs=Needs.EXISTING_VISIT, answered=True),
    ),
    Default("NOANS", "No answer, no voicemail", "No contesta, sin mensaje", "3", Behaviour(again=Again.NEXT_WEEK)),
    Default("LVM", "Voicemail left", "Mensaje de voz dejado", "4", Behaviour(again=Again.NEXT_WEEK)),
    Default(
        "CBACK",
        "Call back",
        "Volver a llamar",
        "5",
        Behaviour(again=Again.CALLBACK, needs=Needs.CALLBACK, answered=True),
    ),
    Default(
        "UNAVLBL",
        "Right number, person away",
        "Número correcto, ausente",
        "6",
        Behaviour(again=Again.HOUR_NAMED, answered=True),
    ),
    Default("HUNG_UP", "Hung up", "Colgó", "7", Behaviour(again=Again.NEXT_WEEK, answered=True)),
    Default(
        "WNUM",
        "Wrong number",
        "Número equivocado",
        "8",
        Behaviour(again=Again.OTHER_NUMBER, number=AboutNumber.WRONG, answered=True),
    ),
    Default(
        "DCONN", "Disconnected", "Fuera de servicio", "9", Behaviour(again=Again.OTHER_NUMBER, number=AboutNumber.DEAD)
    ),
    Default(
        "LOST",
        "Went elsewhere or need met",
        "Ya no lo necesita",
        "l",
        Behaviour(leave="lost", answered=True, win_back_after_days=90),
    ),
    Default(
        "DNC",
        "Never call again",
        "No llamar nunca más",
        "d",
        Behaviour(leave="opted_out", person=AboutPerson.OPTS_OUT, answered=True),
    ),
    Default(
        "DUPLICATE",
        "Same person twice",
        "Persona repetida",
        "u",
        Behaviour(leave="duplicate", person=AboutPerson.DUPLICATE),
    ),
    Default(
        "DECEASED",
        "The person has died",
        "La persona ha fallecido",
        "x",
        Behaviour(leave="deceased", person=AboutPerson.DECEASED, answered=True),
    ),
    Default(
        "NOT_NOW",
        "Spoke, did not agree",
        "Habló, no aceptó",
        "n",
        Behaviour(again=Again.NEXT_MONTH, text=Text.PRACTICE_DETAILS, answered=True),
    ),
)

OUTREACH_OVERRIDES: dict[str, dict[str, str]] = {"LVM": {"again": "next_month"}}
"""Community outreach: a voicemail left rests until next month's wording (design, LVM)."""
