"""Taking over the files of another system, with their own dates, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.opportunities.domain import document as documents
from services.opportunities.domain.activity import Subject
from services.opportunities.domain.document import Changed, Content, Document, Version
from services.opportunities.domain.ownership import Owner
from services.opportunities.handlers.document import place_of
from services.opportunities.repository import activity_history, catalogue
from services.opportunities.repository import content as contents
from services.opportunities.repository import document as repository
from services.opportunities.schemas.document_import import DocumentRow
from shared import audit, live, outbox
from shared.audit import Entry
from shared.contracts.documents_events import AnyDocumentEvent, WithdrawnBecause
from shared.db import Tx
from shared.ids import external_id
from shared.imports import RowOutcome, Run

Rows = Sequence[tuple[int, DocumentRow]]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the rows of one batch refer to, read at once."""

    sellers: Mapping[str, Owner]
    documents: Mapping[UUID, Document]
    versions: Mapping[UUID, Sequence[Version]]
    contents: Mapping[bytes, Content]
    places: Mapping[bytes, bytes]
    units: Mapping[UUID, UUID]
    """Of the subjects; another service may tell of them later."""
    live: Mapping[UUID, datetime]

    def content_of(self, row: DocumentRow, system: str) -> Content | None:
        """The content that a row names, if it was sent."""
        named = bytes.fromhex(row.sha256) or self.places.get(place_of(system, row.path), b"")
        return self.contents.get(named)


