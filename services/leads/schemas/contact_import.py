"""A row of a file of contacts."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain import mail, phone
from services.leads.domain.intake import Line, Name, Prose
from services.leads.schemas.lead_import import Measure
from shared.ids import external_id
from shared.imports import Headers, Looks


class ContactRow(BaseModel):
    """A person of another system, which names them by `external_id`, and their customer by `customer`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: Annotated[Name, Headers("id", "contact id", "编号", "联系人编号")]
    system: Annotated[Line, Headers("系统")] = ""
    """Whose ids those are, where it is not the same for the whole file."""
    customer: Annotated[Line, Headers("customer id", "account id", "客户编号", "客户")] = ""
    """The id, in the same system, of the organisation that they speak for."""
    role: Annotated[Line, Headers("title", "position", "职务", "职位", "角色")] = ""
    name: Annotated[Name, Headers("contact", "姓名", "联系人")]
    phone: Annotated[
        Line,
        Headers("mobile", "tel", "手机", "手机号", "电话", "联系电话"),
        Looks(lambda text: phone.parse(text) is not None),
    ] = ""
    mail: Annotated[
        Line,
        Headers("email", "e-mail", "邮箱", "电子邮箱"),
        Looks(lambda text: mail.parse(text) is not None),
    ] = ""
    address: Annotated[Line, Headers("地址")] = ""
    notes: Annotated[Prose, Headers("remarks", "备注")] = ""
    attributes: Annotated[dict[Name, Measure], Field(max_length=100)] = Field(default_factory=dict)

    def customer_in(self, system: str) -> UUID:
        """The id that every service derives for the customer."""
        return external_id("customer", system, self.customer)
