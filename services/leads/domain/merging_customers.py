"""What merging is for customers: facts and attributes, and the place in a group."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain import company, customer, group
from services.leads.domain.customer import Customer, Events
from services.leads.domain.merging import Values
from services.leads.domain.refusals import StandsAbove
from shared.aggregate import advance
from shared.contracts.leads import CustomerFacts, CustomerMerged, CustomerUnmerged

CustomerField = Literal[
    "name", "industry", "region", "level", "parent_name", "credit_code", "is_dealer", "attributes"
]
_OF_FACTS = ("name", "industry", "region", "level", "parent_name", "credit_code", "is_dealer")


@dataclass(frozen=True, kw_only=True)
class Customers:
    """Customers, with the lines over both in their groups."""

    above: group.Line = field(default_factory=dict)

    def refuse(self, survivor: Customer, gone: Customer) -> None:
        """Neither is gone already, and nobody comes to stand above itself."""
        for one in (survivor, gone):
            one.refuse_gone()
        if gone.id in group.line(survivor.id, above=self.above):
            raise StandsAbove(customer_id=gone.id, parent_id=survivor.id)

    def values(self, record: Customer) -> dict[str, JsonValue]:
        """What can be chosen, field by field, as JSON."""
        told: dict[str, JsonValue] = {
            **record.facts.model_dump(include=set(_OF_FACTS)),
            "attributes": dict(record.attributes),
        }
        return {name: told[name] for name in get_args(CustomerField)}

    def say(
        self,
        record: Customer,
        says: Values,
        *,
        beside: Customer,  # noqa: ARG002 - nothing but what is chosen
        now: datetime,
    ) -> tuple[Customer, Events]:
        """The customer says this from now on."""
        facts = record.facts.model_copy(update={name: says[name] for name in _OF_FACTS})
        attributes = says["attributes"]
        return customer.revise(
            record,
            CustomerFacts.model_validate(facts.model_dump()),
            company_key=company.parse(facts.name).key or record.company_key,
            attributes=attributes if isinstance(attributes, dict) else {},  # pyright: ignore[reportArgumentType] - signals, as `values` made them
            now=now,
        )

    def leave(
        self, gone: Customer, *, into: Customer, by: UUID | None, now: datetime
    ) -> tuple[Customer, Events]:
        """Another customer goes on for this one, also for those who stand below it."""
        merged = CustomerMerged(customer_id=gone.id, into_id=into.id, merged_by=by, merged_at=now)
        gone, events = advance(gone, merged, merged_into=into.id)
        return gone, events

    def come_back(
        self,
        gone: Customer,
        *,
        state: str,  # noqa: ARG002 - customers have none
        survivor: Customer,
        by: UUID | None,
        now: datetime,
    ) -> tuple[Customer, Events]:
        """The customer stands where it stood, unless that has come to stand below it meanwhile."""
        apart = CustomerUnmerged(
            customer_id=gone.id, from_id=survivor.id, unmerged_by=by, unmerged_at=now
        )
        back, events = advance(gone, apart, merged_into=None)
        parent_id = back.parent_id
        if parent_id is None or back.id not in group.line(parent_id, above=self.above):
            return back, events
        back, moved = group.move(back, None, above={}, by=by, now=now)
        return back, (*events, *moved)
