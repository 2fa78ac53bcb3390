"""Merges as they are shown."""

from pydantic import JsonValue

from services.leads.domain import masking
from services.leads.domain.merging import Comparison
from services.leads.schemas.duplicate import ChoiceOut, MergeOut


def shown(compared: Comparison, *, preview: bool) -> MergeOut:
    """Both records side by side; numbers and addresses only for whoever owns both."""
    return MergeOut(
        survivor_id=compared.survivor_id,
        merged_id=compared.merged_id,
        preview=preview,
        masked=not compared.is_owner,
        fields=[
            ChoiceOut(
                field=name,
                mine=_shown(name, compared.mine[name], is_owner=compared.is_owner),
                theirs=_shown(name, compared.theirs[name], is_owner=compared.is_owner),
                result=_shown(name, value, is_owner=compared.is_owner),
            )
            for name, value in compared.since.items()
        ],
    )


def _shown(field: str, value: JsonValue, *, is_owner: bool) -> JsonValue:
    match field, value:
        case "phone", [str(number), _]:
            return number if is_owner else masking.phone(number)
        case "mail", str(address) if not is_owner:
            return masking.mail(address)
        case "roles", dict() if not is_owner:
            return {}
        case (("address" | "notes"), str(text)) if not is_owner:
            return masking.HIDDEN if text else ""
        case _:
            return value
