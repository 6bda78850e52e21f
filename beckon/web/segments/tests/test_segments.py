"""The segment builder: what is built is what is saved, mistakes stand beside their line, figures without names."""

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from beckon.core.models import Membership, Organization, Role, User
from beckon.people.models import Person
from beckon.segments.conditions import parse_definition, to_json
from beckon.segments.models import Segment
from beckon.web.segments.draft import Draft, from_raw, read_form, to_raw

CONDITIONS: list[dict[str, Any]] = [
    {"all": [{"field": "age", "op": "at_least", "value": 40}]},
    {
        "all": [
            {"field": "age", "op": "between", "value": [20, 30]},
            {"not": {"field": "sex", "op": "is", "value": "male"}},
        ]
    },
    {
        "not": {
            "any": [
                {"field": "state", "op": "one_of", "value": ["NY", "NJ"]},
                {"field": "deceased", "op": "is", "value": True},
            ]
        }
    },
    {
        "all": [
            {"any": [{"field": "last_encounter", "op": "more_than_ago", "value": 365}]},
            {"field": "contacts", "op": "fewer_than", "value": 3, "with": {"last_days": 90}},
        ]
    },
    {"all": [{"field": "language", "op": "known", "value": False}]},
]


def as_form(node: Draft) -> list[tuple[str, str]]:
    """The fields a browser would post for a draft."""
    place = node.place
    fields = [("node", place), (f"not:{place}", "1" if node.negated else "")]
    if node.is_group:
        fields.append((f"join:{place}", node.joiner))
        return fields + [field for part in node.parts for field in as_form(part)]
    fields += [(f"field:{place}", node.field), (f"op:{place}", node.operator)]
    fields += [(f"value:{place}", value) for value in node.values]
    return fields + [(f"with:{place}:{name}", value) for name, value in node.parameters.items()]


def posted(condition: dict[str, Any], **more: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [value] for name, value in more.items()}
    for name, value in as_form(from_raw(condition)):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_survives_the_form_and_back(condition: dict[str, Any]) -> None:
    fields = QueryDict(mutable=True)
    for name, value in as_form(from_raw(condition)):
        fields.appendlist(name, value)
    again = to_raw(read_form(fields))
    assert to_json(parse_definition(again)) == to_json(parse_definition(condition))


def member(org: Organization, role: Role) -> Client:
    user = User.objects.create_user(f"{role.value}@example.org", "a long password", name="Sample")
    Membership.objects.create(user=user, organization=org, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def person(org: Organization) -> Person:
    assert org.clock_at is not None
    return Person.objects.create(
        given_name="Zenobia", family_name="Quill", name_key="quill|zenobia", match_key="quill|zenobia", state="NY",
        origin="own", created_at=org.clock_at, updated_at=org.clock_at,
    )  # fmt: skip


NEW_YORK = {"all": [{"field": "state", "op": "is", "value": "NY"}]}


def test_a_segment_is_built_saved_and_shown(org: Organization, person: Person) -> None:
    manager = member(org, Role.MANAGER)
    answer = manager.post("/o/test/segments/save/", posted(NEW_YORK, name="In New York", version="0"))
    saved = Segment.objects.get()
    assert answer.headers["Location"] == f"/o/test/segments/{saved.pk}/"
    assert saved.definition["where"] == NEW_YORK
    page = manager.get(f"/o/test/segments/{saved.pk}/").content.decode()
    assert "Zenobia Quill" in page


def test_a_mistake_stands_beside_its_line_and_nothing_is_saved(org: Organization) -> None:
    wrong = {"all": [{"field": "age", "op": "at_least", "value": "old"}]}
    answer = member(org, Role.MANAGER).post("/o/test/segments/save/", posted(wrong, name="Old", version="0"))
    page = answer.content.decode()
    assert "field-error" in page
    assert 'value="old"' in page
    assert not Segment.objects.exists()


def test_an_edit_on_an_older_version_is_refused_and_kept_on_the_screen(org: Organization) -> None:
    manager = member(org, Role.MANAGER)
    manager.post("/o/test/segments/save/", posted(NEW_YORK, name="Mine", version="0"))
    other = {"all": [{"field": "state", "op": "is", "value": "NJ"}]}
    manager.post("/o/test/segments/save/", posted(other, name="Mine", version="1"))
    late = {"all": [{"field": "state", "op": "is", "value": "CT"}]}
    answer = manager.post("/o/test/segments/save/", posted(late, name="Mine", version="1"))
    assert 'value="CT"' in answer.content.decode()
    assert Segment.objects.get().definition["where"] == other


def test_buttons_add_and_remove_without_saving(org: Organization) -> None:
    manager = member(org, Role.MANAGER)
    page = manager.post("/o/test/segments/build/", posted(NEW_YORK, act="add:r"), headers={"HX-Request": "true"})
    assert 'value="r.1"' in page.content.decode()
    page = manager.post("/o/test/segments/build/", posted(NEW_YORK, act="remove:r.0"), headers={"HX-Request": "true"})
    assert 'value="r.0"' not in page.content.decode()


def test_the_analyst_sees_the_figure_and_no_name(org: Organization, person: Person) -> None:
    member(org, Role.MANAGER).post("/o/test/segments/save/", posted(NEW_YORK, name="In New York", version="0"))
    analyst = member(org, Role.ANALYST)
    page = analyst.get(f"/o/test/segments/{Segment.objects.get().pk}/").content.decode()
    assert "Quill" not in page
    assert analyst.get(f"/o/test/segments/{Segment.objects.get().pk}/why/{person.pk}/").status_code == 403
    assert analyst.post("/o/test/segments/build/", posted(NEW_YORK)).status_code == 403


def test_the_exact_count_is_asked_for_separately(org: Organization, person: Person) -> None:
    definition = json.dumps(to_json(parse_definition(NEW_YORK)))
    answer = member(org, Role.AUDITOR).post("/o/test/segments/count/", {"definition": definition})
    assert answer.content.decode().strip() == "1"


def test_why_says_what_the_person_has(org: Organization, person: Person) -> None:
    manager = member(org, Role.MANAGER)
    manager.post("/o/test/segments/save/", posted({"all": [{"field": "state", "op": "is", "value": "NJ"}]}, name="NJ"))
    page = manager.get(f"/o/test/segments/{Segment.objects.get().pk}/why/{person.pk}/").content.decode()
    assert "Why Zenobia Quill is out" in page
    assert "NY" in page
