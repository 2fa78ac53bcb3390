"""What a duplicate check tells."""

from uuid import uuid4

import pytest

from services.leads.domain.disclosure import (
    Answer,
    CheckPolicy,
    Disclosure,
    Match,
    best,
    certainty,
    disclose,
)
from services.leads.domain.duplicates import Subject
from services.leads.domain.matching.weighing import Decision
from tests.leads import make

MATCH = Match(
    subject=Subject("lead", uuid4()),
    taken="yes",
    team="一队",
    owner="Anna",
    owner_id=uuid4(),
    protected_until=make.NOW,
)


@pytest.mark.parametrize(
    ("discloses", "answer"),
    [
        ("nothing", Answer(taken="undisclosed")),
        ("taken", Answer(taken="yes")),
        ("team", Answer(taken="yes", team="一队", has_open_deal=False)),
        (
            "owner",
            Answer(
                taken="yes",
                team="一队",
                has_open_deal=False,
                owner="Anna",
                protected_until=make.NOW,
            ),
        ),
    ],
)
def test_an_answer_says_as_much_as_the_policy(discloses: Disclosure, answer: Answer):
    assert disclose(MATCH, policy=CheckPolicy(discloses=discloses)) == answer


def test_where_nothing_is_disclosed_nobody_is_not_told_from_somebody():
    policy = CheckPolicy(discloses="nothing")

    assert disclose(None, policy=policy) == disclose(MATCH, policy=policy)


def test_of_several_the_surest_that_has_an_owner_is_told():
    likely = Match(subject=Subject("customer", uuid4()), taken="likely", bits=30)
    ownerless = Match(subject=Subject("lead", uuid4()), taken="yes", bits=30)

    assert best([likely, MATCH, ownerless]) == MATCH
    assert best([]) is None


@pytest.mark.parametrize(
    ("asked", "found", "decision", "sure"),
    [
        pytest.param({}, {}, "join", "yes", id="by weight"),
        pytest.param({}, {}, "ask", "likely", id="perhaps"),
        pytest.param({}, {}, "ignore", None, id="not at all"),
        pytest.param(
            {"company_name": "恒达水务"},
            {"company_name": "恒达水务有限公司"},
            "ignore",
            "yes",
            id="the company's name",
        ),
        pytest.param(
            {"company_name": "恒达水务", "credit_code": "A"},
            {"company_name": "恒达水务", "credit_code": "B"},
            "ignore",
            None,
            id="another credit code",
        ),
    ],
)
def test_how_sure_it_is(
    asked: dict[str, str], found: dict[str, str], decision: Decision, sure: str | None
):
    assert certainty(asked, found, decision) == sure
