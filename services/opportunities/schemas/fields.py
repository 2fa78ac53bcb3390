"""Fields that several requests share."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from services.opportunities.domain.person import MOST_SENIOR

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[tuple[Name, ...], Field(max_length=200)]
Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,127}$")]
Weight = Annotated[float, Field(ge=0, le=1000), AfterValidator(lambda weight: round(weight, 3))]
Cap = Annotated[int, Field(ge=0, le=1_000_000)]
Level = Annotated[int, Field(ge=1, le=MOST_SENIOR)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


def sent(body: BaseModel, *, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields a caller sent, as they are; nothing (`null`) counts for `optional` ones only."""
    return {
        name: getattr(body, name)
        for name in body.model_fields_set
        if name in optional or getattr(body, name) is not None
    }
