"""Opening deals, correcting them, moving them on, and closing them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import deal as deals
from services.opportunities.domain import outcome
from services.opportunities.domain.activity import SubjectNotFound
from services.opportunities.domain.deal import Changes, Deal, Decision, NextStep
from services.opportunities.domain.gate import Evidence
from services.opportunities.domain.ownership import OwnedSubject
from services.opportunities.domain.pipeline import Pipeline
from services.opportunities.domain.product import Product
from services.opportunities.handlers import business_time, collision, ownership
from services.opportunities.handlers import pipeline as pipelines
from services.opportunities.handlers.parties import refuse_unfit_parties
from services.opportunities.repository import activity as activity_rows
from services.opportunities.repository import catalogue, merged
from services.opportunities.repository import deal as repository
from services.opportunities.schemas.deal import CloseOpportunity, OpenOpportunity
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal
from shared.refusals import Invalid, NotFound, PreconditionFailed

HOME_CURRENCY = "CNY"


class UnknownProduct(Invalid):
    """There is no product {product_id}."""


class OwnerNotFound(NotFound):
    """{owner_id} is nobody who could own the opportunity, or lies outside your part of the organisation.

    A program names a member of staff as `owner_id`; it cannot own opportunities itself.
    """


async def open_opportunity(
    tx: Tx, *, wanted: OpenOpportunity, actor: Principal, now: datetime
) -> Deal:
    """Open a deal by hand, for a customer whoever asks may see."""
    customer_id = await merged.going_on(tx, wanted.customer_id)
    await refuse_unfit_parties(tx, wanted.parties)
    if (
        await merged.is_withdrawn(tx, customer_id)
        or await activity_rows.subject(tx, "customer", customer_id) is None
    ):
        raise SubjectNotFound(subject_kind="customer", subject_id=wanted.customer_id)
    owner_id = wanted.owner_id or actor.id
    owner = await repository.member(tx, owner_id)
    if owner is None:
        raise OwnerNotFound(owner_id=owner_id)
    product = await _product(tx, wanted.product_id)
    chosen = await pipelines.current(tx, wanted.pipeline)
    today = await business_time.today(tx, now, unit_id=owner.unit_id)

    deal, events = deals.open_deal(
        id=new_id(),
        customer_id=customer_id,
        parties=wanted.parties,
        contact_id=wanted.contact_id,
        product=product,
        amount=wanted.amount,
        currency=wanted.currency or (product.currency if product else HOME_CURRENCY),
        expected_close_on=wanted.expected_close_on,
        source=wanted.source,
        attributes=wanted.attributes,
        next_step=wanted.next_step,
        next_step_on=wanted.next_step_on,
        pipeline=chosen,
        owner=owner,
        today=today,
        now=now,
    )
    evidence = Evidence(product_code=product.code if product else "")
    deals.refuse_unready(deal, pipeline=chosen, evidence=evidence, today=today)

    await repository.add(tx, [deal])
    await outbox.append(tx, deal, events, at=now)
    await repository.note_moves(
        tx, [deal], kind="opened", from_stages=[""], reasons=[""], by=actor.id, at=now
    )
    await ownership.assign_directly(
        tx,
        [OwnedSubject(kind="opportunity", subject_id=deal.id, owner_id=deal.owner_id)],
        reason="kept",
        history=False,
        now=now,
    )
    await _audit(tx, "opportunity_opened", before=None, after=deal)
    await collision.hold_those_that_meet(tx, [deal], now=now)
    return deal


async def update_opportunity(
    tx: Tx,
    *,
    id: UUID,
    expected: int | None,
    changes: Changes,
    stage: str | None,
    reason: str,
    by: UUID,
    now: datetime,
) -> Deal:
    """Correct an open deal, and move it if a stage is named: the same move as by its own door."""
    held, chosen, evidence = await _open_for_change(tx, id, expected)
    today = await business_time.today(tx, now, unit_id=held.unit_id)
    product = await _product(tx, changes.get("product_id", held.product_id))
    await refuse_unfit_parties(tx, changes)

    deal, events = deals.update(
        held,
        changes=changes,
        listed=deals.list_value(product, held.currency),
        pipeline=chosen,
        before=evidence,
        after=replace(evidence, product_code=product.code if product else ""),
        today=today,
        now=now,
    )
    if deal != held:
        await _save(tx, "opportunity_updated", before=held, decision=(deal, events), now=now)
    if stage is None:
        return deal
    return await _move(
        tx, deal, to=stage, reason=reason, next_step={}, pipeline=chosen, by=by, now=now
    )


async def move_opportunity(
    tx: Tx,
    *,
    id: UUID,
    expected: int | None,
    to: str,
    reason: str,
    next_step: NextStep,
    by: UUID,
    now: datetime,
) -> Deal:
    """Move a deal to another open stage of its own version of the pipeline."""
    held, chosen, _ = await _open_for_change(tx, id, expected)
    return await _move(
        tx, held, to=to, reason=reason, next_step=next_step, pipeline=chosen, by=by, now=now
    )


async def close_opportunity(
    tx: Tx, *, id: UUID, expected: int | None, closing: CloseOpportunity, by: UUID, now: datetime
) -> Deal:
    """Win or lose a deal; from then on it is locked."""
    held, chosen, evidence = await _open_for_change(tx, id, expected)
    if closing.outcome == "won":
        await collision.refuse_held(tx, id)
    today = await business_time.today(tx, now, unit_id=held.unit_id)

    deal, events = outcome.close(
        held,
        outcome=closing.outcome,
        reason=closing.reason,
        competitor=closing.competitor,
        closed_on=closing.closed_on or today,
        amount=closing.amount,
        pipeline=chosen,
        evidence=evidence,
        by=by,
        today=today,
        now=now,
    )

    await _save(tx, f"opportunity_{closing.outcome}", before=held, decision=(deal, events), now=now)
    await _note_move(tx, held, deal, kind=closing.outcome, reason=closing.reason, by=by, now=now)
    return deal


async def plan_next_step(tx: Tx, *, id: UUID, next_step: NextStep, now: datetime) -> None:
    """What an activity says comes next is what comes next for its deal."""
    held, chosen, evidence = await _open_for_change(tx, id, None)

    deal, events = deals.update(
        held,
        changes=Changes(**next_step),
        listed=held.list_value,
        pipeline=chosen,
        before=evidence,
        after=evidence,
        today=await business_time.today(tx, now, unit_id=held.unit_id),
        now=now,
    )

    if deal != held:
        await _save(tx, "next_step_planned", before=held, decision=(deal, events), now=now)


async def _open_for_change(
    tx: Tx, id: UUID, expected: int | None
) -> tuple[Deal, Pipeline, Evidence]:
    """The locked deal as the caller knows it, under the rules it began with."""
    held = await repository.lock(tx, id)
    if held is None:
        raise deals.OpportunityNotFound(opportunity_id=id)
    if expected is not None and expected != held.sequence:
        raise PreconditionFailed(sequence=held.sequence)
    chosen = await pipelines.version(tx, held.pipeline, held.pipeline_version)
    return held, chosen, await repository.evidence(tx, held)


async def _move(
    tx: Tx,
    held: Deal,
    *,
    to: str,
    reason: str,
    next_step: NextStep,
    pipeline: Pipeline,
    by: UUID,
    now: datetime,
) -> Deal:
    await collision.refuse_held(tx, held.id)
    evidence = await repository.evidence(tx, held)

    deal, events = deals.move(
        held,
        to=to,
        reason=reason,
        next_step=next_step,
        pipeline=pipeline,
        evidence=evidence,
        by=by,
        today=await business_time.today(tx, now, unit_id=held.unit_id),
        now=now,
    )

    if deal != held:
        await _save(
            tx, "opportunity_moved", before=held, decision=(deal, events), now=now, why=reason
        )
        await _note_move(tx, held, deal, kind="moved", reason=reason, by=by, now=now)
    return deal


async def _product(tx: Tx, id: UUID | None) -> Product | None:
    if id is None:
        return None
    product = await catalogue.product(tx, id)
    if product is None:
        raise UnknownProduct(product_id=id)
    return product


async def _save(
    tx: Tx, action: str, *, before: Deal, decision: Decision, now: datetime, why: str = ""
) -> None:
    after, events = decision
    await repository.save(tx, [after])
    await outbox.append(tx, after, events, at=now)
    await _audit(tx, action, before=before, after=after, why=why)


async def _note_move(
    tx: Tx, before: Deal, after: Deal, *, kind: str, reason: str, by: UUID, now: datetime
) -> None:
    await repository.note_moves(
        tx, [after], kind=kind, from_stages=[before.stage], reasons=[reason], by=by, at=now
    )


async def _audit(tx: Tx, action: str, *, before: Deal | None, after: Deal, why: str = "") -> None:
    """Only what changed, and never the words of a next step."""
    was, became = _evident(before), _evident(after)
    changed = {name for name, value in became.items() if was.get(name) != value}
    await audit.record(
        tx,
        action=action,
        subject_kind="opportunity",
        subject_id=after.id,
        before={name: was[name] for name in sorted(changed)} if before else None,
        after={name: became[name] for name in sorted(changed)},
        why=why,
    )


def _evident(deal: Deal | None) -> dict[str, object]:
    if deal is None:
        return {}
    facts = deal.facts.model_dump(mode="json")
    return facts | {
        "contact_id": str(deal.contact_id) if deal.contact_id else None,
        "attributes": sorted(deal.attributes),
        "stage": deal.stage,
        "status": deal.status,
        "owner_id": str(deal.owner_id),
        "closed_on": deal.closed_on.isoformat() if deal.closed_on else None,
        "reason": deal.reason,
        "competitor": deal.competitor,
    }
