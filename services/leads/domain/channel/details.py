"""Notices that only name a lead: what to ask the platform for, and how its answer is made readable.

See https://developers.facebook.com/docs/marketing-api/guides/lead-ads/retrieving and
https://learn.microsoft.com/linkedin/marketing/lead-sync/leadsync.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, assert_never
from urllib.parse import quote
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.leads.domain.channel import paths

Api = Literal["meta", "linkedin"]
TOKEN = "access_token"  # noqa: S105 - the name of a part, not a token
"""The part of a channel's secret that is shown to the platform when it is asked."""
LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
MOST_ATTEMPTS = 10
"""In the course of about a day."""
_BASES: Mapping[Api, str] = {
    "meta": "https://graph.facebook.com/v22.0",
    "linkedin": "https://api.linkedin.com/rest",
}
_META_LEAD = re.compile(r"[0-9]{1,30}")
_META_FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,"
    "is_organic,platform,field_data"
)
_LINKEDIN_LEAD = re.compile(r"urn:li:leadGenFormResponse:([A-Za-z0-9_-]{1,100})")
_LINKEDIN_FIELDS = (
    "id,owner,leadType,leadMetadata,associatedEntity,versionedLeadGenFormUrn,submittedAt,testLead,"
    "formResponse,form:(name,id,hiddenFields,content)"
)


class Details(BaseModel):
    """Whom to ask for what a notice names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api: Api
    base: Annotated[
        str,
        Field(
            max_length=200,
            pattern=r"^$|^https://[\w.-]+(:\d+)?(/[\w./-]*)?$|^http://127\.0\.0\.1:\d+$",
        ),
    ] = ""
    """Where the API is; the platform's own address when it is blank."""
    version: Annotated[str, Field(max_length=20, pattern=r"^[\w.]*$")] = "202605"
    """Of LinkedIn's API, which ends each version after a year."""

    def named_in(self, payload: JsonValue) -> tuple[str, ...]:
        """The leads that a notice names, each once; nothing when it is no notice, or of a lead that is gone."""
        match self.api:
            case "meta":
                found = paths.find(payload, "entry[*].changes[field=leadgen].value.leadgen_id")
                named = [str(each) for each in found if _META_LEAD.fullmatch(str(each))]
            case "linkedin":
                is_new = paths.find(payload, "leadAction") == ["CREATED"]
                found = paths.find(payload, "leadGenFormResponse") if is_new else []
                named = [each[1] for one in found if (each := _LINKEDIN_LEAD.fullmatch(str(one)))]
            case _:
                assert_never(self.api)
        return tuple(dict.fromkeys(named))

    def question(self, submission_id: UUID, named: str, *, token: str) -> "Question":
        """What to ask for a lead that was named."""
        base, lead = self.base or _BASES[self.api], quote(named, safe="")
        headers = {"Authorization": f"Bearer {token}"}
        match self.api:
            case "meta":
                url = f"{base}/{lead}?fields={_META_FIELDS}"
            case "linkedin":
                url = (
                    f"{base}/leadFormResponses/{lead}?fields={quote(_LINKEDIN_FIELDS, safe=',:()')}"
                )
                headers |= {
                    "LinkedIn-Version": self.version,
                    "X-Restli-Protocol-Version": "2.0.0",
                }
            case _:
                assert_never(self.api)
        return Question(submission_id=submission_id, url=url, headers=headers)

    def readable(self, answer: bytes) -> bytes:
        """The answer as the channel's mapping reads it; LinkedIn tells answers by number alone."""
        payload = orjson.loads(answer)
        return orjson.dumps(_with_questions(payload)) if self.api == "linkedin" else answer


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request to a platform; its headers hold the token and appear nowhere else."""

    submission_id: UUID
    url: str
    headers: Mapping[str, str]


def ask_again_at(attempts: int, now: datetime) -> datetime | None:
    """When to ask again after so many attempts; nothing when that is enough."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)


def _with_questions(payload: Any) -> Any:
    """Each answer with the name and the predefined field of its question."""
    questions = {
        question.get("questionId"): question
        for question in paths.find(payload, "form.content.questions[*]")
        if isinstance(question, dict)
    }
    for answer in paths.find(payload, "formResponse.answers[*]"):
        asked = questions.get(answer.get("questionId")) if isinstance(answer, dict) else None
        if isinstance(answer, dict) and isinstance(asked, dict):
            answer["question"] = asked.get("name", "")
            if "predefinedField" in asked:
                answer["predefinedField"] = asked["predefinedField"]
    return payload
