"""Every change of the directory leaves its event, its audit row, and this service's own access copy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel

from services.opportunities.domain.definition import Definition
from services.opportunities.repository import directory_version, epoch
from shared import access, audit, outbox
from shared.contracts.opportunities import AnyDirectoryEvent, PersonDefined, UnitDefined
from shared.db import Tx

NOT_AUDITED = frozenset({"name", "username", "email"})
"""Staff's personal data: the trail says that they changed, not what they were."""


async def announce(
    tx: Tx,
    changes: Sequence[tuple[Definition, Sequence[AnyDirectoryEvent]]],
    *,
    before: Mapping[UUID, Definition],
    why: str = "",
    now: datetime,
) -> None:
    """Tell everybody, and let requests of this very moment see it already."""
    told = [(record, events) for record, events in changes if events]
    if not told:
        return
    await epoch.raise_it(tx)
    await directory_version.add(tx, _versions(told), why=why, now=now)
    await outbox.append_all(tx, told, at=now)
    await access.define(tx, [event for _, events in told for event in events])
    await audit.record_all(
        tx,
        [
            _entry(record, before.get(events[0].aggregate_id), events[0], why)
            for record, events in told
        ],
    )


def _versions(
    told: Sequence[tuple[Definition, Sequence[AnyDirectoryEvent]]],
) -> list[directory_version.Version]:
    """Units and people as they are now, without what is personal."""
    found: list[directory_version.Version] = []
    for record, events in told:
        event = events[-1]
        if isinstance(event, UnitDefined | PersonDefined):
            personal = {"type", event.aggregate_key, "external", "username", "email", "language"}
            hidden = personal | ({"name"} if isinstance(event, PersonDefined) else set())
            body = event.model_dump(mode="json", exclude=hidden)
            found.append(
                directory_version.Version(
                    event.aggregate_id, record.sequence, event.aggregate_type, body
                )
            )
    return found


def _entry(
    record: Definition, before: Definition | None, event: AnyDirectoryEvent, why: str
) -> audit.Entry:
    old, new = asdict(before) if before else {}, asdict(record)
    changed = [name for name in new if old.get(name) != new[name] and name != "sequence"]
    return audit.Entry(
        action=f"{event.aggregate_type}.defined",
        subject_kind=event.aggregate_type,
        subject_id=event.aggregate_id,
        before=_shown(old, changed) if before else None,
        after=_shown(new, changed),
        why=why,
    )


def _shown(state: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: "***" if name in NOT_AUDITED else _plain(state[name]) for name in names}


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
