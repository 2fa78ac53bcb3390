"""Writes what a service exports to a file, as it comes."""

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from shangji.client import Client, Refused, refusal
from shangji.errors import StartRefused

SERVICE_OF = {
    "leads": "leads",
    "customers": "leads",
    "contacts": "leads",
    "opportunities": "opportunities",
}
"""Which service gives out which kind of file."""
LONGEST_PAUSE = 300.0
"""Seconds between two pieces; the names of all columns are gathered before the first."""

Progress = Callable[[int], None]
"""Hears how many bytes have come."""


async def fetch(
    client: Client, kind: str, to: Path, wanted: Mapping[str, str], progress: Progress
) -> int:
    """Write the file, whole or not at all; its size."""
    service = SERVICE_OF[kind]
    part = to.with_name(f"{to.name}.part")
    params = {"format": "xlsx" if to.suffix.lower() == ".xlsx" else "csv", **wanted}
    try:
        with part.open("wb") as file:
            async with client.http.stream(
                "GET",
                f"{client.stack.url(service)}/exports/{kind}",
                params=params,
                headers={"Authorization": f"Bearer {client.token}"},
                timeout=httpx.Timeout(30.0, read=LONGEST_PAUSE),
            ) as answer:
                if answer.is_error:
                    await answer.aread()
                    raise refusal(service, answer)
                async for piece in answer.aiter_bytes():
                    file.write(piece)
                    progress(file.tell())
        return part.replace(to).stat().st_size
    except OSError as error:
        raise StartRefused(f"{to} cannot be written: {error.strerror}.") from error
    except httpx.HTTPError as error:
        raise Refused(
            f"{service} broke off ({type(error).__name__}); nothing was written.", {}
        ) from error
    finally:
        part.unlink(missing_ok=True)
