"""The live practice of the accounts' tests."""

from beckon.web.accounts.tests.conftest import live

__all__ = ["live"]
