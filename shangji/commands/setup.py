"""The command `setup`: prepares servers that others run, for containers and for Kubernetes."""

import asyncio
from typing import Annotated

import typer

from shangji.setup import prepare

app = typer.Typer()


@app.command()
def setup(
    replicas: Annotated[
        int, typer.Option(min=1, help="Copies of each topic: 3 where there are three brokers.")
    ] = 1,
) -> None:
    """Prepare an external PostgreSQL and Kafka: roles, schemas, topics, keys; may run again.

    Reads SHANGJI_KAFKA_BOOTSTRAP, SHANGJI_<SERVICE>_DATABASE_URL and _MIGRATION_URL; with
    SHANGJI_POSTGRES_ADMIN_URL and SHANGJI_READONLY_URL it also makes the database and its roles, and
    with SHANGJI_TOKEN_PRIVATE_KEY and SHANGJI_TOKEN_PUBLIC_KEYS the keys that sign tokens.
    SHANGJI_SEALING_KEYS names the file of the key that seals what is secret in the database.
    """
    asyncio.run(prepare(typer.echo, replicas=replicas))
