"""Required and custom fields: what a channel asks for, and what is wrong with what it was told."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from services.leads.domain.intake import Said
from shared.custom_fields import AttributeSchema, unfit
from shared.refusals import FieldError

__all__ = ["AttributeSchema", "RequiredField", "missing", "unfit"]

_TEXTS = frozenset(
    name
    for name, field in Said.model_fields.items()
    if field.get_default(call_default_factory=True) == ""
)


def _known_fields(required: str) -> str:
    unknown = set(required.split("|")) - _TEXTS
    if unknown:
        raise ValueError(
            f"there is no field {', '.join(sorted(unknown))}; there are {', '.join(sorted(_TEXTS))}"
        )
    return required


RequiredField = Annotated[str, AfterValidator(_known_fields)]


def missing(required: Sequence[str], told: Said) -> tuple[FieldError, ...]:
    """Fields that are asked for and blank; of alternatives the first is named."""
    return tuple(
        FieldError(pointer=f"/{wanted.split('|')[0]}", reason=_asked(wanted))
        for wanted in required
        if not any(getattr(told, name) for name in wanted.split("|"))
    )


def _asked(wanted: str) -> str:
    return (
        f"One of these is required: {wanted.replace('|', ', ')}"
        if "|" in wanted
        else "It is required"
    )
