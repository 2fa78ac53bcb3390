"""The only way out of this service: platforms are asked for what their notices name."""

import httpx

from services.leads.domain.channel.details import Question
from shared.timers import SendFailed

TIMEOUT = 10.0
LARGEST_ANSWER = 1024 * 1024
GONE = frozenset((404, 410))
"""Asking the same again cannot help."""


async def ask(question: Question) -> bytes:
    """The platform's answer; raises `SendFailed`, which says nothing of addresses and tokens."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            response = await client.get(question.url, headers=dict(question.headers))
    except httpx.HTTPError as failure:
        raise SendFailed(type(failure).__name__) from None
    if response.status_code in GONE:
        raise SendFailed(f"It answered {response.status_code}", retry=False)
    if not response.is_success:
        raise SendFailed(f"It answered {response.status_code}")
    if len(response.content) > LARGEST_ANSWER:
        raise SendFailed("Its answer is too long", retry=False)
    return response.content
