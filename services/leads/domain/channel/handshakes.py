"""Meta and LinkedIn: signed in their own way, and they try out an address before they use it."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from services.leads.domain.channel.delivery import (
    Delivery,
    Genuine,
    Greeting,
    Reply,
    Scheme,
    Secret,
    Suspect,
)
from services.leads.domain.channel.details import TOKEN
from services.leads.domain.channel.proof import after, by_signature, digest, is_same


class Meta(Scheme):
    """`X-Hub-Signature-256`, made with the app's secret; the address is tried with a verify token."""

    parts: ClassVar[tuple[str, ...]] = ("app_secret", "verify_token")
    may_have: ClassVar[tuple[str, ...]] = (TOKEN,)
    scheme: Literal["meta"]

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """Signed by Meta for our app."""
        said = after("sha256=", delivery.header("X-Hub-Signature-256"))
        made = [digest(secret["app_secret"].encode(), delivery.body).hex() for secret in secrets]
        return by_signature([said], made, delivery)

    def greet(self, delivery: Delivery, secrets: Sequence[Secret]) -> Greeting | Suspect:
        """The challenge comes back to whoever knows the verify token."""
        token = delivery.query.get("hub.verify_token", "")
        if not any(is_same(token, secret["verify_token"]) for secret in secrets):
            return Suspect(reason="The verify token is not the channel's")
        return Greeting(reply=Reply(body=delivery.query.get("hub.challenge", "")))


class LinkedIn(Scheme):
    """`X-LI-Signature` over `hmacsha256=` and the body; the address is tried with a challenge."""

    parts: ClassVar[tuple[str, ...]] = ("client_secret",)
    may_have: ClassVar[tuple[str, ...]] = (TOKEN,)
    scheme: Literal["linkedin"]

    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Genuine | Suspect:
        """Signed by LinkedIn for our application."""
        signed = b"hmacsha256=" + delivery.body
        made = [digest(secret["client_secret"].encode(), signed).hex() for secret in secrets]
        said = delivery.header("X-LI-Signature").removeprefix("hmacsha256=")
        return by_signature([said], made, delivery)

    def greet(self, delivery: Delivery, secrets: Sequence[Secret]) -> Greeting | Suspect:
        """We prove to LinkedIn that we know the secret, which is the newest."""
        code = delivery.query.get("challengeCode", "")
        if not (code and secrets):
            return Suspect(reason="There is no challenge, or no secret to answer it with")
        made = digest(secrets[0]["client_secret"].encode(), code.encode()).hex()
        return Greeting(reply=Reply(body={"challengeCode": code, "challengeResponse": made}))
