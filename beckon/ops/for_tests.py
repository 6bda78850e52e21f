"""A pytest plugin: before Django is set up, see that there is a server to make the run's database on."""

import os
import sys
from pathlib import Path

from beckon import config


def _prepare() -> None:
    if not config.uses_embedded_database():
        return
    # The tests' server is not the installation's: its folder is var/test unless BECKON_HOME says otherwise.
    if not os.environ.get("BECKON_HOME"):
        os.environ["BECKON_HOME"] = str(Path(__file__).resolve().parents[2] / "var" / "test")
    from beckon.ops.database.server import ensure_running

    ensure_running(config.home(), tell=lambda text: print(text, file=sys.stderr))


_prepare()
