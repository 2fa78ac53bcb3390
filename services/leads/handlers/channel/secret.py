"""Secrets of channels: written, replaced with an overlap, used, and never shown."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson

from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.delivery import Secret
from services.leads.domain.refusals import SecretWillNotDo
from services.leads.repository import policy
from services.leads.repository.channel import secret as repository
from shared import audit
from shared.db import Tx
from shared.ids import external_id, new_id
from shared.refusals import FieldError


async def replace_secret(
    tx: Tx, *, key: str, parts: Secret | None, overlap: timedelta
) -> Secret | None:
    """Give a channel a new secret; what it is when it was made up here, and so has to be shown once."""
    own = await policy.channel(tx, key)
    made = _made_up(own) if parts is None else None
    _refuse_unfit(own, made or parts or {})
    await repository.lock(tx, key)
    await repository.end_all(tx, key, after=overlap)
    secret_id = new_id()
    sealed = tx.sealer.seal(orjson.dumps(made or parts), place=f"channel_secret {secret_id}")
    await repository.add(tx, secret_id, key, sealed=sealed)
    await audit.record(
        tx,
        action="channel.secret_replaced",
        subject_kind="channel",
        subject_id=external_id("channel", "shangji", key),
        after={"channel": key, "overlap_hours": overlap.total_seconds() / 3600},
    )
    return made


async def secrets_of(tx: Tx, own: ChannelVersion) -> Sequence[Secret]:
    """The secrets that prove a sender now; several while one replaces another."""
    if not own.channel.proof.parts:
        return ()
    opened: list[Secret] = [
        orjson.loads(tx.sealer.open(sealed, place=f"channel_secret {secret_id}"))
        for secret_id, sealed in await repository.in_force(tx, own.key)
    ]
    # One that was made for another scheme, before the channel changed, proves nothing any more.
    return [secret for secret in opened if set(own.channel.proof.parts) <= secret.keys()]


def _made_up(own: ChannelVersion) -> Secret:
    """Some schemes take their secrets from the platform; those are not made up here."""
    return own.channel.proof.new_secret(secrets.token_bytes(32))


def _refuse_unfit(own: ChannelVersion, parts: Mapping[str, str]) -> None:
    wanted = own.channel.proof.parts
    errors = [
        FieldError(pointer=f"/parts/{name}", reason="It is required")
        for name in wanted
        if not parts.get(name)
    ]
    errors += [
        FieldError(pointer=f"/parts/{name}", reason="This scheme has no such part")
        for name in parts
        if name not in wanted and name not in own.channel.proof.may_have
    ]
    if not wanted:
        errors.append(FieldError(pointer="", reason="This scheme has no secret"))
    errors += own.channel.proof.wrong_in(parts) if not errors else []
    if errors:
        raise SecretWillNotDo(scheme=own.channel.proof.scheme, parts=wanted, errors=tuple(errors))
