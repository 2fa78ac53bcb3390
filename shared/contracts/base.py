"""What every event has in common."""

from datetime import time
from decimal import Decimal
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

Money = Annotated[
    Decimal,
    Field(max_digits=18, decimal_places=2),
    PlainSerializer(str, return_type=str, when_used="json"),
]
"""An amount of money in the currency named beside it; a string in JSON, so that no digit is lost."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code."""


def _on_the_wall(clock: time) -> time:
    if clock.tzinfo is not None:
        raise ValueError("A time of the day bears no zone: it is that of the calendar")
    return clock


Clock = Annotated[time, AfterValidator(_on_the_wall)]
"""What the clock on the wall shows."""

SubjectKind = Literal["lead", "customer", "opportunity"]
"""What can be owned, and what an activity can be about."""


class ExternalId(BaseModel):
    """Who a record is in the system it came from: identity of imports and channels."""

    model_config = ConfigDict(frozen=True)

    system: str
    id: str


class Event(BaseModel):
    """A fact about one aggregate. Readers ignore fields they do not know; writers never send them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    aggregate_type: ClassVar[str]
    """Also the name of the topic, behind the installation's prefix."""
    aggregate_key: ClassVar[str]
    """The field that holds the aggregate's id."""

    type: str

    @property
    def aggregate_id(self) -> UUID:
        """The aggregate this fact is about: the key of the message and the row that numbers it."""
        return getattr(self, self.aggregate_key)


class HistoricalEvent(Event):
    """A fact that may come from a migration run: recorded as it was, without routing or notices."""

    history: bool = False
