"""Pairs that may be one party, what people decide, and merges."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.leads.domain.duplicates import PairState, SubjectKind
from services.leads.handlers import duplicates, merging
from services.leads.queries import duplicate as queries
from services.leads.queries.merge import shown
from services.leads.schemas.duplicate import (
    CustomerMergeIn,
    DecisionIn,
    DuplicateCounts,
    DuplicateOut,
    LeadMergeIn,
    MergeOut,
    UnmergeIn,
)
from shared.web import EVERYBODY, Now, Page, PageParams, Tx, allow, door

router = door.router(prefix="/duplicates", tags=["duplicates"])
leads = door.router(prefix="/leads", tags=["duplicates"], private=True)
customers = door.router(prefix="/customers", tags=["duplicates"])
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
    compared = await merging.preview_leads(
        tx, survivor_id=lead_id, other_id=wanted.other_id, take=wanted.take
    )
    if not wanted.preview:
        await merging.merge_leads(
            tx,
            survivor_id=lead_id,
            other_id=wanted.other_id,
            take=wanted.take,
            why=wanted.why,
            now=now,
        )
    return shown(compared, preview=wanted.preview)


@leads.post("/{lead_id}/unmerge", status_code=204, dependencies=[WORKERS])
async def unmerge_lead(lead_id: UUID, wanted: UnmergeIn, tx: Tx, now: Now) -> None:
    """Make a merged lead one of its own again; the other one gives back what it took."""
    await merging.unmerge_lead(tx, lead_id=lead_id, why=wanted.why, now=now)


@customers.post("/{customer_id}/merge", dependencies=[WORKERS])
async def merge_customer(customer_id: UUID, wanted: CustomerMergeIn, tx: Tx, now: Now) -> MergeOut:
    """Let this customer go on for another one as well."""
    compared = await merging.preview_customers(
        tx, survivor_id=customer_id, other_id=wanted.other_id, take=wanted.take
    )
    if not wanted.preview:
        await merging.merge_customers(
            tx,
            survivor_id=customer_id,
            other_id=wanted.other_id,
            take=wanted.take,
            why=wanted.why,
            now=now,
        )
    return shown(compared, preview=wanted.preview)


@customers.post("/{customer_id}/unmerge", status_code=204, dependencies=[WORKERS])
async def unmerge_customer(customer_id: UUID, wanted: UnmergeIn, tx: Tx, now: Now) -> None:
    """Make a merged customer one of its own again, with its contacts and deals."""
    await merging.unmerge_customer(tx, customer_id=customer_id, why=wanted.why, now=now)
