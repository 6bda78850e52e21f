"""Scenery of the campaign and report pages: a signed-off playbook, people, a launched campaign that has moved."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from beckon.campaigns.models import Campaign
from beckon.campaigns.rounds import run_round
from beckon.campaigns.tests.scene import install, launch, make_desk, make_people, make_senders
from beckon.core.models import Membership, Organization, Role, User


def member(org: Organization, role: Role, name: str = "Sample") -> Client:
    """Somebody of this role, signed in."""
    user = User.objects.create_user(f"{role.value}-{name}@example.org".lower(), "a long password", name=name)
    Membership.objects.create(user=user, organization=org, role=role)
    client = Client()
    client.force_login(user)
    return client


def set_scene(now: datetime, people: int = 12) -> list[int]:
    """Senders, a desk, people who may be texted, and one who opted out of everything."""
    make_senders()
    make_desk(now)
    return make_people(now, people, lines=("mobile", "landline"))


def running(org: Organization, now: datetime, **more: Any) -> Campaign:
    """A campaign whose people came in and took their first step."""
    campaign = launch(install("community-outreach", now), now, **more)
    run_round(org, now=now)
    run_round(org, now=now + timedelta(minutes=1))
    return campaign
