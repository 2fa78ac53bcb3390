"""Deals, pipelines and days for tests: name only what the test is about."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from services.opportunities.domain.deal import Deal
from services.opportunities.domain.ownership import Owner
from services.opportunities.domain.pipeline import Pipeline, parse
from services.opportunities.domain.product import Product

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
ANNA = UUID(int=1)
TEAM = UUID(int=2)
OWNER = Owner(person_id=ANNA, unit_id=TEAM)


def product(**changes: Any) -> Product:
    """Something that costs a thousand."""
    values: dict[str, Any] = {
        "id": UUID(int=3),
        "code": "P-1",
        "name": "Pump",
        "list_price": Decimal(1000),
        "currency": "CNY",
    }
    return Product(**values | changes)


def condition(name: str, when: str) -> dict[str, object]:
    """A condition that says its own name when it fails."""
    return {"name": name, "when": when, "message": {"zh": name, "en": name}}


def pipeline(version: int = 1, **changes: Any) -> Pipeline:
    """Three open stages with a gate before the second, the third and the win."""
    body: dict[str, Any] = {
        "name": {"zh": "测试"},
        "stages": [
            {"key": "first", "probability": 0.1, "next": ["second", "lost"]},
            {
                "key": "second",
                "probability": 0.4,
                "next": ["third", "lost"],
                "gate": [condition("customer", "has_customer")],
            },
            {
                "key": "third",
                "probability": 0.7,
                "next": ["won", "lost"],
                "gate": [
                    condition("amount", "amount > 0.0"),
                    condition("visit", "visits + meetings >= 1"),
                ],
            },
            {
                "key": "won",
                "kind": "won",
                "probability": 1.0,
                "gate": [condition("product", "has_product")],
            },
            {"key": "lost", "kind": "lost", "probability": 0.0},
        ],
    }
    written = parse(body | changes)
    return Pipeline(key="test", version=version, **written.model_dump())


def deal(**changes: Any) -> Deal:
    """An open deal in the second stage, with a customer, an amount and a next step."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "customer_id": UUID(int=4),
        "amount": Decimal(500),
        "list_value": Decimal(0),
        "currency": "CNY",
        "pipeline": "test",
        "pipeline_version": 1,
        "stage": "second",
        "probability": 0.4,
        "stage_since": date(2026, 3, 1),
        "owner_id": ANNA,
        "unit_id": TEAM,
        "next_step": "Visit them",
        "next_step_on": date(2026, 3, 12),
        "engaged_on": date(2026, 2, 20),
        "opened_at": NOW,
        "sequence": 3,
    }
    return Deal(**values | changes)
