"""Where somebody came from: campaign, click and page, as far as the sender knew."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from services.leads.domain.intake import Line, without_nul
from shared.contracts.leads import LeadTrail

Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(without_nul)
]


class Trail(BaseModel):
    """What led to one touch; blank where nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    utm_source: Line = ""
    utm_medium: Line = ""
    utm_campaign: Line = ""
    utm_term: Line = ""
    utm_content: Line = ""
    click: Line = ""
    """Whose click it was, by the name of its parameter: `gclid`, `bd_vid`, `qz_gdt` …"""
    click_id: Address = ""
    referrer: Address = ""
    landing_page: Address = ""

    @property
    def published(self) -> LeadTrail | None:
        """What others may know of it: pages and clicks point at one person, campaigns do not."""
        said = {name: getattr(self, name) for name in LeadTrail.model_fields}
        return LeadTrail(**said) if any(said.values()) else None


NOWHERE = Trail()
