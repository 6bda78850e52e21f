"""A form with its holes filled is what rendering for each person gives. No database."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.consent.facts import Channel
from beckon.messaging.wording.forms import form_of, has_plain_holes, is_fillable, words
from beckon.messaging.writing import _rendered

CONTEXT = {"practice_name": "Río Medical", "opt_out": "Reply STOP.", "practice_phone": ""}
BLOCKS = st.sampled_from(
    [
        "Hello ", "¡Hola! ", "{ ", " % ", " \\ ", "x" * 150, "🙂", "\n", "{{ practice_name|upper }}",
        "{{ first_name or 'you' }}", '{{first_name or last_name or "first_name|upper"}}', "{{ full_name }}",
        "{% if last_name %}Dear {{ last_name }}{% else %}Dear {{ practice_name }}{% endif %}",
        "{% if first_name and not practice_phone %}!{% endif %}", "{{- unsubscribe_url -}}", "{# first_name #}",
        "{{ (last_name if first_name else practice_name) }}",
        # What a form cannot say, and must not try to:
        "{{ first_name|upper }}", '{{ last_name ~ "!" }}', '{% if first_name == "Ana" %}A{% endif %}',
        "{{ first_name|length }}", "{% if first_name in practice_name %}in{% endif %}",
        "{% filter upper %}{{ first_name }}{% endfilter %}", "{% set a = first_name %}{{ a|upper }}", "\ue000",
    ]
)  # fmt: skip
SOURCES = st.lists(BLOCKS, max_size=5).map("".join)
NAMES = st.sampled_from(
    ["", "Ana", "José", "O'Neil", "Ana María", " Ana", "李", "a\ue001b", "{{ x }}", "Río"]
) | st.text(max_size=6)


@settings(max_examples=400, deadline=None)
@given(SOURCES, SOURCES, st.sampled_from([Channel.SMS, Channel.EMAIL]), st.lists(st.tuples(NAMES, NAMES), min_size=1))
def test_a_filled_form_says_what_rendering_says(
    subject: str, body: str, channel: Channel, people: list[tuple[str, str]]
) -> None:
    template: Any = SimpleNamespace(subject=subject if channel is Channel.EMAIL else "", body=body, back="")
    if not has_plain_holes(template.subject, template.body, template.back):
        return
    forms: dict[tuple[bool, bool], Any] = {}
    for number, (first, last) in enumerate(people):
        if not (is_fillable(first) and is_fillable(last)):
            continue
        values = {"first_name": first, "last_name": last, "unsubscribe_url": f"https://example.org/u/{number}"}
        if (not first, not last) not in forms:
            forms[not first, not last] = form_of(channel, values, CONTEXT, partial(_rendered, template))
        form = forms[not first, not last]
        parts = _rendered(template, {**CONTEXT, **values, "full_name": f"{first} {last}".strip()})
        assert (form and form.fill(values)) == (parts and words(channel, *parts))


@pytest.mark.parametrize("block", ["{{ first_name or 'you' }}", "{% if full_name %}Dear {{ full_name }},{% endif %}"])
def test_the_wordings_of_the_library_are_forms(block: str) -> None:
    assert has_plain_holes(block, "", "")


@pytest.mark.parametrize(
    "block",
    [
        "{{ first_name|title }}",
        "{% if first_name == 'Ana' %}x{% endif %}",
        "{% filter upper %}x{% endfilter %}",
        "\ue001",
    ],
)
def test_what_does_more_than_print_a_name_is_none(block: str) -> None:
    assert not has_plain_holes("", block, "")
