"""One request of a sender as it came, and what is to be thought of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.refusals import FieldError

Secret = Mapping[str, str]
"""The parts of one secret by name; while one replaces another, both are good."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One request, with what is needed to prove and to answer it."""

    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    query: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    """Where it came from."""
    came_at: datetime
    """By the wall clock: proofs do not follow a shifted one."""
    salt: bytes
    """Random, for answers that are enciphered."""

    def header(self, name: str) -> str:
        """A header, or nothing."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a platform wants to hear, word for word."""

    body: JsonValue
    """Text stays text; anything else is JSON."""


@dataclass(frozen=True, kw_only=True)
class Genuine:
    """It is who the channel knows; `message` is what they said, deciphered where it was not in clear."""

    message: bytes
    content_type: str
    reply: Reply | None = None


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """It may be anybody."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """A genuine platform asks whether we are here; there is nothing to keep."""

    reply: Reply


Verdict = Genuine | Suspect | Greeting


class Scheme(BaseModel, ABC):
    """One way for a sender to prove who it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: ClassVar[tuple[str, ...]] = ("secret",)
    """What its secret is made of; nothing when it needs none."""
    may_have: ClassVar[tuple[str, ...]] = ()
    """What may be kept with it, though it proves nothing."""

    @abstractmethod
    def prove(self, delivery: Delivery, secrets: Sequence[Secret]) -> Verdict:
        """Whether the sender of a message has one of the secrets."""

    def greet(self, delivery: Delivery, secrets: Sequence[Secret]) -> Greeting | Suspect:  # noqa: ARG002
        """What is answered to a platform that tries out the address by GET."""
        return Suspect(reason="This scheme has no check of the address")

    def new_secret(self, random: bytes) -> Secret:  # noqa: ARG002
        """A secret made up from these random bytes; empty where the platform makes them up."""
        return {}

    def wrong_in(self, secret: Secret) -> list[FieldError]:  # noqa: ARG002
        """Why a secret that has all its parts cannot be used all the same."""
        return []
