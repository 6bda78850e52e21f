"""Addresses of the pages about people."""

from django.urls import path

from beckon.web.people.views import consent, contact, finding, joining, person

_ONE = "o/<slug:slug>/people/<int:pk>/"

urlpatterns = [
    path("o/<slug:slug>/people/", finding.people, name="people"),
    path("o/<slug:slug>/people/count/", finding.people_count, name="people-count"),
    path(_ONE, person.person, name="person"),
    path(f"{_ONE}consent/", consent.person_consent, name="person-consent"),
    path(f"{_ONE}contact/", contact.person_contact, name="person-contact"),
    path(f"{_ONE}contact/<int:point>/end/", contact.person_contact_end, name="person-contact-end"),
    path(f"{_ONE}text/", contact.person_text, name="person-text"),
    path(f"{_ONE}campaigns/", person.person_campaigns, name="person-campaigns"),
    path(f"{_ONE}record/", person.person_record, name="person-record"),
    path(f"{_ONE}do-not-contact/", person.person_do_not_contact, name="person-do-not-contact"),
    path(f"{_ONE}deceased/", person.person_deceased, name="person-deceased"),
    path(f"{_ONE}preferences/", person.person_preferences, name="person-preferences"),
    path(f"{_ONE}merge/", joining.person_merge, name="person-merge"),
    path(f"{_ONE}unmerge/<int:other>/", joining.person_unmerge, name="person-unmerge"),
]
