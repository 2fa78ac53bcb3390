"""Forgetting a person: at once where records refer to them, and then wherever else they are named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.leads.domain import erasure
from services.leads.domain.contact import Contact
from services.leads.domain.duplicates import Subject
from services.leads.domain.erasure import Circle, Reason, Sought
from services.leads.domain.lead import Lead
from services.leads.handlers.announcing import announce
from services.leads.handlers.reveal import not_found
from services.leads.repository import duplicate as duplicates
from services.leads.repository import erasing, merge, nurture, seeking, trace
from services.leads.repository import erasure as repository
from services.leads.repository import lead as leads
from services.leads.repository.erasing import Erasing
from services.leads.repository.persons import PersonKind, is_seen
from shared import audit, outbox
from shared.db import Tx
from shared.ids import new_id

STEPS = (
    ("quarantine", seeking.unlinked_submissions),
    ("import_rows", seeking.rejected_rows),
    ("answers", seeking.stored_answers),
    ("import_files", seeking.ended_files),
)
"""Where somebody may be named whom no record refers to."""
LOOKS = 20
"""So many batches a transaction."""
LOOK_AGAIN = timedelta(seconds=10)


async def erase_person(
    tx: Tx, *, kind: PersonKind, subject_id: UUID, reason: Reason, now: datetime
) -> tuple[UUID, bool]:
    """Forget whoever this lead or contact is; the erasure's id, and whether it is a new one."""
    if not await is_seen(tx, kind, subject_id):
        raise not_found(kind, subject_id)
    async with tx.as_service():
        circle, held, contacts = await _lock(tx, kind, subject_id)
        if not held and not contacts and (before := await erasing.of_subject(tx, subject_id)):
            return before, False
        sought = Sought.of(held, [contact.person for contact in contacts])

        erased = await _erase_leads(tx, held, now=now)
        erased |= await _erase_contacts(tx, contacts, now=now)
        erased |= await _erase_words(tx, circle)

        erasure_id = new_id()
        await erasing.add(
            tx,
            erasure_id,
            subject=(kind, subject_id),
            reason=reason,
            circle=circle,
            sought=sought,
            erased={place: rows for place, rows in erased.items() if rows},
            now=now,
        )
    await audit.record(
        tx,
        action="person.erased",
        subject_kind=kind,
        subject_id=subject_id,
        after={"erasure_id": str(erasure_id)},
        why=reason,
    )
    return erasure_id, True


async def look_through(tx: Tx, due: Sequence[Erasing], *, now: datetime) -> None:
    """Go on where the last look ended; the end of the last place is the end of the erasure."""
    for each in due:
        step, reached = each.step, each.reached
        found: dict[str, int] = {}
        look_at = now
        for _ in range(LOOKS):
            if step == len(STEPS):
                break
            place, look = STEPS[step]
            looked = await look(tx, erasing.at(each, reached))
            if looked is None:
                look_at = now + LOOK_AGAIN
                break
            found[place] = found.get(place, 0) + looked.erased
            reached = looked.reached
            step += reached is None
        said = {place: rows for place, rows in found.items() if rows}
        await erasing.advance(tx, each, step=step, reached=reached, erased=said, look_at=look_at)
        if step == len(STEPS):
            await erasing.finish(tx, each, now=now)


async def circle_of(tx: Tx, kind: PersonKind, subject_id: UUID) -> Circle:
    """All records that are the same person's as this one."""
    one = frozenset((subject_id,))
    circle = Circle(one, frozenset()) if kind == "lead" else Circle(frozenset(), one)
    while (wider := await repository.circle(tx, circle)) != circle:
        circle = wider
    return circle


async def _lock(
    tx: Tx, kind: PersonKind, subject_id: UUID
) -> tuple[Circle, list[Lead], list[Contact]]:
    """All records of the person, those that have one still locked: keys first, leads after."""
    circle = await circle_of(tx, kind, subject_id)
    await merge.lock_keys(tx, sorted(circle.lead_ids))
    held = await leads.lock_all(tx, sorted(circle.lead_ids))
    contacts = await repository.lock_contacts(tx, circle.contact_ids)
    return circle, [lead for lead in held.values() if not lead.is_erased], contacts


async def _erase_leads(tx: Tx, held: Sequence[Lead], *, now: datetime) -> dict[str, int]:
    ids = [lead.id for lead in held]
    changes = [erasure.erase_lead(lead, by=tx.actor_id, now=now) for lead in held]
    await leads.save_all(tx, [lead for lead, _ in changes])
    await nurture.end_all(tx, ids)
    erased = {
        "leads": await repository.mark_leads(tx, ids, now=now),
        "keys": await repository.release_keys(tx, ids),
        "evidence": await repository.evidence(tx, ids),
        "merges": await repository.merges(tx, ids),
        "import_traces": await trace.forget_people(tx, ids),
        "submissions": await repository.submissions(tx, ids, now=now),
        "touches": await repository.touches(tx, ids),
    }
    await announce(tx, changes, now=now)
    return erased


async def _erase_contacts(tx: Tx, held: Sequence[Contact], *, now: datetime) -> dict[str, int]:
    changes = [erasure.erase_contact(contact, now=now) for contact in held]
    rows = await repository.save_contacts(tx, [contact for contact, _ in changes], now=now)
    await outbox.append_all(tx, changes, at=now)
    ids = [contact.id for contact in held]
    return {"contacts": rows, "contact_import_traces": await trace.forget_people(tx, ids)}


async def _erase_words(tx: Tx, circle: Circle) -> dict[str, int]:
    """What finds duplicates, pairs that were found, and reasons that people gave in words."""
    subjects = [
        *(Subject("lead", lead_id) for lead_id in sorted(circle.lead_ids)),
        *(Subject("contact", contact_id) for contact_id in sorted(circle.contact_ids)),
    ]
    await duplicates.profile(tx, dict.fromkeys(subjects, ((), ())))
    ids = [subject.id for subject in subjects]
    pairs = await repository.pairs(tx, ids)
    return {
        "duplicates": len(pairs),
        "audit": await repository.audited_words(tx, [*ids, *pairs]),
    }
