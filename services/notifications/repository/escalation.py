"""The escalation policy in force."""

from services.notifications.configurations import ESCALATION, Escalation
from services.notifications.domain.escalation import EscalationPolicy
from shared import configuration
from shared.db import Tx


async def policy(tx: Tx) -> EscalationPolicy:
    """When missed deadlines go up, and in which zone days begin."""
    held = await configuration.current(tx, ESCALATION)
    return Escalation.model_validate(held.body).policy()
