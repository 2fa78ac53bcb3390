"""A row of a file of documents."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from services.opportunities.domain.document import DocumentNameInvalid, clean_name
from shared.contracts.base import SubjectKind
from shared.ids import external_id
from shared.imports import Headers

Name = Annotated[str, Field(min_length=1, max_length=200)]


class DocumentRow(BaseModel):
    """A file that lay with a record of another system; its content was sent before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[Name, Headers("文件编号", "Document ID")]
    subject_kind: Annotated[SubjectKind, Headers("对象类型", "About")]
    subject: Annotated[Name, Headers("对象编号", "Related To")]
    """The lead's, customer's or opportunity's id in that system."""
    name: Annotated[str, Field(min_length=1, max_length=4000), Headers("文件名", "File Name")]
    seller: Annotated[Name, Headers("作者", "上传人", "Author", "Owner")]
    """Their id in that system, their user name or their name."""
    attached_at: Annotated[AwareDatetime, Headers("时间", "日期", "上传时间", "Date")]
    sha256: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{64})?$"), Headers("SHA-256")] = ""
    path: Annotated[str, Field(max_length=4000), Headers("路径", "文件路径", "Path")] = ""
    """Where the content lay, as it was said when it was sent."""

    def subject_id(self, system: str) -> UUID:
        """The id that every service derives for what it belongs to."""
        return external_id(self.subject_kind, system, self.subject)

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, sent: str) -> str:
        try:
            return clean_name(sent)
        except DocumentNameInvalid as invalid:
            raise ValueError(invalid.message) from invalid

    @model_validator(mode="after")
    def _names_its_content(self) -> Self:
        if not self.sha256 and not self.path:
            raise ValueError("the row names no content: give sha256 or path")
        return self
