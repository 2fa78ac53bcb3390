"""The escalation policy in force."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.notifications.domain.escalation import EscalationPolicy
from shared.db import Tx

DEFAULT = EscalationPolicy(after=timedelta(hours=24), zone=ZoneInfo("Asia/Shanghai"))


async def policy(tx: Tx) -> EscalationPolicy:
    return DEFAULT
