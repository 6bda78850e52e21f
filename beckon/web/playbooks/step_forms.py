"""Which form a step has."""

from typing import Any

from django import forms
from django.http import QueryDict

from beckon.web.playbooks.forms import CallForm, ExitForm, SendForm, WaitForm


def form_of(definition: dict[str, Any], step: dict[str, Any], posted: QueryDict | None) -> forms.Form | None:
    """The form of a step, filled in; None for a kind that has nothing to set here (it is edited as text)."""
    match step["kind"]:
        case "wait":
            return WaitForm(posted, initial=step)
        case "call":
            filled = {"attempts": 5, "days_between": 7, "worth_cents": 0, **step}
            return CallForm(posted, initial=filled, scripts=list(definition.get("scripts", {})))
        case "exit":
            return ExitForm(posted, initial=step)
        case "send":
            templates = {name: one["channel"] for name, one in definition.get("templates", {}).items()}
            return SendForm(posted, initial=SendForm.initial_of(step), templates=templates)
        case _:
            return None
