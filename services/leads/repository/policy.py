"""Policies in force: versioned configuration, read as the values that decisions take."""

from services.leads.domain.bant import QualificationPolicy
from services.leads.domain.channel import Channels
from services.leads.domain.conversion import ConversionRules
from services.leads.domain.scoring import Scoring, ScoringRules
from shared import configuration
from shared.db import Tx


async def scoring(tx: Tx) -> Scoring:
    """The scoring rules, with the version that scores will name."""
    active = await configuration.current(tx, "scoring")
    return Scoring(version=active.version, rules=ScoringRules.model_validate(active.body))


async def qualification(tx: Tx) -> QualificationPolicy:
    """What evidence is worth, and how much of it qualifies."""
    active = await configuration.current(tx, "qualification")
    return QualificationPolicy.model_validate(active.body)


async def conversion(tx: Tx) -> ConversionRules:
    """How leads become customers and deals."""
    active = await configuration.current(tx, "conversion")
    return ConversionRules.model_validate(active.body)


async def channels(tx: Tx) -> Channels:
    """Where leads of each channel belong."""
    active = await configuration.current(tx, "channels")
    return Channels.model_validate(active.body)
