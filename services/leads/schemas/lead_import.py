"""A row of a file of leads."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field

from services.leads.domain import company, mail, phone
from services.leads.domain.intake import Line, Name, Prose, Said
from shared.contracts.leads import Outcome
from shared.custom_fields import measured
from shared.ids import external_id
from shared.imports import Headers, Looks

Measure = Annotated[Line | bool | float, BeforeValidator(measured)]


class LeadRow(Said):
    """A lead of another system, which names it by `external_id`."""

    external_id: Annotated[Name, Headers("id", "lead id", "编号", "线索编号")]
    system: Annotated[Line, Headers("系统")] = ""
    """Whose id that is, where it is not the same for the whole file."""
    name: Annotated[Line, Headers("contact", "姓名", "联系人")] = ""
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
    company_name: Annotated[
        Line,
        Headers("company", "account", "公司", "公司名称", "单位名称"),
        Looks(company.has_legal_form),
    ] = ""
    credit_code: Annotated[Line, Headers("统一社会信用代码", "信用代码", "税号")] = ""
    address: Annotated[Line, Headers("地址", "公司地址", "详细地址")] = ""
    source: Annotated[Line, Headers("lead source", "来源")] = ""
    origin: Annotated[Line, Headers("lead origin", "渠道来源")] = ""
    campaign: Annotated[Line, Headers("活动")] = ""
    region: Annotated[Line, Headers("city", "省份", "城市", "地区")] = ""
    industry: Annotated[Line, Headers("sector", "行业")] = ""
    notes: Annotated[Prose, Headers("remarks", "备注")] = ""
    channel: Name = "import"
    product: Annotated[Line, Headers("产品")] = ""
    """The product's id in the same system."""
    tags: Annotated[tuple[Name, ...], Headers("tag", "labels", "标签"), Field(max_length=50)] = ()
    """Put on as if by hand; what people here have decided about stays as it is."""
    outcome: Outcome | None = None
    convert: Annotated[Literal["", "no", "customer", "deal"], Headers("转换", "转客户")] = ""
    """What is to come of it at once: a customer, or a customer and a deal."""
    captured_at: Annotated[AwareDatetime | None, Headers("created", "创建时间")] = None
    unit: Annotated[Line, Headers("部门", "所属部门")] = ""
    """The unit that answers for it, by its name; blank: that of whoever imports."""
    attributes: Annotated[dict[Name, Measure], Field(max_length=100)] = Field(default_factory=dict)

    def product_id(self, system: str) -> UUID | None:
        """The id that every service derives for the product."""
        return external_id("product", system, self.product) if self.product else None
