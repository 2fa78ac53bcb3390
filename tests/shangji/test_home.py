"""The directory of a stack: its secrets, its keys, its room on the disk."""

import stat
from pathlib import Path

import pytest

from shangji import home, secrets
from shangji.errors import StartRefused
from shangji.home import Home, read_json
from shared.sealing import Sealer


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    made = Home(tmp_path / "stack")
    made.prepare()
    return made


def test_a_full_disk_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "LEAST_FREE_BYTES", 1024**6)

    with pytest.raises(StartRefused, match="MB are free on the disk of"):
        Home(tmp_path).prepare()


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartRefused, match="Cannot create"):
        Home(tmp_path / "file" / "stack").prepare()


def test_passwords_stay_the_same_and_are_private(empty: Home) -> None:
    first = secrets.ensure_passwords(empty)

    assert secrets.ensure_passwords(empty) == first
    assert stat.S_IMODE(empty.secrets_file.stat().st_mode) == 0o600


def test_the_signing_key_stays_and_its_public_half_holds_no_secret(empty: Home) -> None:
    secrets.ensure_keys(empty.token_private_key, empty.token_public_keys)
    private = read_json(empty.token_private_key)
    secrets.ensure_keys(empty.token_private_key, empty.token_public_keys)

    (public,) = read_json(empty.token_public_keys)["keys"]
    assert read_json(empty.token_private_key) == private
    assert stat.S_IMODE(empty.token_private_key.stat().st_mode) == 0o600
    assert private["d"]
    assert "d" not in public
    assert (public["kid"], public["alg"]) == (private["kid"], "ES256")


def test_the_sealing_key_stays_and_is_private(empty: Home) -> None:
    secrets.ensure_sealing_keys(empty.sealing_keys)
    made = empty.sealing_keys.read_bytes()
    secrets.ensure_sealing_keys(empty.sealing_keys)

    assert empty.sealing_keys.read_bytes() == made
    assert stat.S_IMODE(empty.sealing_keys.stat().st_mode) == 0o600


def test_a_new_sealing_key_comes_before_the_others(empty: Home) -> None:
    secrets.ensure_sealing_keys(empty.sealing_keys)
    before = Sealer.load(empty.sealing_keys)
    sealed = before.seal(b"a secret", place="x")

    secrets.add_sealing_key(empty.sealing_keys)

    after = Sealer.load(empty.sealing_keys)
    assert after.open(sealed, place="x") == b"a secret"
    assert list(after.keys)[1:] == list(before.keys)
    assert after.marking == before.marking
    assert stat.S_IMODE(empty.sealing_keys.stat().st_mode) == 0o600
