"""Policies in force: versioned configuration, read as the values that decisions take."""

from collections.abc import Sequence

from services.leads.domain.bant import QualificationPolicy
from services.leads.domain.channel import Channels
from services.leads.domain.channel.definition import FAMILY, Channel, ChannelVersion, OwnChannels
from services.leads.domain.conversion import ConversionRules
from services.leads.domain.disclosure import CheckPolicy
from services.leads.domain.duplicates import Rules
from services.leads.domain.matching.rules import DuplicateRules
from services.leads.domain.refusals import ChannelNotFound
from services.leads.domain.returning import ReturnPolicy
from services.leads.domain.scoring import Scoring, ScoringRules
from shared import configuration
from shared.configuration import Configuration
from shared.db import Tx


async def scoring(tx: Tx) -> Scoring:
    """The scoring rules, with the version that scores will name."""
    return await configuration.current_as(tx, "scoring", _scoring)


async def qualification(tx: Tx) -> QualificationPolicy:
    """What evidence is worth, and how much of it qualifies."""
    return await configuration.current_as(tx, "qualification", _qualification)


async def conversion(tx: Tx) -> ConversionRules:
    """How leads become customers and deals."""
    return await configuration.current_as(tx, "conversion", _conversion)


async def returns(tx: Tx) -> ReturnPolicy:
    """What becomes of leads that act again after their end."""
    return await configuration.current_as(tx, "returns", _returns)


async def channels(tx: Tx) -> Channels:
    """Where leads of each channel belong; a channel's own definition goes before the common page."""
    common = await configuration.current_as(tx, "channels", _channels)
    own = {key: version.channel for key, version in (await own_channels(tx)).items()}
    return common.model_copy(update={"channels": {**common.channels, **own}}) if own else common


async def own_channels(tx: Tx) -> OwnChannels:
    """All channels that are defined one by one."""
    return await configuration.family_as(tx, FAMILY, _own_channels)


async def channel(tx: Tx, key: str) -> ChannelVersion:
    """One channel as it is in force; raises `ChannelNotFound`."""
    own = (await own_channels(tx)).get(key)
    if own is None:
        raise ChannelNotFound(channel=key)
    return own


async def duplicates(tx: Tx) -> Rules:
    """What makes two records suspects, with the version that pairs will name."""
    return await configuration.current_as(tx, "duplicates", _duplicates)


async def duplicate_checks(tx: Tx) -> tuple[int, CheckPolicy]:
    """What duplicate checks disclose, with the version that a check will name."""
    return await configuration.current_as(tx, "duplicate_checks", _duplicate_checks)


def _duplicate_checks(active: Configuration) -> tuple[int, CheckPolicy]:
    return active.version, CheckPolicy.model_validate(active.body)


def _duplicates(active: Configuration) -> Rules:
    return Rules(version=active.version, rules=DuplicateRules.model_validate(active.body))


def _scoring(active: Configuration) -> Scoring:
    return Scoring(version=active.version, rules=ScoringRules.model_validate(active.body))


def _qualification(active: Configuration) -> QualificationPolicy:
    return QualificationPolicy.model_validate(active.body)


def _conversion(active: Configuration) -> ConversionRules:
    return ConversionRules.model_validate(active.body)


def _returns(active: Configuration) -> ReturnPolicy:
    return ReturnPolicy.model_validate(active.body)


def _channels(active: Configuration) -> Channels:
    return Channels.model_validate(active.body)


def _own_channels(active: Sequence[Configuration]) -> OwnChannels:
    return {version.kind.removeprefix(FAMILY): channel_of(version) for version in active}


def channel_of(version: Configuration) -> ChannelVersion:
    """A channel as some version has it."""
    return ChannelVersion(
        key=version.kind.removeprefix(FAMILY),
        version=version.version,
        channel=Channel.model_validate(version.body),
    )
