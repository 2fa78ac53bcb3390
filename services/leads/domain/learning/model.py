"""A learned score in plain numbers: how each feature is read, and trees that add up to the log-odds.

Read by plain Python in some ten microseconds; no library is needed to score a lead.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import exp, log
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.leads.domain.learning.features import Row, Value, number_of, text_of

FACTORS = 5
_LEAF = -1
_LEAST_WEIGHT = 0.005


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Levels(_Part):
    """A feature that has one of several values, each with a number that trees compare."""

    kind: Literal["levels"] = "levels"
    name: str
    numbers: Mapping[str, float]
    other: float
    """Of values that were rare in training, or not there at all."""
    missing: float

    def number(self, value: Value) -> float:
        """The number that stands for the value."""
        said = text_of(value)
        return self.missing if said is None else self.numbers.get(said, self.other)

    def bin(self, value: Value) -> str:
        """Under which heading the value is counted."""
        said = text_of(value)
        if said is None:
            return "missing"
        return f"= {said}" if said in self.numbers else "other"


class Measure(_Part):
    """A feature that is a number by itself."""

    kind: Literal["measure"] = "measure"
    name: str
    limits: tuple[float, ...]
    """Rising; they part the leads that were learned from evenly."""
    missing: float
    """Stands for what nobody measured; less than everything that was measured."""

    def number(self, value: Value) -> float:
        """The number that was measured."""
        number = number_of(value)
        return self.missing if number is None else number

    def bin(self, value: Value) -> str:
        """Under which heading the number is counted."""
        number = number_of(value)
        return "missing" if number is None else f"from {bisect_right(self.limits, number)}"


Feature = Annotated[Levels | Measure, Field(discriminator="kind")]


class Tree(_Part):
    """Questions about features, node 0 first; `values` say how far from there the log-odds move."""

    features: tuple[int, ...]
    """Which feature a node asks about; -1 when it asks nothing more."""
    limits: tuple[float, ...]
    below: tuple[int, ...]
    """The node for numbers up to the limit."""
    above: tuple[int, ...]
    values: tuple[float, ...]

    def add_to(self, weights: list[float], numbers: Sequence[float]) -> None:
        """Let every question that the lead meets move the weight of its feature."""
        features, values = self.features, self.values
        node = 0
        while (feature := features[node]) != _LEAF:
            is_below = numbers[feature] <= self.limits[node]
            reached = self.below[node] if is_below else self.above[node]
            weights[feature] += values[reached] - values[node]
            node = reached

    def value(self, numbers: Sequence[float]) -> float:
        """What the tree adds to the log-odds."""
        features, limits, below, above = self.features, self.limits, self.below, self.above
        node = 0
        while (feature := features[node]) != _LEAF:
            node = below[node] if numbers[feature] <= limits[node] else above[node]
        return self.values[node]


class Factor(_Part):
    """What one feature of a lead does to its chance, against an average lead."""

    feature: str
    value: Value
    weight: float
    """In log-odds: 0.7 doubles the odds, -0.7 halves them."""


class Prediction(_Part):
    """How likely a lead is to be won, and the features that say so most loudly."""

    probability: float
    factors: tuple[Factor, ...]


class Model(_Part):
    """A learned score."""

    intercept: float
    """The log-odds of an average lead."""
    features: tuple[Feature, ...] = ()
    trees: tuple[Tree, ...] = ()

    def numbers(self, known: Row) -> list[float]:
        """What is known of a lead as trees read it."""
        return [feature.number(known.get(feature.name)) for feature in self.features]

    def log_odds(self, known: Row) -> float:
        """The sum of what all trees say."""
        return self.of_numbers(self.numbers(known))

    def of_numbers(self, numbers: Sequence[float]) -> float:
        """The same of a lead that was read already."""
        return self.intercept + sum(tree.value(numbers) for tree in self.trees)

    def probability(self, known: Row) -> float:
        """How likely the lead is to be won."""
        return chance(self.log_odds(known))

    def weights(self, known: Row) -> list[float]:
        """What each feature does to the log-odds, along the paths that the lead takes."""
        numbers, weights = self.numbers(known), [0.0] * len(self.features)
        for tree in self.trees:
            tree.add_to(weights, numbers)
        return weights

    def predict(self, known: Row) -> Prediction:
        """The probability, with the factors that moved it, the strongest first."""
        weights = self.weights(known)
        strongest = sorted(range(len(weights)), key=lambda number: -abs(weights[number]))
        factors = [
            Factor(feature=name, value=known.get(name), weight=round(weights[number], 3))
            for number in strongest[:FACTORS]
            if abs(weights[number]) >= _LEAST_WEIGHT
            for name in [self.features[number].name]
        ]
        probability = round(chance(self.intercept + sum(weights)), 4)
        return Prediction(probability=probability, factors=tuple(factors))


def chance(log_odds: float) -> float:
    """Log-odds as a probability."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1 + odds)


def log_odds(rate: float) -> float:
    """A probability as log-odds."""
    return log(rate / (1 - rate))
