"""Clients that write down every answer, and ask again under the same key until it is certain."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson

from shared.tokens import Signer

ROOT = "00000000-0000-8000-8000-000000000001"
DAY = timedelta(hours=24)
Work = Callable[[httpx.AsyncClient], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Mix:
    """What the clients of a stack are busy with."""

    leads_at_once: int = 4
    """How many of them tell of leads one by one."""
    pause: float = 0.1
    """Seconds that each of them waits before the next one."""
    rows: int = 5
    """How many leads are in each file."""
    deals: float = 0.7
    """The share of the leads taken up that become deals; the others are given up."""


USUAL = Mix()


@dataclass
class Ledger:
    """What the clients of one stack were told; an answer that did not come is asked for again."""

    urls: Mapping[str, str]
    signer: Signer
    operator: UUID
    seed: int = 0
    mix: Mix = USUAL
    leads: set[str] = field(default_factory=set)
    """Ids of the leads that were accepted one by one."""
    rows: int = 0
    """How many leads were in the files that were accepted."""
    deals: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Leads whose disqualification was accepted."""
    unclear: int = 0
    """How often an answer did not come, or was that the service could not tell."""
    vague: Counter[int] = field(default_factory=Counter)
    """Which statuses those answers had that were no certain ones."""
    told: list[dict[str, Any]] = field(default_factory=list)
    """Every command and what became of it, as `shangji verify --ledger` reads it."""
    heed: Callable[[httpx.Response], None] | None = None
    """Whom every answer is shown to, also those that say nothing for certain."""
    manager: str = ""
    sellers: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - which of our own leads are closed is no secret

    def bearer(self, person: UUID | str) -> dict[str, str]:
        """What a request in this person's name carries."""
        return {
            "Authorization": f"Bearer {self.signer.for_person(UUID(str(person)), lifetime=DAY)}"
        }

    async def ask(
        self,
        client: httpx.AsyncClient,
        method: str,
        service: str,
        path: str,
        *,
        by: UUID | str,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """A command, sent under one key until somebody says for certain what became of it."""
        own = {**self.bearer(by), "Idempotency-Key": uuid4().hex, **(headers or {})}
        while True:
            answer = await self._once(client, method, service, path, headers=own, **options)
            if answer is not None:
                break
            self.unclear += 1
            await asyncio.sleep(0.2)
        self.told.append(
            {
                "key": own["Idempotency-Key"],
                "principal": str(by),
                "status": "ok" if answer.is_success else "refused",
                "method": method,
                "path": path,
                "response_id": answer.json().get("id"),
            }
        )
        if self._dice.random() < 0.1:
            again = await self._once(client, method, service, path, headers=own, **options)
            assert again is None or again.content == answer.content, "a key has two answers"
        return answer

    async def _once(
        self, client: httpx.AsyncClient, method: str, service: str, path: str, **options: Any
    ) -> httpx.Response | None:
        """An answer that is certain, or nothing."""
        try:
            answer = await client.request(method, self.urls[service] + path, **options)
        except httpx.HTTPError:
            return None
        if self.heed is not None:
            self.heed(answer)
        if answer.status_code >= 500 or answer.status_code == 429:
            self.vague[answer.status_code] += 1
            return None
        if answer.status_code == 409 and answer.json()["type"].endswith("/still-running"):
            return None
        return answer

    def write(self, path: Path) -> None:
        """Write down what was told, one command a line."""
        path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in self.told))

    async def found(self) -> None:
        """A team that serves the leads' region, its manager, and two sellers; one has no mail."""
        async with open_client() as client:

            async def make(path: str, **fields: Any) -> str:
                answer = await self.ask(
                    client, "POST", "opportunities", path, by=self.operator, json=fields
                )
                assert answer.status_code == 201, answer.text
                return answer.json()["id"]

            team = await make("/units", name="East", kind="team", parent_id=ROOT, regions=["浙江"])
            self.manager = await make(
                "/persons", username="wang", name="Wang", unit_id=ROOT, roles=["manager"]
            )
            for name, mail in (("li.na", "li.na@example.com"), ("zhao.min", "")):
                seller = await make(
                    "/persons", username=name, name=name, email=mail, unit_id=team, roles=["seller"]
                )
                self.sellers.append(seller)

    def begin(self) -> None:
        """Let everybody be busy from now on."""
        self._stop = asyncio.Event()
        self._busy = asyncio.gather(
            *(self._work(self._keep_telling) for _ in range(self.mix.leads_at_once)),
            self._work(self._keep_uploading),
            self._work(self._keep_working),
        )

    async def end(self) -> None:
        """Let everybody stop, once every answer is certain."""
        self._stop.set()
        await asyncio.wait_for(self._busy, 120)

    def raise_early(self) -> None:
        """Raise what has gone wrong for somebody, instead of waiting for the end."""
        if self._busy.done():
            self._busy.result()

    async def _work(self, work: Work) -> None:
        async with open_client() as client:
            while not self._stop.is_set():
                await work(client)

    async def _keep_telling(self, client: httpx.AsyncClient) -> None:
        number = next(self._numbers)
        body = {"phone": phone(number), "company_name": f"Company {number}", "region": "浙江"}
        answer = await self.ask(client, "POST", "leads", "/leads", by=self.operator, json=body)
        assert answer.status_code in (200, 201), answer.text
        self.leads.add(answer.json()["id"])
        if number % 8 == 0:
            body["phone"] = "nobody answers"
            answer = await self.ask(client, "POST", "leads", "/leads", by=self.operator, json=body)
            assert answer.status_code == 422, answer.text
        if self.mix.pause:
            await self._pause(self.mix.pause)

    async def _keep_uploading(self, client: httpx.AsyncClient) -> None:
        await self.upload(client, self.mix.rows)
        await self._pause(1.0)

    async def upload(self, client: httpx.AsyncClient, rows: int) -> None:
        """A file of so many leads."""
        numbers = [next(self._numbers) for _ in range(rows)]
        lines = [f"{n},{phone(n)},Company {n},浙江" for n in numbers]
        answer = await self.ask(
            client,
            "POST",
            "leads",
            "/imports/leads",
            by=self.operator,
            headers={"Content-Type": "application/octet-stream"},
            content="\n".join(["external_id,phone,company_name,region", *lines, ""]).encode(),
        )
        assert answer.status_code == 202, answer.text
        self.rows += rows

    async def _keep_working(self, client: httpx.AsyncClient) -> None:
        """The manager turns leads into deals and gives others up."""
        waiting = sorted(self.leads - self.lost - self.deals)
        if waiting:
            lead = self._dice.choice(waiting)
            body: dict[str, Any]
            if self._dice.random() < self.mix.deals:
                body = {"deal": {"amount": "1280.00", "currency": "CNY"}}
                path, kept = f"/leads/{lead}/convert", self.deals
            else:
                body, path, kept = (
                    {"reason": "no_need"},
                    f"/leads/{lead}/disqualification",
                    self.lost,
                )
            answer = await self.ask(client, "POST", "leads", path, by=self.manager, json=body)
            if answer.status_code == 201:
                kept.add(lead)
        await self._pause(0.3)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


def phone(number: int) -> str:
    """A number of a mobile phone, one for each lead."""
    return f"+86138{number:08d}"


@asynccontextmanager
async def open_client() -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks the address it is given and no proxy."""
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        yield client
