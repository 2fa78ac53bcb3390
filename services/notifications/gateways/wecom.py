"""The WeCom group robot. It answers 200 also when it refuses: what counts is `errcode`."""

from pathlib import Path

import httpx
import orjson
from anyio import Path as AsyncPath
from pydantic import BaseModel, ValidationError

from services.notifications.gateways import Post
from shared.timers import SendFailed

TIMEOUT = 10.0
REFUSED_FOR_GOOD = frozenset((40008, 40058, 44004, 45002))
"""Message type, parameters, emptiness, length: sending the same again cannot help."""


class Answer(BaseModel):
    """What the robot says about a message."""

    errcode: int
    errmsg: str = ""


class WeComRobot:
    """A robot's webhook; its address holds the secret and appears in no message and no log."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def post(self, post: Post) -> None:
        """Post plain text: names from outside cannot smuggle links or mentions into it."""
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                response = await client.post(self._url, json=body(post))
        except httpx.HTTPError as failure:
            raise SendFailed(type(failure).__name__, retry=True) from None
        if not response.is_success:
            raise SendFailed(f"robot answered {response.status_code}", retry=True)
        try:
            answer = Answer.model_validate_json(response.content)
        except ValidationError:
            raise SendFailed("robot's answer cannot be read", retry=True) from None
        if answer.errcode != 0:
            raise SendFailed(
                f"errcode {answer.errcode}: {answer.errmsg[:200]}",
                retry=answer.errcode not in REFUSED_FOR_GOOD,
            )


class RecordedRobot:
    """Stands in where no robot is configured: each message is a line of a file."""

    def __init__(self, file: Path) -> None:
        self._file = AsyncPath(file)

    async def post(self, post: Post) -> None:
        """Add the line in one write."""
        await self._file.parent.mkdir(parents=True, exist_ok=True)
        line = orjson.dumps({"message_id": str(post.message_id), **body(post)}) + b"\n"
        async with await self._file.open("ab") as file:
            await file.write(line)


def body(post: Post) -> dict[str, object]:
    """The robot's own message format."""
    return {"msgtype": "text", "text": {"content": post.text}}
