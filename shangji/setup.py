"""Makes a PostgreSQL and a Kafka that others run ready for the services; may run at every deployment.

The services' own variables say what is wanted: a role gets the password that stands in its address.
Without an administrator's address, roles and schemas are taken to be there already.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
from aiokafka.errors import KafkaError

from shangji import secrets
from shangji.errors import StartRefused
from shangji.infra import bootstrap, external, kafka, postgres
from shangji.infra.external import PUBLIC_KEYS, READONLY_URL, SEALING_KEYS, SIGNING_KEY
from shangji.infra.servers import PostgresServer
from shangji.names import READONLY, SERVICES, owner_of
from shared import migrate, topics
from shared.settings import ServiceSettings

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Roles:
    """What the addresses ask for: one database, and a password for each of its roles."""

    database: str
    passwords: dict[str, str]


async def prepare(say: Say, *, replicas: int = 1) -> None:
    """Do what is missing: signing keys, roles, schemas, topics; refuse in one sentence."""
    _keys(os.environ, say)
    _sealing_keys(os.environ, say)
    external.database_environment()
    broker = external.kafka()
    try:
        if administrator := external.administrator():
            await _roles(administrator, roles_in(os.environ), say)
        await migrate.main([f"services.{service}" for service in SERVICES])
        say("All schemas are up to date.")
        await kafka.wait_ready(broker)
        made = await topics.ensure(
            ServiceSettings(service="setup", database_url=""), replicas=replicas
        )
        say(f"All topics are there; {made} of them are new.")
    except (
        *(migrate.MigrationChanged, topics.TopicDrifted),
        *(asyncpg.PostgresError, KafkaError, OSError),
    ) as problem:
        raise StartRefused(f"The servers could not be prepared: {problem}") from problem


def _keys(environment: Mapping[str, str], say: Say) -> None:
    private, public = environment.get(SIGNING_KEY), environment.get(PUBLIC_KEYS)
    if not private or not public:
        say(f"No keys are made, as {SIGNING_KEY} and {PUBLIC_KEYS} are not both set.")
        return
    try:
        secrets.ensure_keys(Path(private), Path(public))
    except OSError as problem:
        raise StartRefused(f"The signing keys cannot be written: {problem}") from problem
    say(f"The keys that sign and check tokens are {private} and {public}.")


def _sealing_keys(environment: Mapping[str, str], say: Say) -> None:
    path = environment.get(SEALING_KEYS)
    if not path:
        say(
            f"No sealing key is made, as {SEALING_KEYS} is not set: leads cannot keep persons, and will not start."
        )
        return
    try:
        secrets.ensure_sealing_keys(Path(path))
    except OSError as problem:
        raise StartRefused(f"The sealing key cannot be written: {problem}") from problem
    say(
        f"Persons and secrets are sealed with the key in {path}; whoever backs up the database needs it too."
    )


async def _roles(administrator: PostgresServer, wanted: Roles, say: Say) -> None:
    await postgres.wait_ready(administrator)
    await bootstrap.prepare_database(administrator, wanted.passwords, wanted.database)
    say(f"The database {wanted.database} has its {len(wanted.passwords)} roles.")


def roles_in(environment: Mapping[str, str]) -> Roles:
    """Read the wanted roles out of the addresses; they must be the roles we know how to prepare."""
    addresses = {READONLY_URL: READONLY}
    for service in SERVICES:
        addresses[f"SHANGJI_{service.upper()}_DATABASE_URL"] = service
        addresses[f"SHANGJI_{service.upper()}_MIGRATION_URL"] = owner_of(service)
    passwords: dict[str, str] = {}
    databases: set[str] = set()
    for name, role in addresses.items():
        parts = urlsplit(environment.get(name, ""))
        if unquote(parts.username or "") != role or not parts.password:
            raise StartRefused(
                f"{name} must sign in as {role!r}, with a password: that role is prepared here."
            )
        passwords[role] = unquote(parts.password)
        databases.add(parts.path.removeprefix("/"))
    if len(databases) != 1:
        raise StartRefused(f"The addresses name several databases: {', '.join(sorted(databases))}.")
    return Roles(database=databases.pop(), passwords=passwords)
