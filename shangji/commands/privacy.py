"""The commands `privacy …`: what is held of a person, forgetting them, and the certificate of it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from shangji import secrets
from shangji.client import POLL_EVERY, Client, connect
from shangji.errors import StartRefused
from shangji.home import Home
from shangji.infra.external import SEALING_KEYS

commands = typer.Typer(help="Tell a person what is held, and forget them.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(commands, name="privacy")

Kind = Annotated[Literal["lead", "contact"], typer.Argument(help="What the id is of.")]
Id = Annotated[str, typer.Argument(help="Any record of the person.")]
Reason = Annotated[
    Literal["requested", "consent_withdrawn", "no_longer_needed", "unlawful"],
    typer.Option(help="Why; it stands in the certificate."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@commands.command()
def bundle(
    kind: Kind,
    id: Id,
    purpose: Annotated[str, typer.Option(help="Kept in the audit.", prompt=True)],
) -> None:
    """Print everything that is held of a person, as JSON to be handed to them."""
    body = {"subject_kind": kind, "subject_id": id, "purpose": purpose}
    _print_json(asyncio.run(_bundle(body)))


@commands.command()
def erase(kind: Kind, id: Id, reason: Reason = "requested", as_json: AsJson = False) -> None:
    """Forget a person, and wait until nothing names them any more."""
    certificate = asyncio.run(_erase({"subject_kind": kind, "subject_id": id, "reason": reason}))
    if as_json:
        _print_json(certificate)
    else:
        _show(certificate)


@commands.command()
def certificate(id: Annotated[str, typer.Argument(help="The erasure's id.")]) -> None:
    """Print what was erased, where, when and by whom."""
    _print_json(asyncio.run(_certificate(id)))


@commands.command("new-key")
def new_key() -> None:
    """Let persons be sealed with a new key from the next start on; the earlier ones still open."""
    Console().print(secrets.add_sealing_key(_sealing_keys()), soft_wrap=True, highlight=False)


def _sealing_keys() -> Path:
    named = os.environ.get(SEALING_KEYS)
    path = Path(named) if named else Home.default().sealing_keys
    if not path.exists():
        raise StartRefused(f"There is no key set at {path} yet; `shangji up` makes it.")
    return path


async def _bundle(body: dict[str, str]) -> Any:
    """What `leads` holds, and the words and files that our people have of the leads and their deals."""
    async with connect() as client:
        held = await client.send("POST", "leads", "/access-bundles", body)
        subjects = [("lead", lead["id"]) for lead in held["leads"]]
        subjects += [("opportunity", lead["opportunity_id"]) for lead in held["leads"]]
        for path in ("activities", "documents"):
            held[path] = [
                shown
                for kind, subject_id in subjects
                if subject_id is not None
                async for shown in client.pages(
                    "opportunities", f"/{path}", subject_kind=kind, subject_id=subject_id
                )
            ]
        return held


async def _certificate(erasure_id: str) -> Any:
    async with connect() as client:
        return await client.get("leads", f"/erasures/{erasure_id}")


async def _erase(body: dict[str, str]) -> Any:
    async with connect() as client:
        asked = await client.send("POST", "leads", "/erasures", body)
        return await _finished(client, asked["id"])


async def _finished(client: Client, erasure_id: str) -> Any:
    while True:
        erasure = await client.get("leads", f"/erasures/{erasure_id}")
        if erasure["finished_at"] is not None:
            return erasure
        await asyncio.sleep(POLL_EVERY)


def _show(certificate: Any) -> None:
    rows = ", ".join(f"{rows} {place}" for place, rows in sorted(certificate["erased"].items()))
    Console().print(
        f"Erased: {rows}.\nCertificate {certificate['id']}, SHA-256 {certificate['sha256']}",
        soft_wrap=True,
        highlight=False,
    )


def _print_json(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
