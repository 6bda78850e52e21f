"""What every new organization starts with: outcomes of calls, a queue, the contact policy, the playbook library."""

from datetime import datetime

from beckon.campaigns.playbooks.installing import install_playbook
from beckon.campaigns.playbooks.reading import FOLDER, library_keys, read_definition
from beckon.consent.models import ContactPolicy
from beckon.core.actors import Actor
from beckon.desk.actions import install_default_dispositions, install_default_texts
from beckon.desk.models import CallQueue


def install_defaults(*, by: Actor, now: datetime, signed_off_by: str = "") -> None:
    """Inside the scope of an organization. Safe to repeat: what is there stays as it is.

    `signed_off_by` signs the texts that outcomes of calls send; without a name they wait for one and are not sent.
    """
    install_default_dispositions(by=by, now=now)
    install_default_texts(signed_off_by=signed_off_by, by=by, now=now)
    ContactPolicy.objects.get_or_create(id=1)
    CallQueue.objects.get_or_create(name="Outreach")
    for key in library_keys():
        install_playbook(read_definition(FOLDER / key / "playbook.yaml"), by=by, now=now)
