"""Making a choice again."""

from services.opportunities.domain import receipt
from services.opportunities.handlers import policies
from services.opportunities.schemas.ownership import ReceiptOut, Reevaluation
from shared.db import Tx


async def reevaluate(tx: Tx, kept: ReceiptOut) -> Reevaluation:
    """The owner that the receipt's inputs and the rules of its version lead to now."""
    choice = receipt.read(kept.choice)
    rules = await policies.routing(tx, name=choice.rule_set, version=kept.rules_version)
    again = receipt.decide_again(choice, rules)
    return Reevaluation(
        receipt_id=kept.id,
        rules_version=kept.rules_version,
        owner_id=again.owner_id,
        same=again.owner_id == kept.owner_id,
    )
