"""The id of the form beside a call: it makes a repeated form one call, and proves that this agent was shown this call.

A proof is needed, because an outcome is taken also when the task has moved on meanwhile (the call was made); without
it, an agent could record what came of calls that were never theirs.
"""

from django.utils.crypto import constant_time_compare, salted_hmac

from beckon.core.actors import Actor


def form_id_of(task_id: int, calls_made: int, agent: Actor) -> str:
    """The same for the same agent and call, in whatever tab."""
    plain = f"desk:{task_id}:{calls_made}:{agent.user_id}"
    return f"{plain}:{_seal(plain)}"


def was_served(form_id: str, task_id: int, agent: Actor) -> bool:
    """True for an id that `form_id_of` made for this agent and task."""
    plain, _, seal = form_id.rpartition(":")
    parts = plain.split(":")
    is_theirs = len(parts) == 4 and (parts[1], parts[3]) == (str(task_id), str(agent.user_id))
    return is_theirs and constant_time_compare(seal, _seal(plain))


def _seal(plain: str) -> str:
    return salted_hmac("beckon.desk.form", plain, algorithm="sha256").hexdigest()[:20]