async def take_over(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Attach what is new; another content of a known document is its next version."""
    if not run.history:
        reason = "files of other systems are history: the mapping says `history: true`"
        return [_rejected(number, "id", reason) for number, _ in rows]
    known = await _look_up(tx, rows, run=run)

    outcomes: list[RowOutcome] = []
    brought: list[Changed] = []
    for number, row in rows:
        outcome, changed = _judge(number, row, known, run=run, now=now)
        outcomes.append(outcome)
        brought += [changed] if changed else []

    await _save(tx, brought, now=now)
    return outcomes


async def _look_up(tx: Tx, rows: Rows, *, run: Run) -> _Known:
    ids = [external_id("document", run.system, row.id) for _, row in rows]
    places = await contents.at_places(
        tx, {place_of(run.system, row.path) for _, row in rows if row.path}
    )
    hashes = {bytes.fromhex(row.sha256) for _, row in rows if row.sha256}
    return _Known(
        sellers=await catalogue.sellers_named(
            tx, run.system, sorted({row.seller for _, row in rows})
        ),
        documents=await repository.lock_all(tx, ids),
        versions=await repository.versions(tx, ids),
        contents=await contents.known(tx, hashes | set(places.values())),
        places=places,
        units=await activity_history.units_of(tx, {row.subject_id(run.system) for _, row in rows}),
        live=await live.units(tx),
    )


def _judge(
    number: int, row: DocumentRow, known: _Known, *, run: Run, now: datetime
) -> tuple[RowOutcome, Changed | None]:
    owner = known.sellers.get(row.seller)
    if owner is None:
        return _rejected(number, "seller", f"no single seller is known as {row.seller!r}"), None
    content = known.content_of(row, run.system)
    before = known.documents.get(external_id("document", run.system, row.id))
    if before and (settled := _settled(number, row, before, content, known, run=run)):
        return settled, None
    if content is None:
        field, named = ("sha256", row.sha256) if row.sha256 else ("path", row.path)
        return _rejected(number, field, f"no content was sent for {named!r}"), None
    if row.attached_at > now:
        return _rejected(number, "attached_at", "it is still to come, and history is past"), None
    unit_id = known.units.get(row.subject_id(run.system), owner.unit_id)
    if closed := live.why_closed(known.live, owner.unit_id, unit_id):
        return _rejected(number, "seller", closed), None
    return _attach(number, row, before, content, owner, unit_id, run=run)


def _settled(
    number: int,
    row: DocumentRow,
    before: Document,
    content: Content | None,
    known: _Known,
    *,
    run: Run,
) -> RowOutcome | None:
    """What becomes of a row about a document that is known, unless it brings a content."""
    if before.withdrawn_because == "erased":
        return _rejected(number, "id", "it was erased with the person it was about")
    about = (row.subject_kind, row.subject_id(run.system), documents.clean_name(row.name))
    if about != (before.subject_kind, before.subject_id, before.name):
        return _rejected(
            number, "id", "it was taken in before, for another record or by another name"
        )
    held = [version.content for version in known.versions[before.id] if not version.undone]
    if content is not None and content in held:
        return RowOutcome(row=number, effect="unchanged")
    if before.withdrawn_because == "withdrawn":
        return _rejected(number, "id", "it was withdrawn here since")
    return None


def _attach(
    number: int,
    row: DocumentRow,
    before: Document | None,
    content: Content,
    owner: Owner,
    unit_id: UUID,
    *,
    run: Run,
) -> tuple[RowOutcome, Changed | None]:
    by, at = owner.person_id, row.attached_at
    if before is not None:
        changed = documents.bring_again(before, content, by=by, at=at, run_id=run.id)
        return RowOutcome(row=number, effect="updated"), changed
    changed = documents.attach(
        id=external_id("document", run.system, row.id),
        subject=Subject(kind=row.subject_kind, id=row.subject_id(run.system), unit_id=unit_id),
        name=row.name,
        content=content,
        by=by,
        at=at,
        system=run.system,
        run_id=run.id,
    )
    return RowOutcome(row=number, effect="created"), changed


async def undo(tx: Tx, rows: Rows, *, run: Run, now: datetime) -> Sequence[RowOutcome]:
    """Withdraw what an import brought, or go back to what was there before; a newer version stays."""
    ids = [external_id("document", run.system, row.id) for _, row in rows]
    found = await repository.lock_all(tx, ids)
    held = await repository.versions(tx, ids)
    outcomes: list[RowOutcome] = []
    gone: list[tuple[Document, Sequence[AnyDocumentEvent]]] = []
    restored: list[Changed] = []
    for (number, _), document_id in zip(rows, ids, strict=True):
        document, versions = found.get(document_id), held.get(document_id, [])
        outcome = _undoable(number, document, versions, run)
        outcomes.append(outcome)
        if document and outcome.effect == "withdrawn":
            because: WithdrawnBecause = "import_undone"
            gone.append(documents.withdraw(document, because=because, by=run.actor_id, now=now))
        elif document and outcome.effect == "restored":
            restored.append(_as_before(document, versions, run, now=now))

    taken_back = [document for document, _ in gone]
    touched = [document.id for document in (*taken_back, *(one for one, _, _ in restored))]
    await repository.note_undone(tx, touched, run.undoes or run.id)
    await repository.save(tx, taken_back)
    await outbox.append_all(tx, gone, at=now)
    await audit.record_all(tx, [_entry("document_withdrawn", one) for one in taken_back])
    await _save(tx, restored, now=now)
    return outcomes


def _undoable(
    number: int, document: Document | None, versions: Sequence[Version], run: Run
) -> RowOutcome:
    brought = [version for version in versions if version.run_id == run.undoes]
    if document is None or document.withdrawn_because or not brought or brought[-1].undone:
        return RowOutcome(row=number, effect="unchanged")
    if versions[-1].run_id != run.undoes:
        return _rejected(number, "id", "a newer version was added since, so it stays")
    return RowOutcome(row=number, effect="restored" if _others(versions, run) else "withdrawn")


def _others(versions: Sequence[Version], run: Run) -> Sequence[Version]:
    return [one for one in versions if one.run_id != run.undoes and not one.undone]


def _as_before(
    document: Document, versions: Sequence[Version], run: Run, *, now: datetime
) -> Changed:
    last = _others(versions, run)[-1]
    return documents.bring_again(
        document, last.content, by=run.actor_id, at=now, run_id=last.run_id
    )


async def _save(tx: Tx, brought: Sequence[Changed], *, now: datetime) -> None:
    if not brought:
        return
    await repository.save(tx, [document for document, _, _ in brought])
    await repository.add_versions(tx, [version for _, version, _ in brought])
    await outbox.append_all(tx, [(document, events) for document, _, events in brought], at=now)
    await audit.record_all(
        tx, [_entry("document_attached", document) for document, _, _ in brought]
    )


def _entry(action: str, document: Document) -> Entry:
    return Entry(
        action=action,
        subject_kind=document.subject_kind,
        subject_id=document.subject_id,
        after={"document_id": str(document.id), "version": document.version},
    )


def _rejected(number: int, field: str, reason: str) -> RowOutcome:
    return RowOutcome(row=number, effect="rejected", field=field, reason=reason)
