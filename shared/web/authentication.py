"""From a bearer token to a principal: our own tokens, API keys and identity providers."""

import asyncio
import hashlib
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import httpx
import structlog
from fastapi import Request
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared import access, tokens
from shared.db import Database
from shared.principals import Principal
from shared.refusals import Unauthenticated
from shared.settings import OidcIssuer, ServiceSettings
from shared.tokens import Claims, Verifier
from shared.web.refusals import Unavailable

log = structlog.get_logger()

REMEMBERED_SECONDS = 5
"""How long a change of roles or units may take to be felt."""
KEYS_FRESH_SECONDS = 600
KEYS_PATIENCE_SECONDS = 30
_MOST_REMEMBERED = 10_000


class Authenticator(Protocol):
    """Says who sends a request."""

    async def principal(self, request: Request) -> Principal:
        """Raises `Unauthenticated`."""
        ...


class IdentityProvider:
    """Verifies the tokens of one OIDC issuer with its published keys."""

    def __init__(self, issuer: OidcIssuer, *, http: httpx.AsyncClient | None = None) -> None:
        self.issuer = issuer
        self._http = http or httpx.AsyncClient(timeout=5, follow_redirects=False)
        self._keys = KeySet([])
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def verify(self, token: str) -> Claims:
        """Who the bearer is, by the username the issuer knows."""
        keys = await self._keys_for(_unverified(token, part=0).get("kid"))
        claims = tokens.decode(
            token,
            keys,
            algorithms=("RS256", "ES256"),
            issuer=self.issuer.issuer,
            audience=self.issuer.audience,
        )
        username, expires_at = claims.get(self.issuer.username_claim), claims.get("exp")
        if not (isinstance(username, str) and username and isinstance(expires_at, int | float)):
            raise Unauthenticated
        return Claims(kind="person", username=username, expires_at=float(expires_at))

    async def _keys_for(self, kid: object) -> KeySet:
        async with self._asking:
            known = any(key.kid == kid for key in self._keys.keys)
            patience = KEYS_FRESH_SECONDS if known else KEYS_PATIENCE_SECONDS
            if time.monotonic() - self._asked_at > patience:
                await self._ask()
        if not self._keys.keys:
            raise Unavailable(retry_after=KEYS_PATIENCE_SECONDS)
        return self._keys

    async def _ask(self) -> None:
        """Get the keys anew; those we have stay good while the provider does not answer."""
        self._asked_at = time.monotonic()
        try:
            response = await self._http.get(self.issuer.jwks_url)
            self._keys = KeySet.import_key_set(response.raise_for_status().json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as unreachable:
            log.warning(
                "identity_provider_unreachable",
                issuer=self.issuer.issuer,
                reason=type(unreachable).__name__,
            )


def _unverified(token: str, *, part: int) -> Mapping[str, object]:
    """A look at a token before it is trusted, to know whose keys to ask for."""
    try:
        segment = token.split(".")[part]
        content = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, IndexError, RecursionError) as unreadable:
        raise Unauthenticated from unreadable
    if not isinstance(content, dict):
        raise Unauthenticated
    return cast("Mapping[str, object]", content)


@dataclass(kw_only=True)
class BearerTokens:
    """Looks up bearers in this service's copy of the directory; remembers them for a moment."""

    database: Database
    ours: Verifier | None
    providers: Mapping[str, IdentityProvider]
    _remembered: dict[bytes, tuple[Principal, float]] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: ServiceSettings, database: Database) -> "BearerTokens":
        """With the keys and identity providers of the settings."""
        path = settings.token_public_keys
        return cls(
            database=database,
            ours=Verifier.load(path) if path else None,
            providers=_providers(settings.oidc_issuers),
        )

    async def principal(self, request: Request) -> Principal:
        """Whoever the Authorization header proves; raises `Unauthenticated`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not 0 < len(token) <= tokens.LONGEST:
            raise Unauthenticated
        digest = hashlib.sha256(token.encode()).digest()
        principal, until = self._remembered.get(digest, (None, 0.0))
        if principal is None or until <= time.monotonic():
            principal = await self._look_up(token, digest)
        return principal

    async def _look_up(self, token: str, digest: bytes) -> Principal:
        claims = await self._verify(token)
        async with self.database.tx() as tx:
            principal = await access.resolve(tx, claims)
        if principal is None:
            self._remembered.pop(digest, None)
            raise Unauthenticated
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        left = (claims.expires_at or float("inf")) - time.time()
        self._remembered[digest] = (principal, time.monotonic() + min(REMEMBERED_SECONDS, left))
        return principal

    async def _verify(self, token: str) -> Claims:
        issuer = _unverified(token, part=1).get("iss")
        if self.ours is not None and issuer == tokens.ISSUER:
            return self.ours.verify(token)
        provider = self.providers.get(issuer) if isinstance(issuer, str) else None
        if provider is None:
            raise Unauthenticated
        return await provider.verify(token)


def _providers(issuers: Sequence[OidcIssuer]) -> dict[str, IdentityProvider]:
    return {issuer.issuer: IdentityProvider(issuer) for issuer in issuers}
