"""Passwords and signing keys of one stack, made once and kept in its home."""

import secrets
from pathlib import Path

from joserfc.jwk import ECKey

from shangji.home import Home, read_json, write_json
from shangji.infra.bootstrap import role_names
from shangji.infra.postgres import ADMIN
from shared.sealing import new_key_set, with_new_key


def ensure_passwords(home: Home) -> dict[str, str]:
    """Return a password per database role, making the ones that are missing."""
    known = read_json(home.secrets_file)
    wanted = {name: known.get(name) or secrets.token_urlsafe(24) for name in [ADMIN, *role_names()]}
    if wanted != known:
        write_json(home.secrets_file, known | wanted)
    return wanted


def ensure_keys(private: Path, public: Path) -> None:
    """Make the ES256 pair that access tokens are signed and checked with, unless it is there."""
    if not private.exists():
        key_id = secrets.token_hex(8)
        made = ECKey.generate_key("P-256", {"kid": key_id, "use": "sig", "alg": "ES256"})
        write_json(private, dict(made.as_dict(private=True)))
    if not public.exists():
        key = ECKey.import_key(read_json(private))
        write_json(public, {"keys": [key.as_dict(private=False)]})


def ensure_sealing_keys(path: Path) -> None:
    """Make the keys that secrets and persons in the database are sealed with, unless they are there."""
    if not path.exists():
        write_json(path, dict(new_key_set()))


def add_sealing_key(path: Path) -> str:
    """Put a new key before those that seal now; what to do next, in a sentence."""
    write_json(path, dict(with_new_key(read_json(path))))  # pyright: ignore[reportArgumentType] - a key set, as it was written
    return (
        f"{path} has a new key. Back it up, and restart `leads`: what is written from then on is sealed "
        "with it. Leave the earlier keys in: what nobody has written since is sealed with them."
    )
