"""Every setting is documented, and production refuses what is unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from beckon import config

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "BECKON_ENV": "production",
    "BECKON_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "BECKON_BASE_URL": "https://beckon.example.org",
    "BECKON_ALLOWED_HOSTS": "beckon.example.org",
    "BECKON_EMAIL_URL": "smtp://beckon:secret@mail.example.org:587?tls=1",
    "BECKON_DATABASE_URL": "postgresql://beckon_app:secret@127.0.0.1:5432/beckon",
    "BECKON_DATABASE_ADMIN_URL": "postgresql://owner:secret@127.0.0.1:5432/beckon",
}


def test_every_setting_is_in_the_documentation() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    assert [v.name for v in config.VARIABLES if f"`{v.name}`" not in text] == []
    assert set(re.findall(r"BECKON_[A-Z_]+", text)) <= {v.name for v in config.VARIABLES}


def test_the_code_reads_no_setting_that_is_not_listed() -> None:
    known = {v.name for v in config.VARIABLES}
    used = set()
    for path in (ROOT / "beckon").rglob("*.py"):
        if "tests" not in path.parts:
            used |= set(re.findall(r"\bBECKON_[A-Z_]+[A-Z]\b", path.read_text()))
    assert used - known == set()


def start(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("BECKON_")}
    return subprocess.run(
        [sys.executable, "-c", "import beckon.settings"], env=clean | env, capture_output=True, text=True, check=False
    )


def test_production_starts_with_safe_values() -> None:
    assert start(SAFE).returncode == 0


def test_a_database_on_another_machine_is_reached_with_the_encryption_its_url_asks_for() -> None:
    remote = SAFE["BECKON_DATABASE_URL"].replace("127.0.0.1", "db.example.org") + "?sslmode=verify-full"
    admin = SAFE["BECKON_DATABASE_ADMIN_URL"].replace("127.0.0.1", "db.example.org") + "?sslmode=verify-full"
    assert start(SAFE | {"BECKON_DATABASE_URL": remote, "BECKON_DATABASE_ADMIN_URL": admin}).returncode == 0
    assert dict(config.parse_database_url(remote, "X").options) == {"sslmode": "verify-full"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BECKON_SECRET_KEY", ""),
        ("BECKON_SECRET_KEY", "short"),
        ("BECKON_BASE_URL", "http://x.example.org"),
        ("BECKON_ALLOWED_HOSTS", "*"),
        ("BECKON_DATABASE_URL", "postgresql://beckon_app@127.0.0.1/beckon"),
        ("BECKON_DATABASE_URL", "mysql://x"),
        ("BECKON_ENV", "staging"),
        ("BECKON_EMAIL_URL", ""),
        ("BECKON_EMAIL_URL", "smtp://mail.example.org"),
        ("BECKON_EMAIL_URL", "http://mail.example.org"),
        ("BECKON_PROXIES", "many"),
        ("BECKON_SECRET_KEY", "k" * 60),
        ("BECKON_ALLOWED_HOSTS", ""),
        ("BECKON_LOG_LEVEL", "DEBUG"),
        ("BECKON_DATABASE_ADMIN_URL", ""),
        ("BECKON_DATABASE_ADMIN_URL", SAFE["BECKON_DATABASE_URL"]),
        ("BECKON_DATABASE_URL", "postgresql://beckon_app:secret@db.example.org/beckon"),
        ("BECKON_DATABASE_URL", "postgresql://beckon_app:secret@127.0.0.1/beckon?nonsense=1"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(name: str, value: str) -> None:
    done = start(SAFE | {name: value})
    assert done.returncode != 0
    assert "ConfigError" in done.stderr


def test_the_command_line_help_lists_every_command_module() -> None:
    from beckon.ops.cli import COMMANDS

    for command in COMMANDS:
        path = ROOT / "beckon/ops/commands" / (command.module.replace(".", "/") + ".py")
        assert path.exists(), f"{' '.join(command.words)} has no module"
