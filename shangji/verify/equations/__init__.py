"""The equations, each a query of the scratch database whose rows are what breaks it.

The first column of a query is the record; the others are named `side.column`, and are shown as the
rows on both sides.
"""

from shangji.verify.equations.check import Check, answer
from shangji.verify.equations.commands import COMMANDS
from shangji.verify.equations.effects import EFFECTS
from shangji.verify.equations.feeds import FEEDS
from shangji.verify.equations.people import PEOPLE
from shangji.verify.equations.road import ROAD
from shangji.verify.equations.truth import TRUTH

CHECKS: tuple[Check, ...] = (*ROAD, *EFFECTS, *TRUTH, *PEOPLE, *FEEDS)

__all__ = ["CHECKS", "COMMANDS", "Check", "answer"]
