"""What the checker says: which equation broke, for which record, with the rows on both sides."""

from collections import Counter
from dataclasses import dataclass, field

Side = dict[str, str | int | None]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One record for which one equation does not hold."""

    equation: str
    says: str
    """What ought to be, and is not."""
    record: str
    sides: dict[str, Side]


@dataclass(kw_only=True)
class Verdict:
    """All that was found, and how much was looked at."""

    findings: list[Finding] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    """How many records break each equation; only the first of many are shown."""
    counts: dict[str, int] = field(default_factory=dict)
    unchecked: dict[str, str] = field(default_factory=dict)
    """Equations that were not checked, with the reason."""

    @property
    def holds(self) -> bool:
        """True when every equation holds."""
        return not self.broken

    def add(self, finding: Finding) -> None:
        """One more."""
        self.findings.append(finding)
        self.broken[finding.equation] += 1
