"""Why it went to whom: a choice written down so that anybody can make it again."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.opportunities.domain import routing
from services.opportunities.domain.routing import Choice, Reading, RoutingRules, Staff, Team
from services.opportunities.domain.turns import Candidate, Desk, Plan, Trial
from shared.refusals import Conflict

_CHOICE = TypeAdapter(Choice)
_CANDIDATES = TypeAdapter(tuple[Candidate, ...])
_TRIAL = TypeAdapter(Trial)


class ReceiptDisagrees(Conflict):
    """Rule {rule} of this version does not apply to what the receipt says was routed."""


def write_all(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    """The receipts as they are kept: only what differs from the defaults.

    A batch tries the same few teams again and again, so each team is written out once.
    """
    teams: dict[int, list[dict[str, Any]]] = {}
    return [_write(choice, teams) for choice in choices]


def _write(choice: Choice, teams: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    body = _CHOICE.dump_python(choice, mode="json", exclude_defaults=True, exclude={"trials"})
    if choice.trials:
        body["trials"] = [_write_trial(trial, teams) for trial in choice.trials]
    return body


def _write_trial(trial: Trial, teams: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    known = id(trial.candidates)
    if known not in teams:
        teams[known] = _CANDIDATES.dump_python(trial.candidates, mode="json", exclude_defaults=True)
    body = _TRIAL.dump_python(
        trial, mode="json", exclude_defaults=True, exclude={"candidates", "before", "after"}
    )
    return {**body, "candidates": teams[known], "before": trial.before, "after": trial.after}


def read(body: Mapping[str, Any]) -> Choice:
    """The choice in a receipt."""
    return _CHOICE.validate_python(dict(body))


def decide_again(choice: Choice, rules: RoutingRules) -> Choice:
    """Make the choice anew from the receipt's inputs and the rules of its version."""
    facts = routing.facts_of(choice.subject)
    by_name = {rule.name: rule for rule in rules.rules}
    desk = Desk()
    plans: dict[str, Plan] = {}
    teams: list[Team] = []
    candidates: dict[str, Sequence[Candidate]] = {}
    for trial in choice.trials:
        rule = by_name.get(trial.rule)
        if rule is None or not rule.when.evaluate(facts):
            raise ReceiptDisagrees(rule=trial.rule)
        team = Team(rule=rule, unit_ids=trial.unit_ids, rule_set=rules.name)
        teams.append(team)
        candidates[team.key] = trial.candidates
        ids = [someone.person_id for someone in trial.candidates]
        desk.deficits[team.key] = dict(zip(ids, trial.before, strict=True))
        given = {choice.subject.subject_id: trial.planned} if trial.planned else {}
        plans[team.key] = Plan(given=given, prices=trial.prices)
        for person_id, load in trial.loads.items():
            desk.taken[person_id] = load.taken
            desk.held[person_id] = load.held
            desk.results[person_id] = (load.won, load.closed)
    desk.plans = plans
    return routing.choose(
        Reading(subject=choice.subject, rules=rules, teams=tuple(teams)),
        staff=Staff(teams=candidates, named={person.person_id: person for person in choice.named}),
        desk=desk,
    )
