"""A service small enough to read at once, behind the real door, on a real database."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg
import fastapi
import httpx
from fastapi import APIRouter, FastAPI, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field, JsonValue

from shangji.infra.bootstrap import DatabaseAccess
from shared import access, db, failpoints
from shared.app import Resources, Service
from shared.consumer import Consumer
from shared.contracts.opportunities import PersonDefined, Role, UnitDefined
from shared.db import Database
from shared.ids import new_id
from shared.principals import ROOT_UNIT, Principal
from shared.refusals import Conflict, NotFound, Refused, expect
from shared.settings import ServiceSettings
from shared.tokens import Signer, generate
from shared.web import (
    EVERYBODY,
    Actor,
    IfMatch,
    LastEventId,
    Moment,
    Now,
    Page,
    PageParams,
    RawBody,
    Request,
    Tx,
    UploadedFile,
    allow,
    create_api,
    door,
    etag,
    public,
    sse,
)

SCHEMA = """
CREATE TABLE toy_note (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL,
    owner_id uuid,
    text text NOT NULL CONSTRAINT note_text_short CHECK (length(text) <= 100),
    size bigint NOT NULL DEFAULT 0,
    sequence int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT note_text_once UNIQUE (text) DEFERRABLE INITIALLY IMMEDIATE
);
ALTER TABLE toy_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON toy_note USING (shangji_sees(unit_id, owner_id));
CREATE TABLE toy_submission (id uuid PRIMARY KEY, raw bytea NOT NULL);
"""


class NoteTaken(Conflict):
    """There is a note that says this already."""


class NoteTooLong(Conflict):
    """A note has 100 characters at most."""


class NoteForbidden(Conflict):
    """Nobody may write {text}."""


class Part(Request):
    """A part of a note."""

    name: str
    on: date


class NoteIn(Request):
    """A note as it is sent."""

    text: str = Field(min_length=1)
    size: int = 0
    weight: float = 0
    amount: Decimal | None = None
    urgent: bool = False
    kind: Literal["plain", "rich"] = "plain"
    reference: UUID | None = None
    due_at: Moment | None = None
    parts: tuple[Part, ...] = ()
    extra: dict[str, JsonValue] = Field(default_factory=dict)


class NoteOut(BaseModel):
    """A note as it is shown."""

    id: UUID
    text: str
    sequence: int
    created_at: datetime


class Pause:
    """Lets a test hold a handler in the middle of its work."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()


notes = door.router(prefix="/notes", tags=["notes"])
pauses: dict[str, Pause] = {}
runs: list[str] = []


