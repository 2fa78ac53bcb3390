"""Nobody makes a token but us."""

import base64
import hmac
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shared import tokens
from shared.refusals import Unauthenticated
from shared.tokens import Signer, Verifier

HOUR = timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private.json", tmp_path / "public.json"
    tokens.generate(private, public)
    return private, public


@pytest.fixture
def signer(files: tuple[Path, Path]) -> Signer:
    return Signer.load(files[0])


@pytest.fixture
def verifier(files: tuple[Path, Path]) -> Verifier:
    return Verifier.load(files[1])


def forge(signer: Signer, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token signed with the right key that says something else."""
    said = {
        "iss": "shangji",
        "aud": "shangji",
        "sub": str(uuid4()),
        "kind": "person",
        "exp": int(time.time()) + 3600,
        **claims,
    }
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": signer.key.kid, **(header or {})}, kept, signer.key)


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_a_session_says_who_it_is_for_and_ends(signer: Signer, verifier: Verifier):
    person_id = uuid4()

    claims = verifier.verify(signer.for_person(person_id, lifetime=HOUR))

    assert (claims.kind, claims.id, claims.key_version) == ("person", person_id, None)
    assert claims.expires_at == pytest.approx(time.time() + 3600, abs=5)


def test_an_api_key_names_its_version_and_does_not_end(signer: Signer, verifier: Verifier):
    client_id = uuid4()

    claims = verifier.verify(signer.for_client(client_id, key_version=7))

    assert (claims.kind, claims.id, claims.key_version) == ("client", client_id, 7)
    assert claims.expires_at is None


def test_the_private_key_is_for_its_owner_alone_and_stays_out_of_the_public_file(
    files: tuple[Path, Path],
):
    private, public = files

    assert private.stat().st_mode & 0o077 == 0
    assert "d" not in json.loads(public.read_text())["keys"][0]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "never"},
        {"nbf": 4_000_000_000},
        {"iss": "somebody"},
        {"iss": None},
        {"aud": "somebody"},
        {"aud": None},
        {"sub": "1 OR 1=1"},
        {"sub": None},
        {"sub": 5},
        {"kind": "root"},
        {"kind": None},
        {"kind": "client", "kv": None},
        {"kind": "client", "kv": "x"},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(
    signer: Signer, verifier: Verifier, claims: dict[str, Any]
):
    with pytest.raises(Unauthenticated):
        verifier.verify(forge(signer, **claims))


def test_a_token_without_a_signature_is_refused(signer: Signer, verifier: Verifier):
    _, claims, signature = signer.for_person(uuid4(), lifetime=HOUR).split(".")

    for header in ({"alg": "none"}, {"alg": "None", "kid": signer.key.kid}):
        for end in ("", signature):
            with pytest.raises(Unauthenticated):
                verifier.verify(f"{part(header)}.{claims}.{end}")


def test_our_public_key_is_no_shared_secret(
    signer: Signer, verifier: Verifier, files: tuple[Path, Path]
):
    header = part({"alg": "HS256", "kid": signer.key.kid})
    _, claims, _ = signer.for_person(uuid4(), lifetime=HOUR).split(".")
    for secret in (files[1].read_bytes(), signer.key.as_pem(private=False)):
        signature = hmac.digest(secret, f"{header}.{claims}".encode(), "sha256")
        forged = base64.urlsafe_b64encode(signature).decode().rstrip("=")

        with pytest.raises(Unauthenticated):
            verifier.verify(f"{header}.{claims}.{forged}")


@pytest.mark.parametrize("header", ["jwk", "jku", "x5u", "kid"])
def test_a_token_does_not_bring_its_own_key(signer: Signer, verifier: Verifier, header: str):
    mine = ECKey.generate_key("P-256", auto_kid=True)
    brought = {
        "jwk": mine.as_dict(private=False),
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/cert",
        "kid": "../../etc/passwd' OR 1=1 --",
    }[header]
    claims = {
        "iss": "shangji",
        "aud": "shangji",
        "sub": str(uuid4()),
        "kind": "person",
        "exp": 2**33,
    }

    with pytest.raises(Unauthenticated):
        verifier.verify(jwt.encode({"alg": "ES256", header: brought}, claims, mine))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "....", "é.é.é", "x" * 10_000, "\0.\0.\0"]
)
def test_anything_else_is_refused(verifier: Verifier, token: str):
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_a_changed_token_is_refused(signer: Signer, verifier: Verifier):
    header, _, signature = signer.for_person(uuid4(), lifetime=HOUR).split(".")
    _, other, _ = signer.for_person(uuid4(), lifetime=HOUR).split(".")

    with pytest.raises(Unauthenticated):
        verifier.verify(f"{header}.{other}.{signature}")


def test_while_keys_change_both_are_good(signer: Signer, files: tuple[Path, Path], tmp_path: Path):
    new_private, new_public = tmp_path / "new.json", tmp_path / "new-public.json"
    tokens.generate(new_private, new_public)
    both = [json.loads(path.read_text())["keys"][0] for path in (files[1], new_public)]
    files[1].write_text(json.dumps({"keys": both}))

    verifier = Verifier.load(files[1])

    for each in (signer, Signer.load(new_private)):
        assert verifier.verify(each.for_person(uuid4(), lifetime=HOUR)).kind == "person"
