"""查重."""

from dataclasses import asdict

from services.leads.domain.intake import Said
from services.leads.handlers import checking
from services.leads.schemas.check import CheckIn, CheckOut
from shared.web import Actor, Now, Tx, allow, door

router = door.router(prefix="/duplicate-checks", tags=["duplicates"])


@router.post("", dependencies=[allow("seller", "team_lead", "manager", "operator")])
async def check_for_duplicates(asked: CheckIn, tx: Tx, actor: Actor, now: Now) -> CheckOut:
    """Whether somebody is taken already. How much is told is policy; every question is counted and kept."""
    said = Said(**asked.model_dump())
    answer = await checking.check_for_duplicates(tx, said=said, by=actor, now=now)
    return CheckOut(**asdict(answer))
