"""What is to be known of a learned score before anybody relies on it."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.leads.domain.learning.drift import Profile
from services.leads.domain.learning.model import Model
from services.leads.domain.learning.quality import Decile


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class FeatureLine(_Part):
    """One feature, and how much it tells leads apart."""

    name: str
    kind: str
    values: int | None
    """How many are told apart; nothing for a number."""
    present: float
    """The share of leads of which it is known."""
    spread: float
    """The standard deviation of what it adds to the log-odds."""


class Suspicion(_Part):
    """A feature that may know the outcome because somebody filled it in afterwards."""

    feature: str
    reason: str


class HeldOut(_Part):
    """How the score does on leads that it never saw, chosen by a hash of their ids."""

    leads: int
    won: int
    auc: float | None
    brier: float | None
    brier_of_base_rate: float | None
    """What saying the same of every lead would give."""
    calibration_error: float | None
    deciles: tuple[Decile, ...]


class Card(_Part):
    """The card of one learned score."""

    trained_at: AwareDatetime
    captured_from: AwareDatetime
    captured_to: AwareDatetime
    leads: int
    """Closed leads that were learned from, without those held out."""
    won: int
    base_rate: float
    excluded: tuple[str, ...]
    features: tuple[FeatureLine, ...]
    """The most telling first."""
    suspicions: tuple[Suspicion, ...]
    held_out: HeldOut
    trust: float
    """1: features count in full; 0: every lead is given the base rate."""
    cold_start: bool
    remarks: tuple[str, ...] = ()


class LearnedScore(_Part):
    """A model, its card, and the leads it knows: one version of the configuration `learned_score`."""

    model: Model
    card: Card
    profile: Profile
