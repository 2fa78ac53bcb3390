"""The command `token`: lets somebody in without a password, on the machine that holds the key."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from shangji.client import LIFETIME, find_person
from shangji.stack import Stack
from shared.tokens import Signer

app = typer.Typer()


@app.command()
def token(
    user: Annotated[str, typer.Argument(help="The name somebody signs in with.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print a token that signs USER in for eight hours."""
    stack = Stack.read()
    person_id = asyncio.run(find_person(stack, user))
    made = Signer.load(stack.token_private_key).for_person(person_id, lifetime=LIFETIME)
    if as_json:
        answer = {
            "token": made,
            "user": user,
            "person_id": str(person_id),
            "expires_in": int(LIFETIME.total_seconds()),
            "services": stack.service_urls,
        }
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    else:
        sys.stdout.write(made + "\n")
