"""Jobs of the pages, here because Procrastinate looks for them in each app's tasks.py."""

from beckon.web.accounts.letters import send_password_link
from beckon.web.audit.checking import check_audit_chain

__all__ = ["check_audit_chain", "send_password_link"]
