"""The life of a version, and the one that is in force."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from shared import audit
from shared.configuration import consent, store
from shared.db import Tx
from shared.ids import external_id
from shared.refusals import Conflict, FieldError, Invalid, NotFound
from shared.rules import InvalidExpression

T = TypeVar("T")
State = Literal["draft", "checked", "activated", "superseded"]
Body = Mapping[str, JsonValue]
Checker = Callable[[Body], object]
"""Raises a refusal, `pydantic.ValidationError` or `InvalidExpression` when the body will not do;
what it gives back does not matter, so a model's `model_validate` is one."""


class ConfigurationLine(BaseModel):
    """One version of the rules of one kind, without what it says: that may be long."""

    model_config = ConfigDict(frozen=True)

    kind: str
    version: int
    state: State
    author_id: UUID | None
    why: str
    created_at: datetime
    activated_at: datetime | None
    activated_by: UUID | None = None
    rehearsal_id: UUID | None = None
    """The rehearsal that whoever put it in force had looked at."""


class Configuration(ConfigurationLine):
    """One version of the rules of one kind."""

    body: dict[str, JsonValue]


class NotConfigured(NotFound):
    """Nothing of the kind {kind} is in force.

    Write a draft, have it checked, and activate it.
    """


class NoSuchVersion(NotFound):
    """There is no version {version} of {kind}."""


class ConfigurationWillNotDo(Invalid):
    """The draft of {kind} cannot be used as it is.

    Write a new draft without what `errors` names.
    """


class NotChecked(Conflict):
    """Version {version} of {kind} is {state}; only a checked one can be activated.

    Have the draft checked first. An older version comes back as a new draft with its body.
    """


class NothingBefore(Conflict):
    """No version of {kind} was in force before the present one; there is nothing to go back to."""


class NotADraft(Conflict):
    """Version {version} of {kind} is {state} already; only a draft is checked."""


async def current(tx: Tx, kind: str) -> Configuration:
    """The version in force; raises `NotConfigured`."""
    return await current_as(tx, kind, _as_it_is)


async def current_as(tx: Tx, kind: str, read: Callable[[Configuration], T]) -> T:
    """What `read` makes of the version in force; raises `NotConfigured`.

    Made once in a process, and again after any configuration has changed: `read` is a function of
    a module, and what it gives is never changed by those who get it.
    """
    epoch, made = tx.remembered.get((kind, read), (None, None))
    if epoch is not None and epoch == tx.epoch:
        return cast("T", made)
    row = await store.in_force(tx, kind)
    if row is None:
        raise NotConfigured(kind=kind)
    fresh = read(Configuration(**row))
    if tx.epoch is not None:
        tx.remembered[kind, read] = (tx.epoch, fresh)
    return fresh


async def family(tx: Tx, beginning: str) -> Sequence[Configuration]:
    """All versions in force whose kind begins like this."""
    return [Configuration(**row) for row in await store.family_in_force(tx, beginning)]


async def family_as(tx: Tx, family: str, read: Callable[[Sequence[Configuration]], T]) -> T:
    """What `read` makes of all versions in force whose kind begins with `family`; see `current_as`."""
    epoch, made = tx.remembered.get((family, read), (None, None))
    if epoch is not None and epoch == tx.epoch:
        return cast("T", made)
    fresh = read([Configuration(**row) for row in await store.family_in_force(tx, family)])
    if tx.epoch is not None:
        tx.remembered[family, read] = (tx.epoch, fresh)
    return fresh


def _as_it_is(version: Configuration) -> Configuration:
    return version


async def version(tx: Tx, kind: str, number: int) -> Configuration:
    """One version, in whatever state; raises `NoSuchVersion`."""
    row = await store.one(tx, kind, number)
    if row is None:
        raise NoSuchVersion(kind=kind, version=number)
    return Configuration(**row)


async def history(tx: Tx, kind: str, *, limit: int = 100) -> Sequence[ConfigurationLine]:
    """The versions of a kind, newest first."""
    return [ConfigurationLine(**row) for row in await store.newest(tx, kind, limit=limit)]


async def create_draft(
    tx: Tx, kind: str, body: Body, *, why: str, author_id: UUID | None = None
) -> Configuration:
    """The next version, not yet looked at; its author is who acts, unless somebody else wanted it."""
    await store.lock(tx, kind)
    number = 1 + await store.last_version(tx, kind)
    await store.insert(tx, kind, number, body, why=why, author_id=author_id or tx.actor_id)
    return await _noted(tx, await version(tx, kind, number), before=None, why=why)


