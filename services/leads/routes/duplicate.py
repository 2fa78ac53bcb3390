"""Pairs that may be one party, what people decide, and merges."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from services.leads.domain.duplicates import PairState, SubjectKind
from services.leads.domain.merging import Record
from services.leads.handlers import duplicates, merging
from services.leads.handlers.mergeable import CONTACTS, CUSTOMERS, LEADS, Mergeable
from services.leads.queries import duplicate as queries
from services.leads.queries.merge import shown
from services.leads.schemas.duplicate import (
    ContactMergeIn,
    CustomerMergeIn,
    DecisionIn,
    DuplicateCounts,
    DuplicateOut,
    LeadMergeIn,
    MergeIn,
    MergeOut,
    UnmergeIn,
)
from shared.web import EVERYBODY, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/duplicates", tags=["duplicates"])
leads = door.router(prefix="/leads", tags=["duplicates"], private=True)
customers = door.router(prefix="/customers", tags=["duplicates"])
contacts = door.router(prefix="/contacts", tags=["duplicates"], private=True)
R = TypeVar("R", bound=Record)
WORKERS = allow("seller", "team_lead", "manager", "operator")


@router.get("", dependencies=[allow(*EVERYBODY)])
async def list_duplicates(
    tx: Tx,
    page: PageParams,
    state: Annotated[PairState, Query()] = "open",
    kind: Annotated[SubjectKind | None, Query()] = None,
) -> Page[DuplicateOut]:
    """Pairs of records that may be one party, both of which you may see, the likeliest first."""
    return await queries.duplicate_page(tx, state=state, kind=kind, page=page)


@router.get("/counts", dependencies=[allow(*EVERYBODY)])
async def count_duplicates(tx: Tx) -> DuplicateCounts:
    """How many pairs wait, and how many were decided."""
    return await queries.counts(tx)


@router.post("/{pair_id}/decision", status_code=204, dependencies=[WORKERS])
async def decide_duplicate(pair_id: UUID, decision: DecisionIn, tx: Tx, now: Now) -> None:
    """Say that a pair is one party, that it is not, or that this is for later."""
    await duplicates.decide(
        tx,
        pair_id=pair_id,
        decision=decision.decision,
        survivor_id=decision.survivor_id,
        take=decision.take,
        why=decision.why,
        now=now,
    )


@leads.post("/{lead_id}/merge", dependencies=[WORKERS])
async def merge_lead(lead_id: UUID, wanted: LeadMergeIn, tx: Tx, now: Now) -> MergeOut:
    """Let this lead go on for another one as well; with `preview`, only show what would come of it."""
    return await _merge(tx, LEADS, lead_id, wanted, take=wanted.take, now=now)


@leads.post("/{lead_id}/unmerge", status_code=204, dependencies=[WORKERS])
async def unmerge_lead(lead_id: UUID, wanted: UnmergeIn, tx: Tx, now: Now) -> None:
    """Make a merged lead one of its own again; the other one gives back what it took."""
    await merging.unmerge(tx, LEADS, merged_id=lead_id, why=wanted.why, now=now)


@customers.post("/{customer_id}/merge", dependencies=[WORKERS])
async def merge_customer(customer_id: UUID, wanted: CustomerMergeIn, tx: Tx, now: Now) -> MergeOut:
    """Let this customer go on for another one as well."""
    return await _merge(tx, CUSTOMERS, customer_id, wanted, take=wanted.take, now=now)


@customers.post("/{customer_id}/unmerge", status_code=204, dependencies=[WORKERS])
async def unmerge_customer(customer_id: UUID, wanted: UnmergeIn, tx: Tx, now: Now) -> None:
    """Make a merged customer one of its own again, with its contacts and deals."""
    await merging.unmerge(tx, CUSTOMERS, merged_id=customer_id, why=wanted.why, now=now)


@contacts.post("/{contact_id}/merge", dependencies=[WORKERS])
async def merge_contact(contact_id: UUID, wanted: ContactMergeIn, tx: Tx, now: Now) -> MergeOut:
    """Let this contact go on for another one as well, and speak for all their organisations."""
    return await _merge(tx, CONTACTS, contact_id, wanted, take=wanted.take, now=now)


@contacts.post("/{contact_id}/unmerge", status_code=204, dependencies=[WORKERS])
async def unmerge_contact(contact_id: UUID, wanted: UnmergeIn, tx: Tx, now: Now) -> None:
    """Make a merged contact one of its own again."""
    await merging.unmerge(tx, CONTACTS, merged_id=contact_id, why=wanted.why, now=now)


async def _merge(
    tx: Tx,
    of: Mergeable[R],
    survivor_id: UUID,
    wanted: MergeIn,
    *,
    take: Collection[str],
    now: datetime,
) -> MergeOut:
    compared = await merging.preview(
        tx, of, survivor_id=survivor_id, other_id=wanted.other_id, take=take
    )
    if not wanted.preview:
        await merging.merge(
            tx,
            of,
            survivor_id=survivor_id,
            other_id=wanted.other_id,
            take=take,
            why=wanted.why,
            now=now,
        )
    return shown(compared, preview=wanted.preview)
