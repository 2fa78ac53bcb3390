"""Passwords of local accounts, kept as Argon2id. Hashing takes its time, so it runs in a thread."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 256
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_room = asyncio.Semaphore(4)
"""Each hash takes 19 MiB; a storm of sign-ins waits in line instead of eating the memory."""


async def hash_password(password: str) -> str:
    """What may be stored in place of a password."""
    async with _room:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether this is the password. Without a stored one it takes just as long, and is false."""
    if len(password) > LONGEST:
        return False
    async with _room:
        return await asyncio.to_thread(_verify, stored, password)


def needs_rehash(stored: str) -> bool:
    """True for a hash made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("nobody's password")
