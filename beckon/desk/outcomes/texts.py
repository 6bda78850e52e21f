"""The default wording of the two texts that dispositions send, English and Spanish. A person signs them off."""

from datetime import datetime

from beckon.consent.facts import Channel
from beckon.core.actors import Actor
from beckon.desk.outcomes.consequences import TEMPLATES
from beckon.desk.rules import Text
from beckon.messaging.models import Template
from beckon.messaging.wording.authoring import NotSaved, save_template, sign_off
from beckon.messaging.wording.checks import Wording

_BODIES = {
    (Text.CONFIRMATION, "en"): (
        "{{ practice_name }}: your visit is booked for {{ appointment_day or 'the day we agreed' }}"
        "{% if appointment_time %} at {{ appointment_time }}{% endif %}"
        "{% if location_name %}, {{ location_name }}{% endif %}. See you then. {{ opt_out }}"
    ),
    (Text.CONFIRMATION, "es"): (
        "{{ practice_name }}: su cita queda reservada para {{ appointment_day or 'el dia acordado' }}"
        "{% if appointment_time %}, {{ appointment_time }}{% endif %}"
        "{% if location_name %}, {{ location_name }}{% endif %}. Le esperamos. {{ opt_out }}"
    ),
    (Text.PRACTICE_DETAILS, "en"): (
        "{{ practice_name }}: thank you for talking to us. Call {{ practice_phone or 'us' }} whenever you would like"
        " to come. {{ opt_out }}"
    ),
    (Text.PRACTICE_DETAILS, "es"): (
        "{{ practice_name }}: gracias por hablar con nosotros. Llame al {{ practice_phone or 'consultorio' }} cuando"
        " quiera venir. {{ opt_out }}"
    ),
}


def install_default_texts(*, signed_off_by: str = "", by: Actor, now: datetime) -> int:
    """Store the default texts where a key and language has no wording yet; signed off where a name is given.

    Returns how many are new. Without a signature they are drafts, and the texts are dropped with that reason.
    """
    there = set(Template.objects.filter(key__in=TEMPLATES.values(), channel="sms").values_list("key", "language"))
    made = 0
    for (text, language), body in _BODIES.items():
        if (TEMPLATES[text], language) in there:
            continue
        saved = save_template(Wording(TEMPLATES[text], Channel.SMS, language, body), by=by, now=now)
        if isinstance(saved, NotSaved):
            raise ValueError(f"default text {TEMPLATES[text]} {language}: {saved.errors}")
        if signed_off_by:
            sign_off(saved.template, signed_off_by, by=by, now=now)
        made += 1
    return made
