"""The only way out of the house: mail and the WeCom robot, each with a twin that records what was sent."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one person."""

    message_id: UUID
    """The same when it is sent again: a mail server that has seen it may drop the second."""
    to: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Post:
    """One message of the robot to its group; it may carry several people's notices."""

    message_id: UUID
    text: str


class MailGateway(Protocol):
    """Sends letters; raises `SendFailed` when the other side did not take one."""

    async def send(self, letter: Letter) -> None: ...


class RobotGateway(Protocol):
    """Posts to the robot's group; raises `SendFailed` when the other side did not take it."""

    async def post(self, post: Post) -> None: ...
