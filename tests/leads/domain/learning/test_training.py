"""What closed leads teach, and what they must not."""

from dataclasses import replace

import numpy as np
import pytest

from services.leads.domain.learning.boosting import as_model, grow, read
from services.leads.domain.learning.card import LearnedScore
from services.leads.domain.learning.features import Example
from services.leads.domain.learning.model import Measure
from services.leads.domain.learning.policy import LearningPolicy
from services.leads.domain.learning.shape import features_of, numbered
from services.leads.domain.learning.training import train
from tests.leads.domain.learning.examples import NOW, example, market


def learned(closed: list[Example], **policy: object) -> LearnedScore:
    """What these leads teach."""
    return train(closed, [], policy=LearningPolicy.model_validate(policy), now=NOW)


@pytest.fixture(scope="module")
def score() -> LearnedScore:
    return learned(market(1200))


def test_what_matters_is_told_from_what_does_not(score: LearnedScore):
    strength = {line.name: line.spread for line in score.card.features}

    assert list(strength)[:1] == ["source"]
    assert strength["visits"] > 2 * strength["colour"]


def test_it_ranks_leads_that_it_never_saw_and_means_what_it_says(score: LearnedScore):
    held_out = score.card.held_out

    assert held_out.leads + score.card.leads == 1200
    assert held_out.auc is not None
    assert held_out.auc > 0.7
    assert held_out.brier is not None
    assert held_out.brier_of_base_rate is not None
    assert held_out.brier < held_out.brier_of_base_rate
    assert held_out.calibration_error is not None
    assert held_out.calibration_error < 0.1


def test_the_factors_of_a_lead_say_what_speaks_for_it_and_against_it(score: LearnedScore):
    said = score.model.predict({"source": "recommended", "visits": 0.0, "colour": "red"})

    weights = {factor.feature: factor.weight for factor in said.factors}
    assert weights["source"] > 0 > weights["visits"]


def test_a_value_that_nobody_has_seen_counts_as_a_rare_one(score: LearnedScore):
    known = {"visits": 3.0, "colour": "red"}

    assert score.model.probability({**known, "source": "moon"}) == score.model.probability(
        {**known, "source": "mars"}
    )


def test_a_number_beyond_all_others_counts_as_the_largest(score: LearnedScore):
    assert score.model.probability({"visits": 1e9}) == score.model.probability({"visits": 11.0})


def test_the_plain_numbers_say_exactly_what_the_library_says():
    closed = market(300)
    rows, won = [lead.known for lead in closed], [lead.won is True for lead in closed]
    features = [
        numbered(feature, rows, won) for feature in features_of(rows, excluded=(), least=10)
    ]
    numbers = read(features, rows)
    grown = grow(numbers, np.array(won, dtype=int), trees=30)

    model = as_model(grown, features, times=2.0, plus=1.0)

    said = [model.log_odds(row) for row in rows]
    assert said == pytest.approx(list(grown.decision_function(numbers) * 2 + 1), abs=1e-5)


def test_the_weights_of_all_features_make_the_score(score: LearnedScore):
    known = market(1)[0].known

    weighed = score.model.intercept + sum(score.model.weights(known))

    assert weighed == pytest.approx(score.model.log_odds(known))


def test_the_same_leads_teach_the_same():
    assert learned(market(100)).model == learned(market(100)).model


def test_what_is_declared_as_filled_in_later_is_never_looked_at():
    closed = [
        replace(lead, known={**lead.known, "tags": "won" if lead.won else "lost"})
        for lead in market(200)
    ]

    score = learned(closed, excluded=["tags"])

    assert "tags" not in {feature.name for feature in score.model.features}
    assert score.card.excluded == ("tags",)


def test_what_knows_the_outcome_is_named():
    closed = [
        replace(lead, known={**lead.known, "tags": "won" if lead.won else "lost"})
        for lead in market(200)
    ]

    assert [one.feature for one in learned(closed).card.suspicions] == ["tags"]


def test_what_is_known_only_of_closed_leads_is_named():
    closed = [replace(one, known={**one.known, "closed_by": "Anna"}) for one in market(200)]
    closed[::2] = [replace(one, known={**one.known, "closed_by": "Ben"}) for one in closed[::2]]
    still_open = [one.known for one in market(100, seed=2)]

    score = train(closed, still_open, policy=LearningPolicy(), now=NOW)

    assert [(one.feature, one.reason) for one in score.card.suspicions] == [
        ("closed_by", "It is known of 100% of closed leads and of 0% of open ones")
    ]


@pytest.mark.parametrize(
    ("leads", "least", "most"),
    [pytest.param(12, 0, 0, id="a handful"), pytest.param(60, 0.01, 0.8, id="some dozens")],
)
def test_few_closed_leads_earn_little_trust(leads: int, least: float, most: float):
    card = learned(market(leads), least_rows=3).card

    assert card.cold_start
    assert least <= card.trust <= most
    assert "base rate" in card.remarks[0]


def test_without_trust_everybody_is_given_the_base_rate():
    score = learned(market(12))

    assert score.model.probability({"source": "recommended"}) == pytest.approx(
        score.card.base_rate, abs=1e-3
    )


def test_many_closed_leads_are_trusted(score: LearnedScore):
    assert score.card.trust > 0.9
    assert not score.card.cold_start
    assert score.card.remarks == ()


def test_leads_that_all_ended_alike_teach_only_how_often():
    score = learned([example(number, won=False, source="fair") for number in range(1, 200)])

    assert score.model.trees == ()
    assert score.card.held_out.auc is None


def test_which_leads_are_held_out_never_changes():
    held = [lead.lead_id.int for lead in market(40) if lead.is_held_out]

    assert held == [lead.lead_id.int for lead in market(40, seed=9) if lead.is_held_out]
    assert 0 < len(held) < 40


def test_numbers_that_were_written_as_text_are_numbers():
    visits = Measure(name="visits", limits=(1.0, 5.0), missing=-1)

    read_as = [visits.number(value) for value in ("3", 3, "many", None)]

    assert read_as == [3, 3, -1, -1]
    assert [visits.bin(value) for value in ("3", 0.0, 7, "many")] == [
        "from 1",
        "from 0",
        "from 2",
        "missing",
    ]
