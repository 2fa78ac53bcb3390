"""How a channel tells its sender from everybody else, where the sender follows no platform's rules."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.leads.domain.channel.delivery import Delivery, Genuine, Scheme, Secret, Suspect
from shared.refusals import FieldError

SHORTEST_SECRET = 16
Tolerance = Annotated[int, Field(ge=10, le=3600)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class Anybody(Scheme):
    """A form on a public page: nobody proves anything."""

    parts: ClassVar[tuple[str, ...]] = ()
    scheme: Literal["none"] = "none"

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine:  # noqa: ARG002
        """Anybody will do."""
        return Genuine(message=delivery.body, content_type=delivery.content_type)


class SharedSecret(Scheme):
    """Schemes whose secret is one text that both sides know."""

    def new_secret(self, random: bytes) -> Secret:
        """A text that fits into headers and addresses."""
        return {"secret": base64.urlsafe_b64encode(random).decode().rstrip("=")}

    def wrong_in(self, secret: Secret) -> list[FieldError]:
        """It must be too long to be guessed."""
        if len(secret["secret"]) >= SHORTEST_SECRET:
            return []
        reason = f"It is shorter than {SHORTEST_SECRET} characters"
        return [FieldError(pointer="/parts/secret", reason=reason)]


class HeaderToken(SharedSecret):
    """A token in a header, the same each time."""

    scheme: Literal["header-token"]
    header: HeaderName = "Authorization"
    prefix: str = "Bearer "

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """The header holds the token."""
        return _by_token(after(self.prefix, delivery.header(self.header)), delivery, secrets)


class QueryToken(SharedSecret):
    """A token in the address, for senders who can do nothing else."""

    scheme: Literal["query-token"]
    parameter: str = Field(default="token", pattern=r"^[\w.-]{1,50}$")

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """The address holds the token."""
        return _by_token(delivery.query.get(self.parameter, ""), delivery, secrets)


class Hmac(SharedSecret):
    """HMAC-SHA256 over the body, or over `timestamp.body`."""

    scheme: Literal["hmac-sha256"]
    header: HeaderName = "X-Signature"
    prefix: str = ""
    """Stands before the signature, such as `sha256=`."""
    encoding: Literal["hex", "base64"] = "hex"
    timestamp_header: HeaderName | None = None
    """Carries the time in seconds, which is signed before the body, with a point between."""
    tolerance_seconds: Tolerance = 300

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """The signature is one that a secret makes, and the time is near."""
        signed = delivery.body
        if self.timestamp_header is not None:
            timestamp = delivery.header(self.timestamp_header)
            if not is_recent(timestamp, self.tolerance_seconds, delivery.came_at):
                return too_old()
            signed = f"{timestamp}.".encode() + delivery.body
        made = [self._encoded(digest(secret["secret"].encode(), signed)) for secret in secrets]
        said = after(self.prefix, delivery.header(self.header))
        return by_signature([said.lower() if self.encoding == "hex" else said], made, delivery)

    def _encoded(self, made: bytes) -> str:
        return made.hex() if self.encoding == "hex" else base64.b64encode(made).decode()


class StandardWebhooks(Scheme):
    """https://www.standardwebhooks.com, with `whsec_` secrets."""

    scheme: Literal["standard-webhooks"]
    tolerance_seconds: Tolerance = 300

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """One of the signatures is one that a secret makes, and the time is near."""
        timestamp = delivery.header("webhook-timestamp")
        if not is_recent(timestamp, self.tolerance_seconds, delivery.came_at):
            return too_old()
        signed = f"{delivery.header('webhook-id')}.{timestamp}.".encode() + delivery.body
        made = [digest(_standard_key(secret), signed) for secret in secrets]
        said = delivery.header("webhook-signature").split(" ")
        return by_signature(
            said, [f"v1,{base64.b64encode(own).decode()}" for own in made], delivery
        )

    def new_secret(self, random: bytes) -> Secret:
        """In the form that all libraries take."""
        return {"secret": f"whsec_{base64.b64encode(random).decode()}"}

    def wrong_in(self, secret: Secret) -> list[FieldError]:
        """It is `whsec_` and the key in base64."""
        if len(_standard_key(secret)) >= SHORTEST_SECRET:
            return []
        return [FieldError(pointer="/parts/secret", reason="Expected whsec_ and base64")]


def is_same(one: str, other: str) -> bool:
    """Equal, and it takes equally long to find out."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_recent(timestamp: str, tolerance: int, now: datetime) -> bool:
    """True for a time in seconds that is near enough to now."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= tolerance


def too_old() -> Suspect:
    """A message from another time may have been overheard."""
    return Suspect(reason="The timestamp is missing, or too far from now")


def digest(key: bytes, signed: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, signed, hashlib.sha256)


def after(prefix: str, text: str) -> str:
    """What follows the prefix; nothing when it is not there."""
    return text.removeprefix(prefix) if text.startswith(prefix) else ""


def by_signature(said: Sequence[str], made: Sequence[str], delivery: Delivery) -> Genuine | Suspect:
    """Genuine when one of the signatures is one of those that our secrets make."""
    if not any(said):
        return Suspect(reason="There is no signature")
    if not any(is_same(one, own) for one in said for own in made):
        return Suspect(reason="The signature does not fit")
    return Genuine(message=delivery.body, content_type=delivery.content_type)


def _by_token(token: str, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
    if not token:
        return Suspect(reason="There is no token")
    if not any(is_same(token, secret["secret"]) for secret in secrets):
        return Suspect(reason="The token is not the channel's")
    return Genuine(message=delivery.body, content_type=delivery.content_type)


def _standard_key(secret: Secret) -> bytes:
    try:
        return base64.b64decode(secret["secret"].removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""
