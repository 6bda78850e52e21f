"""What a segment may ask about campaigns: who is in one, how they left, whom a campaign never took."""

from beckon.campaigns.reasons import LeaveReason, sentence
from beckon.core.segment_registry import (
    Ask,
    Choice,
    FieldKind,
    HasField,
    Label,
    ManyField,
    Parameter,
    ParameterKind,
    Rows,
    Sql,
    register,
)

_REASONS = tuple(
    Choice(
        reason.value,
        Label(
            sentence(reason, "en")[0].lower() + sentence(reason, "en")[1:].rstrip("."),
            sentence(reason, "es")[0].lower() + sentence(reason, "es")[1:].rstrip("."),
        ),
    )
    for reason in LeaveReason
)
_PLAYBOOK = Parameter("playbook", Label("playbook", "guion de campaña"), ParameterKind.TEXT)
_WITH_PLAYBOOK = (
    "campaigns_enrollment e JOIN campaigns_campaign c ON c.id = e.campaign_id"
    " JOIN campaigns_playbookversion v ON v.id = c.playbook_id"
)


def _of_playbook(ask: Ask) -> Sql:
    key = ask.parameters.get("playbook")
    return Sql("true") if key is None else Sql("v.key = %s", (key,))


def _open_of_playbook(ask: Ask) -> Sql:
    own = _of_playbook(ask)
    return Sql(f"e.left_at IS NULL AND {own.text}", own.values)


register(
    HasField(
        "in_campaign",
        Label("in a campaign now", "en una campaña ahora"),
        Rows(_WITH_PLAYBOOK, "e.person_id", at="e.enrolled_at", only=_open_of_playbook),
        parameters=(_PLAYBOOK,),
    ),
    HasField(
        "was_enrolled",
        Label("ever taken into a campaign", "alguna vez inscrita en una campaña"),
        Rows(_WITH_PLAYBOOK, "e.person_id", at="e.enrolled_at", only=_of_playbook),
        parameters=(_PLAYBOOK,),
    ),
    ManyField(
        "left_campaign",
        Label("how a campaign was left", "cómo salió de una campaña"),
        FieldKind.CHOICE,
        Rows("campaigns_enrollment e", "e.person_id", at="e.left_at", only="e.left_at IS NOT NULL"),
        "e.left_reason",
        choices=_REASONS,
    ),
)
