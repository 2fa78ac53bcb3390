"""A deal goes with the conversion it came of, unless something has happened to it."""

from typing import Any
from uuid import uuid4

import pytest

from services.opportunities.domain.deal import Decision, OpportunityClosed
from services.opportunities.domain.withdrawal import withdraw
from shared.contracts.opportunities import OpportunityKept, OpportunityWithdrawn
from tests.opportunities.domain import deals as make
from tests.opportunities.domain.deals import NOW, TODAY

LEAD = uuid4()


def answer(**given: Any) -> Decision:
    settings: dict[str, Any] = {"deal": make.deal(sequence=1), "worked_on": False}
    settings |= {"handed_on": False} | given
    return withdraw(settings.pop("deal"), lead_id=LEAD, by=None, today=TODAY, now=NOW, **settings)


def test_a_deal_that_was_left_alone_goes():
    gone, [said] = answer()

    assert (gone.status, gone.closed_on, gone.next_step_on) == ("withdrawn", TODAY, None)
    assert isinstance(said, OpportunityWithdrawn)
    with pytest.raises(OpportunityClosed):
        gone.refuse_closed()


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"deal": make.deal(sequence=2)}, ("changed",)),
        ({"worked_on": True}, ("worked_on",)),
        ({"handed_on": True}, ("handed_on",)),
        ({"deal": make.deal(sequence=3), "worked_on": True}, ("changed", "worked_on")),
    ],
    ids=["changed", "worked on", "handed on", "both"],
)
def test_a_deal_to_which_something_has_happened_stays_and_says_what(
    given: dict[str, Any], reasons: tuple[str, ...]
):
    before = given.get("deal", make.deal(sequence=1))

    stays, [said] = answer(**given)

    assert (stays.status, stays.sequence) == ("open", before.sequence + 1)
    assert isinstance(said, OpportunityKept)
    assert said.reasons == reasons
