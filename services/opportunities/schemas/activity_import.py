"""A row of a file of activities."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.base import SubjectKind
from shared.contracts.opportunities import ActivityKind
from shared.ids import external_id
from shared.imports import Headers

Name = Annotated[str, Field(min_length=1, max_length=200)]


class ActivityRow(BaseModel):
    """What somebody did about a record of another system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[Name, Headers("活动编号", "Activity ID")]
    subject_kind: Annotated[SubjectKind, Headers("对象类型", "About")]
    subject: Annotated[Name, Headers("对象编号", "Related To")]
    """The lead's, customer's or opportunity's id in that system."""
    kind: Annotated[ActivityKind, Headers("类型", "Type")]
    seller: Annotated[Name, Headers("销售", "负责人", "Owner")]
    """Their id in that system, their user name or their name."""
    done_at: Annotated[AwareDatetime, Headers("时间", "日期", "Date")]
    text: Annotated[str, Field(max_length=20_000), Headers("内容", "备注", "Notes")] = ""

    def subject_id(self, system: str) -> UUID:
        """The id that every service derives for what it is about."""
        return external_id(self.subject_kind, system, self.subject)