@notes.post("", status_code=201, dependencies=[allow("seller", "team_lead")])
async def write_note(body: NoteIn, tx: Tx, actor: Actor, now: Now, response: Response) -> NoteOut:
    """Write a note."""
    runs.append(body.text)
    if pause := pauses.get(body.text):
        pause.reached.set()
        await pause.go_on.wait()
    note = NoteOut(id=new_id(), text=body.text, sequence=1, created_at=now)
    await tx.execute(
        """
        INSERT INTO toy_note (id, unit_id, owner_id, text, size, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        note.id,
        actor.unit_id,
        actor.id,
        body.text,
        body.size,
        now,
    )
    if body.text == "forbidden":
        raise NoteForbidden(text=body.text)
    if body.text == "broken":
        raise RuntimeError("secret internals")
    if body.text == "deferred":
        await tx.execute("SET CONSTRAINTS note_text_once DEFERRED")
        await tx.execute(
            "INSERT INTO toy_note SELECT $1, unit_id, owner_id, text, 0, 1, $2 FROM toy_note WHERE id = $3",
            new_id(),
            now,
            note.id,
        )
    etag(response, note.sequence)
    response.headers["Location"] = f"/notes/{note.id}"
    return note


@notes.get("", dependencies=[allow(*EVERYBODY)])
async def list_notes(
    tx: Tx, actor: Actor, page: PageParams, text: str | None = None
) -> Page[NoteOut]:
    """List notes, newest first."""
    rows = await tx.fetch(
        """
        SELECT id, text, sequence, created_at
          FROM toy_note
         WHERE (unit_id = ANY($1::uuid[]) OR owner_id = $2)
           AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
           AND ($5::text IS NULL OR text = $5)
         ORDER BY created_at DESC, id DESC
         LIMIT $6
        """,
        actor.scope.units,
        actor.scope.person_id,
        page.value(0),
        page.value(1),
        text,
        page.fetch,
    )
    found = [NoteOut(**row) for row in rows]
    return page.page(found, sort=lambda note: (note.created_at, note.id))


@notes.get("/{note_id}", dependencies=[allow(*EVERYBODY)])
async def show_note(note_id: UUID, tx: Tx, response: Response) -> NoteOut:
    """Show one note."""
    # On purpose without a scope of its own: the wall behind it has to hold.
    row = await tx.fetchrow(
        "SELECT id, text, sequence, created_at FROM toy_note WHERE id = $1", note_id
    )
    if row is None:
        raise NotFound
    etag(response, row["sequence"])
    return NoteOut(**row)


@notes.put("/{note_id}/text", status_code=204, dependencies=[allow("seller")])
async def rewrite_note(note_id: UUID, body: NoteIn, tx: Tx, if_match: IfMatch) -> None:
    """Write another text."""
    sequence = await tx.fetchval("SELECT sequence FROM toy_note WHERE id = $1 FOR UPDATE", note_id)
    if sequence is None:
        raise NotFound
    expect(sequence, expected=if_match)
    await tx.execute(
        "UPDATE toy_note SET text = $2, sequence = sequence + 1 WHERE id = $1", note_id, body.text
    )


@notes.get("/{note_id}/named/{name}", dependencies=[allow("operator")])
async def show_by_name(note_id: UUID, name: str) -> dict[str, str]:
    """Echo a name."""
    return {"name": name}


async def keep_submission(
    tx: db.Tx, request: fastapi.Request, body: bytes, actor: Principal | None, refused: Refused
) -> UUID:
    """Keep what was refused, whatever it is."""
    submission_id = new_id()
    await tx.execute("INSERT INTO toy_submission (id, raw) VALUES ($1, $2)", submission_id, body)
    return submission_id


def key_of_content(request: fastapi.Request, body: bytes) -> str:
    """The same bytes are the same submission."""
    return hashlib.sha256(body).hexdigest()


channel = door.router(prefix="/submissions", keep=keep_submission, key=key_of_content)


@channel.post("", status_code=201, dependencies=[allow("integrator", "seller")])
async def submit(body: Part, raw: RawBody, tx: Tx) -> dict[str, UUID]:
    """Take what a channel sends."""
    submission_id = new_id()
    await tx.execute("INSERT INTO toy_submission (id, raw) VALUES ($1, $2)", submission_id, raw)
    if body.name == "forbidden":
        raise NoteForbidden(text=body.name)
    return {"submission_id": submission_id}


open_to_all = door.router(prefix="/sign-ins", remember=False)


@open_to_all.post("", dependencies=[public()])
async def sign_in(body: Part) -> dict[str, str]:
    """Answer a secret."""
    return {"secret": body.name}


files = door.router(prefix="/files", upload=True, max_body=3_000_000)


@files.post("", status_code=202, dependencies=[allow("seller")])
async def take_file(upload: UploadedFile) -> dict[str, int]:
    """Count the lines of a file."""
    return {"size": upload.size, "lines": sum(1 for _ in upload.file)}


streams = door.router(prefix="/stream")


@streams.get("", dependencies=[allow("seller")])
async def watch_notes(request: fastapi.Request, after: LastEventId) -> EventSourceResponse:
    """Stream notes as they are written."""
    return sse.follow(request, _notes_after, after=after, every=0.02)


async def _notes_after(
    tx: db.Tx, principal: Principal, after: str | None
) -> Sequence[ServerSentEvent]:
    rows = await tx.fetch(
        "SELECT id, text FROM toy_note WHERE $1::uuid IS NULL OR id > $1 ORDER BY id",
        UUID(after) if after else None,
    )
    return [ServerSentEvent(id=str(row["id"]), data={"text": row["text"]}) for row in rows]


ROUTERS = (notes, channel, open_to_all, files, streams)
CONSTRAINTS = {"note_text_once": NoteTaken, "note_text_short": NoteTooLong}


@dataclass
class Toy:
    """The service, somebody to call it, and a look behind it."""

    app: FastAPI
    api: httpx.AsyncClient
    database: Database
    resources: Resources
    signer: Signer
    access: DatabaseAccess

    async def hire(self, *roles: Role, unit_id: UUID = ROOT_UNIT) -> "Caller":
        """A person with these roles."""
        person_id = uuid4()
        await self.define(
            PersonDefined(
                person_id=person_id,
                username=f"user-{person_id}",
                name="Anna",
                unit_id=unit_id,
                roles=roles,
            )
        )
        token = self.signer.for_person(person_id, lifetime=timedelta(hours=1))
        return Caller(id=person_id, unit_id=unit_id, token=token, toy=self)

    async def define(self, *events: PersonDefined | UnitDefined) -> None:
        """Tell the directory."""
        async with self.database.tx() as tx:
            await access.define(tx, events)

    async def ask(self, app: FastAPI, path: str) -> httpx.Response:
        """Read from another application over the same database."""
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://other") as api:
            return await api.get(path)

    async def owner(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection of the schema's owner."""
        return await asyncpg.connect(
            self.access.owner_url("leads"), server_settings={"search_path": "leads"}
        )

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Look into the database as the service itself."""
        async with self.database.tx() as tx:
            return await tx.fetch(sql, *args)


@dataclass
class Caller:
    """Somebody with a token."""

    id: UUID
    unit_id: UUID
    token: str
    toy: Toy

    def headers(self, key: str | None = "", **more: str) -> dict[str, str]:
        """A token, and a key that is new each time unless one is given; `None` for none."""
        named = {} if key is None else {"Idempotency-Key": key or uuid4().hex}
        return {"Authorization": f"Bearer {self.token}", **named, **more}

    async def get(self, path: str, **more: str) -> httpx.Response:
        """Read."""
        return await self.toy.api.get(path, headers=self.headers(None, **more))

    async def post(self, path: str, body: Any = None, key: str | None = "") -> httpx.Response:
        """Send JSON."""
        return await self.toy.api.post(path, json=body, headers=self.headers(key))

    async def send(
        self, path: str, content: bytes, key: str | None = "", method: str = "POST", **more: str
    ) -> httpx.Response:
        """Send any bytes, as JSON unless said otherwise."""
        headers = {"Content-Type": "application/json", **self.headers(key, **more)}
        return await self.toy.api.request(method, path, content=content, headers=headers)

    async def note(self, text: str, key: str | None = "", **fields: Any) -> httpx.Response:
        """Write a note."""
        return await self.post("/notes", {"text": text, **fields}, key)


@asynccontextmanager
async def open_toy(
    database: DatabaseAccess, home: Path, routers: Sequence[APIRouter] = ()
) -> AsyncIterator[Toy]:
    """The toy service in the schema of `leads`; `routers` join its own."""
    owner = await asyncpg.connect(
        database.owner_url("leads"), server_settings={"search_path": "leads"}
    )
    await owner.execute(SCHEMA)
    await owner.close()
    generate(home / "private.json", home / "public.json")
    settings = ServiceSettings(
        service="leads",
        database_url=database.app_url("leads"),
        token_public_keys=home / "public.json",
    )
    service = Service(
        name="leads",
        summary="A toy",
        routers=ROUTERS,
        consumer=Consumer(),
        timers=(),
        migrations=home,
        constraints=CONSTRAINTS,
    )
    pool = await Database.open(settings.database_url, schema="leads", max_size=20)
    resources = Resources(service=service, settings=settings, database=pool)
    app = create_api(resources, routers=routers)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://toy") as api,
        ):
            yield Toy(app, api, pool, resources, Signer.load(home / "private.json"), database)
    finally:
        pauses.clear()
        runs.clear()
        failpoints.plan("")
        await pool.close()
