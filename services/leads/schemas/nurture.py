"""Planned touches, as callers see them."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from shared.contracts.leads import TouchMeans


class TouchOut(BaseModel):
    """The next touch of a lead that is not ready yet."""

    lead_id: UUID
    company_name: str
    owner_id: UUID | None
    unit_id: UUID
    score: float
    plan: str
    step: int
    steps: int
    by: TouchMeans
    due_at: AwareDatetime