async def check(tx: Tx, kind: str, number: int, checker: Checker) -> Configuration:
    """A draft that will do; raises `ConfigurationWillNotDo` with everything that is wrong."""
    await store.lock(tx, kind)
    draft = await version(tx, kind, number)
    if draft.state == "checked":
        return draft
    if draft.state != "draft":
        raise NotADraft(kind=kind, version=number, state=draft.state)
    _judge(kind, draft.body, checker)
    await store.mark_checked(tx, kind, number)
    return await _noted(tx, await version(tx, kind, number), before=draft.state)


async def activate(
    tx: Tx, kind: str, number: int, *, why: str = "", rehearsal_id: UUID | None = None
) -> Configuration:
    """Put a checked version in force, and the one before it out of force.

    Raises `SecondPersonNeeded` where the policy `consent` asks for two and the author acts.
    """
    await store.lock(tx, kind)
    checked = await version(tx, kind, number)
    if checked.state == "activated":
        return checked
    if checked.state != "checked":
        raise NotChecked(kind=kind, version=number, state=checked.state)
    await consent.refuse_own(tx, kind, number, author_id=checked.author_id)
    return await _put_in_force(tx, kind, number, why=why, rehearsal_id=rehearsal_id)


async def roll_back(tx: Tx, kind: str, *, checker: Checker, why: str) -> Configuration:
    """Put the rules in force again that were so before, as a new version.

    Somebody has consented to them already, so that whoever sees the harm can undo it alone.
    """
    await store.lock(tx, kind)
    before = await store.superseded_last(tx, kind)
    if before is None:
        raise NothingBefore(kind=kind)
    draft = await create_draft(tx, kind, before["body"], why=why)
    await check(tx, kind, draft.version, checker)
    return await _put_in_force(tx, kind, draft.version, why=why)


async def publish(tx: Tx, kind: str, body: Body, *, checker: Checker, why: str) -> Configuration:
    """Draft, check and activate at once; the same body again changes nothing."""
    await store.lock(tx, kind)
    row = await store.in_force(tx, kind)
    if row is not None and row["body"] == body:
        return Configuration(**row)
    draft = await create_draft(tx, kind, body, why=why)
    await check(tx, kind, draft.version, checker)
    return await activate(tx, kind, draft.version, why=why)


async def seed(tx: Tx, kind: str, body: Body, *, checker: Checker, why: str) -> Configuration:
    """What is in force, or this when nothing is yet."""
    await store.lock(tx, kind)
    row = await store.in_force(tx, kind)
    if row is not None:
        return Configuration(**row)
    return await publish(tx, kind, body, checker=checker, why=why)


async def _put_in_force(
    tx: Tx, kind: str, number: int, *, why: str, rehearsal_id: UUID | None = None
) -> Configuration:
    await store.supersede(tx, kind)
    await store.mark_activated(tx, kind, number, rehearsal_id=rehearsal_id)
    tx.epoch = None
    return await _noted(tx, await version(tx, kind, number), before="checked", why=why)


def _judge(kind: str, body: Body, checker: Checker) -> None:
    try:
        checker(body)
    except ValidationError as invalid:
        errors = tuple(
            FieldError(
                pointer="".join(f"/{part}" for part in error["loc"]), reason=str(error["msg"])
            )
            for error in invalid.errors(include_url=False, include_input=False)
        )
        raise ConfigurationWillNotDo(kind=kind, errors=errors) from invalid
    except InvalidExpression as invalid:
        error = FieldError(pointer="", reason=str(invalid))
        raise ConfigurationWillNotDo(kind=kind, errors=(error,)) from invalid


async def _noted(
    tx: Tx, after: Configuration, *, before: State | None, why: str = ""
) -> Configuration:
    await audit.record(
        tx,
        action=f"configuration_{after.state}",
        subject_kind="configuration",
        subject_id=external_id("configuration", after.kind, str(after.version)),
        before={"state": before} if before else None,
        after={
            "kind": after.kind,
            "version": after.version,
            "state": after.state,
            **({"rehearsal_id": str(after.rehearsal_id)} if after.rehearsal_id else {}),
        },
        why=why,
    )
    return after
