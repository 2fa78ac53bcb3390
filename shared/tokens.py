"""Signed tokens: sessions of people, and API keys of programs. Nothing secret is stored.

Tokens live by the wall clock, never by the demo's shifted one: they are security, not business.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self, cast
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jwt import JWTClaimsRegistry

from shared.refusals import Unauthenticated

ISSUER = "shangji"
AUDIENCE = "shangji"
ALGORITHM = "ES256"
LEEWAY_SECONDS = 60
LONGEST = 8192

Kind = Literal["person", "client"]


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a valid token says about its bearer."""

    kind: Kind
    id: UUID | None = None
    username: str | None = None
    """Identity providers know people by name."""
    key_version: int | None = None
    expires_at: float | None = None


@dataclass(frozen=True)
class Signer:
    """Holds the private key; only the service where people sign in has one."""

    key: ECKey

    @classmethod
    def load(cls, path: Path) -> Self:
        """The key in a JWK file."""
        return cls(ECKey.import_key(json.loads(path.read_bytes())))

    def for_person(self, person_id: UUID, *, lifetime: timedelta) -> str:
        """A session: valid for a while, as long as the person stays active."""
        return self._sign(person_id, kind="person", exp=int(time.time() + lifetime.total_seconds()))

    def for_client(self, client_id: UUID, *, key_version: int) -> str:
        """An API key: valid until the client's key version moves on."""
        return self._sign(client_id, kind="client", kv=key_version)

    def _sign(self, subject: UUID, *, kind: Kind, **claims: int) -> str:
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self.key.kid}
        registered = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(subject), "iat": int(time.time())}
        return jwt.encode(header, {**registered, "kind": kind, **claims}, self.key)


@dataclass(frozen=True)
class Verifier:
    """Knows our public keys; every service has them."""

    keys: KeySet

    @classmethod
    def load(cls, path: Path) -> Self:
        """The keys in a JWKS file; several while one replaces another."""
        return cls(KeySet.import_key_set(json.loads(path.read_bytes())))

    def verify(self, token: str) -> Claims:
        """Who the bearer is, according to a token we signed."""
        claims = decode(token, self.keys, algorithms=(ALGORITHM,), issuer=ISSUER, audience=AUDIENCE)
        try:
            return _our_claims(claims)
        except (KeyError, TypeError, ValueError) as unusable:
            raise Unauthenticated from unusable


def _our_claims(claims: Mapping[str, object]) -> Claims:
    subject = UUID(cast("str", claims["sub"]))
    match claims["kind"]:
        case "person":
            return Claims(kind="person", id=subject, expires_at=float(cast("int", claims["exp"])))
        case "client":
            return Claims(kind="client", id=subject, key_version=int(cast("int", claims["kv"])))
        case _:
            raise ValueError("A token is for a person or a client")


def decode(
    token: str, keys: KeySet, *, algorithms: tuple[str, ...], issuer: str, audience: str
) -> Mapping[str, object]:
    """The claims of a token that these keys signed for this audience, and that is valid now."""
    try:
        decoded = jwt.decode(token, keys, algorithms=list(algorithms))
        JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
        ).validate(decoded.claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as refused:
        raise Unauthenticated from refused
    return decoded.claims


def generate(private: Path, public: Path) -> None:
    """Make a new key pair: the private half for one service, the public half for all."""
    key = ECKey.generate_key("P-256", auto_kid=True, parameters={"use": "sig", "alg": ALGORITHM})
    private.parent.mkdir(parents=True, exist_ok=True)
    public.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(key.as_dict(private=True), file)
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
