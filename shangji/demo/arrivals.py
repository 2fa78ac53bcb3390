"""New leads as they come in while one looks, and what sellers do about some of them."""

from random import Random
from typing import Any
from uuid import uuid4

from shangji.client import Client
from shangji.demo.company import Company, found
from shangji.demo.history import person, phone
from shangji.demo.vocabulary import (
    CAMPAIGNS,
    ORIGINS,
    PRODUCT_WEIGHTS,
    PRODUCTS,
    SOURCE_WEIGHTS,
    SOURCES,
    SYSTEM,
)
from shared.ids import external_id

FIRST_DAY = 40
"""Leads that wait for their owners when the demo begins."""
NOTES = (
    "电话沟通，约了现场考察",
    "已发选型手册",
    "客户要求下周报价",
    "确认了预算范围",
    "现场看了旧泵房",
)


async def first_day(client: Client, *, seed: int) -> None:
    """Leads of today, so that there is something to do from the first minute on."""
    desk = Arrivals(client, seed=seed)
    for _ in range(FIRST_DAY):
        await desk.new_lead()
    await client.wait_for_quiet()


class Arrivals:
    """Sends what people outside and inside might do next."""

    def __init__(self, client: Client, *, seed: int | None = None) -> None:
        self._client = client
        self._company: Company = found(seed or 0)
        self._chance = Random(seed)  # noqa: S311 - a demo, not a secret
        self._recent: list[str] = []

    async def new_lead(self) -> str:
        """Somebody shows interest; answers the lead's id."""
        lead = await self._client.send("POST", "leads", "/leads", self._telling())
        self._recent = [*self._recent[-30:], lead["id"]]
        return lead["id"]

    async def work_on_one(self) -> None:
        """The owner of a recent lead talks to it, and now and then makes a deal of it."""
        if not self._recent:
            return
        lead_id = self._chance.choice(self._recent)
        lead = await self._client.get("leads", f"/leads/{lead_id}")
        if lead["owner_id"] is None or lead["state"] in ("converted", "disqualified"):
            return
        owner = self._client.named(lead["owner_id"])
        await owner.send("POST", "opportunities", "/activities", self._activity(lead_id))
        if self._chance.random() < 0.25:
            await owner.send("POST", "leads", f"/leads/{lead_id}/convert", {"deal": self._deal()})

    def _telling(self) -> dict[str, Any]:
        chance = self._chance
        customer = chance.choice(self._company.customers)
        article = chance.choices(PRODUCTS, PRODUCT_WEIGHTS)[0]
        return {
            "channel": "website",
            "external": {"system": "demo-website", "id": uuid4().hex},
            "name": person(chance),
            "phone": phone(chance),
            "company_name": customer.name,
            "region": customer.province,
            "industry": customer.industry,
            "product_id": str(external_id("product", SYSTEM, article.code)),
            "source": chance.choices(SOURCES, SOURCE_WEIGHTS)[0],
            "origin": chance.choice(ORIGINS),
            "campaign": chance.choice(CAMPAIGNS),
            "attributes": {"total_visits": float(chance.randrange(12))},
        }

    def _activity(self, lead_id: str) -> dict[str, Any]:
        return {
            "subject_kind": "lead",
            "subject_id": lead_id,
            "kind": self._chance.choice(("call", "visit", "chat")),
            "text": self._chance.choice(NOTES),
        }

    def _deal(self) -> dict[str, Any]:
        article = self._chance.choices(PRODUCTS, PRODUCT_WEIGHTS)[0]
        return {
            "amount": str(article.price),
            "product_id": str(external_id("product", SYSTEM, article.code)),
        }
