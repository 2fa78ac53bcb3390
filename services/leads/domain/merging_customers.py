"""Two customers become one, field by field, and two again: as for leads, without a score."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from pydantic import JsonValue

from services.leads.domain import company, customer
from services.leads.domain.customer import Customer, Events
from services.leads.domain.merging import chosen, returned
from services.leads.domain.refusals import MergedIntoAnother, OwnerWouldBeLost, SameRecord
from shared.aggregate import advance
from shared.contracts.leads import CustomerFacts, CustomerMerged, CustomerUnmerged

CustomerField = Literal[
    "name", "industry", "region", "level", "parent_name", "credit_code", "attributes"
]
_OF_FACTS = ("name", "industry", "region", "level", "parent_name", "credit_code")


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Both customers after a merge, what they say, and what was taken over, before and since."""

    survivor: Customer
    said: Events
    gone: Customer
    gone_said: Events
    taken: Mapping[str, tuple[JsonValue, JsonValue]]


def merge(
    survivor: Customer,
    gone: Customer,
    *,
    take: Collection[str] = (),
    by: UUID | None,
    now: datetime,
) -> Merged:
    """`survivor` goes on for both; it takes what it lacks, and of what both have what is chosen."""
    refuse_unless_mergeable(survivor, gone)
    mine = values(survivor)
    since = chosen(mine, values(gone), take=take)
    survivor, said = _say(survivor, since, now=now)
    merged = CustomerMerged(customer_id=gone.id, into_id=survivor.id, merged_by=by, merged_at=now)
    gone, gone_said = advance(gone, merged, merged_into=survivor.id)
    return Merged(
        survivor=survivor,
        said=said,
        gone=gone,
        gone_said=gone_said,
        taken={name: (mine[name], value) for name, value in since.items() if value != mine[name]},
    )


def unmerge(
    survivor: Customer,
    gone: Customer,
    *,
    taken: Mapping[str, tuple[JsonValue, JsonValue]],
    by: UUID | None,
    now: datetime,
) -> Merged:
    """Both go their own ways. What the survivor took over and still says, it gives back."""
    before = values(survivor)
    survivor, said = _say(survivor, before | returned(before, taken), now=now)
    apart = CustomerUnmerged(
        customer_id=gone.id, from_id=survivor.id, unmerged_by=by, unmerged_at=now
    )
    gone, gone_said = advance(gone, apart, merged_into=None)
    return Merged(survivor=survivor, said=said, gone=gone, gone_said=gone_said, taken={})


def refuse_unless_mergeable(survivor: Customer, gone: Customer) -> None:
    """Say why these two cannot become one, or not this way round."""
    if survivor.id == gone.id:
        raise SameRecord
    for one in (survivor, gone):
        if one.merged_into is not None:
            raise MergedIntoAnother(subject_id=one.id, into_id=one.merged_into)
    if survivor.owner_id is None and gone.owner_id is not None:
        raise OwnerWouldBeLost(subject_id=gone.id)


def values(held: Customer) -> dict[str, JsonValue]:
    """What can be chosen, field by field, as JSON."""
    told: dict[str, JsonValue] = {
        **held.facts.model_dump(include=set(_OF_FACTS)),
        "attributes": dict(held.attributes),
    }
    return {name: told[name] for name in get_args(CustomerField)}


def _say(
    held: Customer, says: Mapping[str, JsonValue], *, now: datetime
) -> tuple[Customer, Events]:
    facts = held.facts.model_copy(update={name: says[name] for name in _OF_FACTS})
    attributes = says["attributes"]
    return customer.revise(
        held,
        CustomerFacts.model_validate(facts.model_dump()),
        company_key=company.parse(facts.name).key or held.company_key,
        attributes=attributes if isinstance(attributes, dict) else {},  # pyright: ignore[reportArgumentType] - signals, as `values` made them
        now=now,
    )
