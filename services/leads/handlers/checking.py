"""查重: whether somebody is known already, as far as policy lets a seller know."""

import asyncio
from datetime import datetime, timedelta
from time import monotonic

from services.leads.domain import company, disclosure
from services.leads.domain.disclosure import Answer, Match, Sure
from services.leads.domain.duplicates import Record, Rules, Subject
from services.leads.domain.identity import keys_of
from services.leads.domain.intake import Said, Telling, read
from services.leads.domain.matching import fields
from services.leads.domain.matching.weighing import weigh
from services.leads.domain.refusals import ChecksUsedUp, UnreadableValues
from services.leads.handlers.duplicates import terms_of
from services.leads.repository import check as checks
from services.leads.repository import duplicate as duplicates
from services.leads.repository import party, policy
from shared import audit
from shared.db import Tx
from shared.ids import new_id
from shared.principals import Principal

DAY = timedelta(days=1)


async def check_for_duplicates(tx: Tx, *, said: Said, by: Principal, now: datetime) -> Answer:
    """Answer one question; it is counted and kept, whatever the answer is."""
    began = monotonic()
    version, rules = await policy.duplicate_checks(tx)
    asked = await checks.lock_count_today(tx, by.id, since=now - DAY)
    if asked >= rules.per_day:
        raise ChecksUsedUp(limit=rules.per_day)
    reading, errors = read(Telling(**dict(said)), channel="check")
    if named := tuple(error for error in errors if error.pointer):
        raise UnreadableValues(errors=named)
    known_keys = keys_of(None, reading.person)

    async with tx.as_service():
        exact = await checks.held_by_keys(tx, known_keys, company.parse(said.company_name).key)
        found = await _matches(tx, said, exact)

    match = disclosure.best(found)
    answer = disclosure.disclose(match, policy=rules)
    given = sorted(name for name, value in said if value)
    check_id = await checks.note(
        tx,
        person_id=by.id,
        fields=given,
        answer=answer.taken,
        about=match.subject if match and answer.taken != "undisclosed" else None,
        policy_version=version,
        now=now,
    )
    await audit.record(
        tx,
        action="duplicate.checked",
        subject_kind="duplicate_check",
        subject_id=check_id,
        after={"fields": given, "answer": answer.taken, "discloses": rules.discloses},
    )
    await asyncio.sleep(max(0.0, began + rules.answers_after_ms / 1000 - monotonic()))
    return answer


async def _matches(tx: Tx, said: Said, exact: list[Subject]) -> list[Match]:
    rules = await policy.duplicates(tx)
    question = Record(subject=Subject("lead", new_id()), fields=fields.of_said(said))
    weighed = await _weighed(tx, question, rules)
    matches = dict(weighed)
    for subject in exact:
        matches[subject] = ("yes", weighed[subject][1] if subject in weighed else 0.0)
    holders = await checks.holders(tx, matches)
    return [
        Match(
            subject=subject,
            taken=taken,
            bits=bits,
            **{name: value for name, value in holders[subject.id].items() if name != "id"},
        )
        for subject, (taken, bits) in matches.items()
        if subject.id in holders
    ]


async def _weighed(tx: Tx, question: Record, rules: Rules) -> dict[Subject, tuple[Sure, float]]:
    """Candidates that are not somebody else, and what they weigh."""
    mine = rules.portrait(question)
    hits = await duplicates.candidates(tx, [rules.split(mine)[0]], rules=rules)
    records = await party.records(tx, {subject for _, subject in hits})
    portraits = {subject: rules.portrait(record) for subject, record in records.items()}
    census = await duplicates.census(tx, terms_of([mine, *portraits.values()]))
    found: dict[Subject, tuple[Sure, float]] = {}
    for subject, theirs in portraits.items():
        verdict = weigh(mine, theirs, census=census, rules=rules.rules)
        sure = disclosure.certainty(question.fields, records[subject].fields, verdict.decision)
        if sure is not None:
            found[subject] = (sure, verdict.bits)
    return found
