"""A pytest plugin: before Django is set up, see that there is a server to make the run's database on."""

import os
import sys
from pathlib import Path

from beckon import config


def _prepare() -> None:
    if not config.uses_embedded_database():
        _make_room_for_static_files()
        return
    # The tests' server is not the installation's: its folder is var/test unless BECKON_HOME says otherwise.
    if not os.environ.get("BECKON_HOME"):
        os.environ["BECKON_HOME"] = str(Path(__file__).resolve().parents[2] / "var" / "test")
    _make_room_for_static_files()
    from beckon.ops.database.server import ensure_running

    ensure_running(config.home(), tell=lambda text: print(text, file=sys.stderr))


def _make_room_for_static_files() -> None:
    """WhiteNoise warns where the folder is missing, and in tests a warning is an error."""
    (config.home() / "static").mkdir(parents=True, exist_ok=True)


_prepare()
