"""Carriers are found by kind, configuration is refused with what to mend, secrets stay outside of it."""

from pathlib import Path

import pytest

from beckon.channels.carriers.base import STATUS_OF_WORD, Channel, Word
from beckon.channels.carriers.errors import MisconfiguredError
from beckon.channels.carriers.registry import CARRIERS, build_carrier
from beckon.channels.models import Channel as StoredChannel
from beckon.channels.secrets import read_secret


def test_every_word_has_a_status() -> None:
    assert set(STATUS_OF_WORD) == set(Word)


def test_the_channels_of_carriers_are_channels_that_can_be_stored() -> None:
    assert {c.value for c in Channel} <= set(StoredChannel.values)


@pytest.mark.parametrize("kind", sorted(CARRIERS))
def test_every_carrier_has_a_readme_and_refuses_a_setting_it_does_not_know(kind: str) -> None:
    folder = Path(__file__).parents[1] / "carriers" / kind
    assert (folder / "README.md").read_text().startswith("# ")
    if kind != "sandbox":
        with pytest.raises(MisconfiguredError, match="colour"):
            build_carrier(kind, {"colour": "mauve"}, secret=lambda reference: "x")


def test_an_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(MisconfiguredError, match="http, print, sandbox, smtp"):
        build_carrier("pigeon", {})


def test_a_refusal_names_the_field_and_never_the_value() -> None:
    with pytest.raises(MisconfiguredError) as refusal:
        build_carrier("smtp", {"host": "mail.example.org", "port": "s3cret-value"})
    assert "port" in str(refusal.value)
    assert "s3cret-value" not in str(refusal.value)


def test_secrets_are_read_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VENDOR_KEY", "from-env")
    (tmp_path / "key").write_text("from-file\n")
    assert read_secret("env:VENDOR_KEY") == "from-env"
    assert read_secret(f"file:{tmp_path / 'key'}") == "from-file"


@pytest.mark.parametrize("reference", ["hunter2", "env:", "env:NOT_SET_ANYWHERE", "file:relative", "file:/no/such", ""])
def test_a_secret_that_cannot_be_read_is_refused_without_being_repeated(reference: str) -> None:
    with pytest.raises(MisconfiguredError) as refusal:
        read_secret(reference)
    assert "hunter2" not in str(refusal.value)
