"""A service that takes in things."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest_asyncio

from shangji.infra.bootstrap import DatabaseAccess
from shared import access, imports
from shared.app import Resources, Service
from shared.consumer import Consumer
from shared.contracts.opportunities import PersonDefined, Role
from shared.db import Database
from shared.principals import ROOT_UNIT
from shared.settings import ServiceSettings
from shared.tokens import Signer, generate
from shared.web import create_api
from tests.shared.imports.things import THINGS, Workshop


@pytest_asyncio.fixture
async def workshop(leads: Database, database: DatabaseAccess) -> Workshop:
    """Sends files without a door in front."""
    owner = await asyncpg.connect(database.owner_url("leads"))
    await owner.execute(
        """
        CREATE TABLE leads.thing (
            id text PRIMARY KEY, name text NOT NULL CHECK (length(name) < 100),
            price float8 NOT NULL, times int DEFAULT 1
        )
        """
    )
    await owner.close()
    return Workshop(leads)


@dataclass
class Desk:
    """The door for files, and people in front of it."""

    api: httpx.AsyncClient
    signer: Signer
    workshop: Workshop

    async def hire(self, *roles: Role, unit_id: UUID = ROOT_UNIT) -> UUID:
        person_id = uuid4()
        person = PersonDefined(
            person_id=person_id,
            username=f"user-{person_id}",
            name="Anna",
            unit_id=unit_id,
            roles=roles,
        )
        async with self.workshop.database.tx() as tx:
            await access.define(tx, [person])
        return person_id

    def headers(self, person_id: UUID, **more: str) -> dict[str, str]:
        token = self.signer.for_person(person_id, lifetime=timedelta(hours=1))
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex, **more}

    async def send(
        self,
        person_id: UUID,
        content: bytes,
        *,
        kind: str = "things",
        headers: Any = None,
        **params: Any,
    ) -> httpx.Response:
        return await self.api.post(
            f"/imports/{kind}",
            content=content,
            params=params,
            headers={**self.headers(person_id), **(headers or {})},
        )

    async def get(self, person_id: UUID, path: str) -> httpx.Response:
        return await self.api.get(path, headers=self.headers(person_id))


@pytest_asyncio.fixture
async def desk(workshop: Workshop, database: DatabaseAccess, tmp_path: Path) -> AsyncIterator[Desk]:
    """The door for files."""
    generate(tmp_path / "private.json", tmp_path / "public.json")
    settings = ServiceSettings(
        service="leads",
        database_url=database.app_url("leads"),
        token_public_keys=tmp_path / "public.json",
    )
    service = Service(
        name="leads",
        summary="Things",
        routers=(imports.router((THINGS,)),),
        consumer=Consumer(),
        timers=(),
        migrations=tmp_path,
    )
    app = create_api(Resources(service=service, settings=settings, database=workshop.database))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://things") as api,
    ):
        yield Desk(api, Signer.load(tmp_path / "private.json"), workshop)
