"""A row of a file of customers."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.intake import Line, Name
from services.leads.schemas.credit_code import CreditCode
from services.leads.schemas.lead_import import Measure
from shared.contracts.base import ExternalId
from shared.contracts.leads import CustomerFacts
from shared.ids import external_id
from shared.imports import Headers


class CustomerRow(BaseModel):
    """A customer of another system, which names it by `external_id`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: Annotated[Name, Headers("id", "customer id", "编号", "客户编号")]
    system: Line = ""
    """Whose id that is, where it is not the same for the whole file."""
    name: Annotated[Name, Headers("account", "company", "公司", "客户名称")]
    industry: Annotated[Line, Headers("sector", "行业")] = ""
    region: Annotated[Line, Headers("office_location", "地区", "省份")] = ""
    level: Annotated[Line, Headers("级别", "客户级别")] = ""
    parent_name: Annotated[Line, Headers("subsidiary_of", "上级公司")] = ""
    credit_code: Annotated[CreditCode, Headers("统一社会信用代码", "信用代码", "税号")] = ""
    parent: Annotated[Line, Headers("parent id", "上级编号", "集团编号")] = ""
    """The id, in the same system, of the organisation it stands below."""
    dealer: Annotated[bool | None, Headers("is dealer", "经销商", "是否经销商")] = None
    unit: Annotated[Line, Headers("部门", "所属部门")] = ""
    """The unit that answers for it, by its name; blank: that of whoever imports."""
    attributes: Annotated[dict[Name, Measure], Field(max_length=100)] = Field(default_factory=dict)

    def facts_in(self, system: str) -> CustomerFacts:
        """What others may know of it."""
        return CustomerFacts(
            name=self.name,
            industry=self.industry,
            region=self.region,
            level=self.level,
            parent_name=self.parent_name,
            credit_code=self.credit_code,
            is_dealer=bool(self.dealer),
            external=ExternalId(system=system, id=self.external_id),
        )

    def parent_in(self, system: str) -> UUID | None:
        """The id that every service derives for its parent."""
        return external_id("customer", system, self.parent) if self.parent else None
