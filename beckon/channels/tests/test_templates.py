"""Templates: what is refused when written, and that what is accepted never fails when sent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beckon.channels.templates import RenderFailure, Template, Variable, check_template, variables_used

VARIABLES = (
    Variable("first_name", example="Ana"),
    Variable("clinic", always=True, example="Riverside"),
    Variable("phone", default="555-0100"),
    Variable("doctor", example="Dr. Moss"),
)
GOOD = 'Hello {{ first_name or "there" }}, {% if doctor %}{{ doctor }} at {% endif %}{{ clinic }}. {{ phone }}'


@pytest.mark.parametrize(
    "source",
    [
        GOOD,
        "no variables at all, 100 % plain { } text",
        '{{ first_name | default("there") }}',
        '{{ (first_name or "there") | upper }}',
        "{% if first_name is defined and doctor != 'x' %}{{ first_name }}{% else %}friend{% endif %}",
        "{# a note #}{{ clinic | trim }}",
        '{{ doctor if doctor else "your doctor" }}',
    ],
)
def test_a_good_template_has_no_problems_and_renders_with_nothing_known(source: str) -> None:
    assert check_template(source, VARIABLES) == []
    assert isinstance(Template(source, VARIABLES).render({"clinic": "Riverside"}), str)


@pytest.mark.parametrize(
    ("source", "line", "code", "says"),
    [
        ("Hi\n{{ first_nam }}", 2, "unknown_variable", "Did you mean “first_name”?"),
        ("{{ salary }}", 1, "unknown_variable", "Use one of: clinic"),
        ("a\nb\n{{ first_name }}", 3, "no_fallback", '{{ first_name or "…" }}'),
        ("{{ clinic", 1, "syntax", "Mend"),
        ("{% if clinic %}x", 1, "syntax", "Mend"),
        ("\n{% for x in clinic %}{% endfor %}", 2, "not_allowed", "{% for %}"),
        ("{% include 'x' %}", 1, "not_allowed", "{% include %}"),
        ("{% raw %}{{ x }}{% endraw %}", 1, "not_allowed", "{% raw %}"),
        ("{{ clinic | safe }}", 1, "not_allowed", "filter “safe”"),
        ('{{ first_name | or("there") }}', 1, "not_allowed", 'first_name or "there"'),
        ("{{ clinic.__class__ }}", 1, "not_allowed", "one word"),
        ("{{ range(3) }}", 1, "not_allowed", "cannot call"),
        ("{{ clinic * 1000000 }}", 1, "not_allowed", "“*”"),
        ('{{ "}}" * 1000000 }}', 1, "not_allowed", "“*”"),
        ("{{ [clinic] }}", 1, "not_allowed", "“[”"),
        ("{{ clinic }}" * 20_000, 1, "too_long", "Shorten"),
    ],
)
def test_a_problem_says_where_it_is_and_what_to_do(source: str, line: int, code: str, says: str) -> None:
    problems = check_template(source, VARIABLES)
    assert problems
    assert (problems[0].line, problems[0].code) == (line, code)
    assert says in problems[0].words.en


def test_missing_none_and_blank_values_all_take_the_fallback() -> None:
    template = Template(GOOD, VARIABLES)
    expected = "Hello there, Riverside. 555-0100"
    for missing in ({}, {"first_name": None, "phone": None, "doctor": None}, {"first_name": "", "phone": ""}):
        assert template.render({"clinic": "Riverside", **missing}) == expected


def test_a_value_that_should_always_be_there_fails_that_text_only() -> None:
    texts = Template(GOOD, VARIABLES).render_many([{"clinic": "A"}, {}, {"clinic": "B"}])
    assert [isinstance(t, str) for t in texts] == [True, False, True]
    assert texts[1] == RenderFailure("missing clinic")


def test_html_escapes_values_and_text_does_not() -> None:
    context = {"clinic": "<b>A & B</b>"}
    assert Template("{{ clinic }}", VARIABLES).render(context) == "<b>A & B</b>"
    html = Template("<p>{{ clinic }}</p>", VARIABLES, html=True).render(context)
    assert html == "<p>&lt;b&gt;A &amp; B&lt;&#x2f;b&gt;</p>"


def test_a_value_is_never_run_as_a_template() -> None:
    assert Template("{{ clinic }}", VARIABLES).render({"clinic": "{{ phone }}"}) == "{{ phone }}"


def test_even_an_unchecked_template_cannot_call_methods_loop_long_or_include() -> None:
    for source in (
        "{{ clinic.upper() }}",
        "{% include 'x' %}",
        "{% for i in range(9) %}x{% endfor %}",
        "{{ debug() }}",
    ):
        assert isinstance(Template(source).render({"clinic": "R"}), RenderFailure)


def test_the_last_line_end_stays() -> None:
    assert Template("x\n").render({}) == "x\n"


def test_variables_used_are_named() -> None:
    assert variables_used(GOOD) == {"first_name", "doctor", "clinic", "phone"}


PIECES = st.sampled_from(
    [
        *"{}%#|.()[]\"' \n*+-~=",
        "{{ ",
        " }}",
        "{% if ",
        " %}",
        "{% endif %}",
        "{% else %}",
        "{#",
        "#}",
        "clinic",
        "first_name",
        "or",
        "and",
        "not",
        "is",
        "in",
        "defined",
        "upper",
        "default",
        '"x"',
        "3",
        "length",
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join))
def test_whatever_is_accepted_renders_and_stays_small(source: str) -> None:
    if check_template(source, VARIABLES):
        return
    template = Template(source, VARIABLES)
    for context in ({"clinic": "R"}, {"clinic": "R", "first_name": "A", "doctor": None}):
        text = template.render(context)
        assert isinstance(text, str)
        assert len(text) <= 20 * len(source) + 20


@given(st.text(max_size=200))
def test_checking_never_raises(source: str) -> None:
    check_template(source, VARIABLES)


@given(st.dictionaries(st.sampled_from(["first_name", "clinic", "doctor"]), st.text(max_size=30) | st.none()))
def test_rendering_never_raises(values: dict[str, object]) -> None:
    text = Template(GOOD, VARIABLES).render(values)
    assert isinstance(text, str) == bool(values.get("clinic"))
