"""Duplicate rules as operators write them: what is compared, what it is worth, what follows."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.leads.domain.matching.words import Manner


class Comparison(BaseModel):
    """One thing that two records may have in common, or not. Weights are in bits: +1 doubles the odds.

    Agreement is worth as many bits as the word is rare among all records, up to `most`. A word that
    everybody has says nothing; a mobile number that only these two have says nearly everything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=50)
    field: str = Field(min_length=1, max_length=100)
    """A field of the record, or `attributes.…` for something a sender measured."""
    read_as: Manner = "whole"
    most: float = Field(default=24, gt=0, le=60)
    """Agreement is never worth more: equal values may have been copied from one wrong source."""
    alike: float | None = Field(default=4, ge=0, le=30)
    """A word that differs by a slip of the pen is worth this much less; nothing: slips do not count."""
    differs: float = Field(default=-3, ge=-60, le=0)
    """What it costs, at most, to have different values; values that are missing cost nothing."""
    numbers_must_agree: bool = False
    """Other numbers are a contradiction; a number that one side leaves out keeps from joining."""
    contradicts: bool = True
    """Different values keep records from joining by themselves, whatever else agrees."""
    finds: bool = True
    """Records that share a rare word of it are looked at."""


class DuplicateRules(BaseModel):
    """One version of the rules: comparisons, and from how many bits on what happens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comparisons: tuple[Comparison, ...] = Field(min_length=1, max_length=40)
    expected: float = Field(default=0.5, gt=0, le=100)
    """How many duplicates a record has before anything is known of it."""
    common: int = Field(default=40, ge=1, le=1000)
    """Words that more records hold find nothing, though they still count."""
    looked_at: int = Field(default=12, ge=1, le=200)
    """How many candidates, those with the rarest words in common first, are weighed."""
    join: float = 18
    """From here on, records join by themselves when nothing contradicts and enough agrees."""
    agreeing: int = Field(default=3, ge=1, le=20)
    """How many comparisons must agree for that: a phone number alone joins nobody."""
    join_by_itself: bool = True
    ask: float = 4
    """From here on, a person is asked."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.join < self.ask:
            raise ValueError("joining takes at least as many bits as asking")
        names = [comparison.name for comparison in self.comparisons]
        if len(set(names)) < len(names):
            raise ValueError("two comparisons have the same name")
        return self
