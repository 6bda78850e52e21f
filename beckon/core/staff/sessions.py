"""Ending somebody's sessions, wherever they are signed in."""

from allauth.usersessions.models import UserSession


def end_sessions(user_id: int) -> int:
    """End every open session of a user, in every practice (a session opens all of them); returns how many."""
    found = list(UserSession.objects.filter(user_id=user_id))
    for session in found:
        session.end()
    return len(found)
