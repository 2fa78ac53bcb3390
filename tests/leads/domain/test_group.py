"""Organisations form groups, at any depth and never in a circle."""

from dataclasses import replace
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from services.leads.domain import group
from services.leads.domain.refusals import StandsAbove
from shared.contracts.leads import CustomerMoved
from tests.leads import make

HEAD, REGION, PLANT, OTHER = (make.customer(name) for name in ("集团", "华东", "一厂", "别家"))
ABOVE: dict[UUID, UUID | None] = {PLANT.id: REGION.id, REGION.id: HEAD.id, HEAD.id: None}


def test_an_organisation_stands_below_another_and_says_so():
    moved, events = group.move(OTHER, PLANT.id, above=ABOVE, by=None, now=make.NOW)

    assert moved.parent_id == PLANT.id
    assert isinstance(events[0], CustomerMoved)
    assert events[0].parent_id == PLANT.id
    assert moved.sequence == OTHER.sequence + 1


def test_where_it_stands_already_it_simply_stays():
    held = replace(PLANT, parent_id=REGION.id)

    assert group.move(held, REGION.id, above=ABOVE, by=None, now=make.NOW) == (held, ())


@pytest.mark.parametrize("below", [HEAD, REGION, PLANT], ids=["itself", "a child", "a grandchild"])
def test_nobody_stands_below_itself(below: object):
    assert isinstance(below, type(HEAD))
    with pytest.raises(StandsAbove) as refused:
        group.move(HEAD, below.id, above=ABOVE, by=None, now=make.NOW)

    assert refused.value.details["parent_id"] == str(below.id)


def test_a_line_of_a_thousand_is_walked_to_its_end():
    line = [uuid4() for _ in range(1000)]
    above: dict[UUID, UUID | None] = dict(pairwise(line))

    assert list(group.line(line[0], above=above)) == line


def test_a_circle_that_somebody_made_by_other_means_ends():
    one, other = uuid4(), uuid4()

    assert list(group.line(one, above={one: other, other: one})) == [one, other]
