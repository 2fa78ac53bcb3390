"""A row of an org chart, as files have it."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.opportunities.schemas.fields import Level
from shared.imports import Headers


def _listed(value: object) -> object:
    """Several values in one cell, however they are separated."""
    return (
        tuple(filter(None, re.split(r"\s*[,;，；、|]\s*", value)))
        if isinstance(value, str)
        else value
    )


Name = Annotated[str, Field(max_length=200)]
Listed = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
Cap = Annotated[int, Field(ge=0, le=1_000_000)]

DETAILS = {
    *("email", "industries", "products", "skills", "languages", "level"),
    *("weight", "daily_cap", "open_cap", "active"),
}
"""What a row may say of a seller beyond their place."""


class DirectoryRow(BaseModel):
    """Who sells, for whom, where: blank cells leave their level out."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    seller: Annotated[Name, Headers("sales_agent", "name", "姓名", "销售", "销售员")] = ""
    seller_id: Annotated[Name, Headers("employee_id", "工号")] = ""
    manager: Annotated[Name, Headers("经理", "主管", "团队负责人")] = ""
    team: Annotated[Name, Headers("团队", "部门")] = ""
    region: Annotated[Name, Headers("regional_office", "大区", "区域")] = ""
    legal_entity: Annotated[Name, Headers("company", "公司", "法人")] = ""
    email: Annotated[str | None, Headers("mail", "邮箱"), Field(max_length=320)] = None
    industries: Annotated[Listed | None, Headers("行业")] = None
    products: Annotated[Listed | None, Headers("产品")] = None
    skills: Annotated[Listed | None, Headers("技能")] = None
    languages: Annotated[Listed | None, Headers("语言")] = None
    level: Annotated[Level | None, Headers("级别")] = None
    weight: Annotated[float | None, Headers("权重"), Field(ge=0, le=1000)] = None
    daily_cap: Annotated[Cap | None, Headers("日上限")] = None
    open_cap: Annotated[Cap | None, Headers("在手上限")] = None
    active: Annotated[bool | None, Headers("在职")] = None

    @property
    def identity(self) -> tuple[str, ...]:
        """Rows about one seller, or about one unit where there is no seller."""
        if self.seller:
            return ("person", self.seller_id or self.seller)
        return ("unit", self.legal_entity, self.region, self.team, self.manager)

    @property
    def details(self) -> dict[str, Any]:
        """What the row says of the seller beyond their place."""
        return self.model_dump(include=DETAILS, exclude_none=True)
