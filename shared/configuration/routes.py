"""Configuration over HTTP, for the kinds a service has."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, JsonValue

from shared.configuration import consent, store, versions
from shared.configuration.consent import Consent
from shared.configuration.difference import Change, difference
from shared.configuration.versions import Checker, Configuration, ConfigurationLine
from shared.refusals import Refused
from shared.web import EVERYBODY, Page, Request, Tx, allow, door

Kind = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[a-z][\w.:-]*$")]
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Draft(Request):
    """New rules, and why."""

    body: dict[str, JsonValue]
    why: str = Field(min_length=1, max_length=500)


class NextState(Request):
    """Where a version goes: `checked` from draft, `activated` from checked."""

    state: Literal["checked", "activated"]
    why: str = Field(default="", max_length=500)
    rehearsal_id: UUID | None = None
    """The rehearsal that you have looked at, to be remembered with the activation."""


class Undoing(Request):
    """Why the rules before were better."""

    why: str = Field(min_length=1, max_length=500)


class UnknownKind(Refused):
    """This service has no configuration of the kind {kind}; it has: {kinds}."""

    status = 404


def router(kinds: Mapping[str, Checker]) -> APIRouter:
    """Routes for these kinds; a kind that ends in a colon stands for all that begin with it."""
    kinds = {consent.KIND: Consent.model_validate, **kinds}
    routes = door.router(prefix="/configurations", tags=["configurations"])
    _add_readers(routes, kinds)
    _add_writers(routes, kinds)
    return routes


def _checker_of(kinds: Mapping[str, Checker], kind: str) -> Checker:
    family, colon, name = kind.partition(":")
    checker = kinds.get(family + colon) if bool(colon) == bool(name) else None
    if checker is None:
        raise UnknownKind(kind=kind, kinds=", ".join(sorted(kinds)))
    return checker


def _add_readers(routes: APIRouter, kinds: Mapping[str, Checker]) -> None:
    @routes.get("", dependencies=[allow(*EVERYBODY)])
    async def list_configurations(tx: Tx) -> Page[ConfigurationLine]:
        """What is in force, one version of each kind, without the bodies."""
        rows = await store.all_in_force(tx)
        return Page(items=[ConfigurationLine(**row) for row in rows])

    @routes.get("/{kind}", dependencies=[allow(*EVERYBODY)])
    async def list_configuration_versions(
        kind: Kind, tx: Tx, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Page[ConfigurationLine]:
        """The latest versions of a kind, newest first, without the bodies."""
        _checker_of(kinds, kind)
        return Page(items=list(await versions.history(tx, kind, limit=limit)))

    @routes.get("/{kind}/current", dependencies=[allow(*EVERYBODY)])
    async def show_current_configuration(kind: Kind, tx: Tx) -> Configuration:
        """The version in force."""
        _checker_of(kinds, kind)
        return await versions.current(tx, kind)

    @routes.get("/{kind}/{version}", dependencies=[allow(*EVERYBODY)])
    async def show_configuration(kind: Kind, version: Version, tx: Tx) -> Configuration:
        """One version."""
        _checker_of(kinds, kind)
        return await versions.version(tx, kind, version)

    @routes.get("/{kind}/{version}/difference", dependencies=[allow(*EVERYBODY)])
    async def compare_configuration(
        kind: Kind,
        version: Version,
        tx: Tx,
        beside: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> list[Change]:
        """What the version says otherwise than another; than the one in force, unless told."""
        _checker_of(kinds, kind)
        after = await versions.version(tx, kind, version)
        other = (
            await versions.current(tx, kind)
            if beside is None
            else await versions.version(tx, kind, beside)
        )
        return list(difference(other.body, after.body))


def _add_writers(routes: APIRouter, kinds: Mapping[str, Checker]) -> None:
    @routes.post("/{kind}", status_code=201, dependencies=[allow("operator")])
    async def draft_configuration(
        kind: Kind, draft: Draft, tx: Tx, response: Response
    ) -> Configuration:
        """Write the next version, as a draft."""
        _checker_of(kinds, kind)
        written = await versions.create_draft(tx, kind, draft.body, why=draft.why)
        response.headers["Location"] = f"/configurations/{kind}/{written.version}"
        return written

    @routes.put("/{kind}/{version}/state", dependencies=[allow("operator")])
    async def move_configuration(
        kind: Kind, version: Version, wanted: NextState, tx: Tx
    ) -> Configuration:
        """Check a draft, or put a checked version in force, which may take another person."""
        checker = _checker_of(kinds, kind)
        if wanted.state == "checked":
            return await versions.check(tx, kind, version, checker)
        return await versions.activate(
            tx, kind, version, why=wanted.why, rehearsal_id=wanted.rehearsal_id
        )

    @routes.post("/{kind}/rollback", status_code=201, dependencies=[allow("operator")])
    async def roll_configuration_back(kind: Kind, undoing: Undoing, tx: Tx) -> Configuration:
        """Put what was in force before in force again, as a new version; it takes nobody else."""
        return await versions.roll_back(tx, kind, checker=_checker_of(kinds, kind), why=undoing.why)
