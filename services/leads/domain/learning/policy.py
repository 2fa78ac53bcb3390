"""What may be learned from, how often, and when a change of the times is an alarm."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Declared = Annotated[str, Field(min_length=1, max_length=220)]


class LearningPolicy(BaseModel):
    """One version of the configuration `learning`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    excluded: tuple[Declared, ...] = Field(default=(), max_length=200)
    """What sellers fill in after intake, such as `attributes.tags`: it knows the outcome."""
    window_days: int = Field(default=1095, ge=1, le=36_500)
    """Closed leads that came in longer ago tell of other times."""
    most_examples: int = Field(default=20_000, ge=100, le=50_000)
    """The latest are learned from."""
    least_rows: int = Field(default=20, ge=2, le=10_000)
    """A value seen less often is counted with the other rare ones."""
    train_every_days: float = Field(default=7, gt=0, le=365)
    recent_days: int = Field(default=30, ge=1, le=365)
    """The leads that drift is measured on."""
    drift_limit: float = Field(default=0.25, gt=0, le=10, allow_inf_nan=False)
    """The population stability index from which drift is an alarm."""
