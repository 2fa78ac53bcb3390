"""What can be owned, as far as its routing depends on it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.contracts.base import SubjectKind

_LEGAL_FORM = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|分公司|公司|集团"
    r"|\b(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|plc|gmbh|ag|group)\b)"
)


def company_core(name: str) -> str:
    """A company's name as people mean it: without legal form, punctuation, width and case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    bare = re.sub(r"[\W_]+", "", _LEGAL_FORM.sub("", re.sub(r"[^\w]+", " ", folded)))
    return bare or re.sub(r"[\W_]+", "", folded)


@dataclass(frozen=True, kw_only=True)
class Routable:
    """A lead, or a customer or deal that came of one, to be given to somebody."""

    kind: SubjectKind
    subject_id: UUID
    unit_id: UUID
    region: str = ""
    industry: str = ""
    source: str = ""
    origin: str = ""
    channel: str = ""
    campaign: str = ""
    company: str = ""
    product: str = ""
    score: float = 0.0
    grade: str = "C"
    amount: float = 0.0
    """Of deals."""
    wanted_owner_id: UUID | None = None
    passed: Mapping[UUID, Literal["declined", "timed_out"]] = field(default_factory=dict)
    """Who has let it pass already."""
    existing_owner_id: UUID | None = None
    """Who owns the customer this comes from, if that can be told."""
