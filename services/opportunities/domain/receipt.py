"""Why it went to whom: a choice written down so that anybody can make it again."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from services.opportunities.domain import routing
from services.opportunities.domain.routing import Choice, Reading, RoutingRules, Staff, Team
from services.opportunities.domain.turns import Desk
from shared.refusals import Conflict

_CHOICE = TypeAdapter(Choice)


class ReceiptDisagrees(Conflict):
    """Rule {rule} of this version does not apply to what the receipt says was routed."""


def write(choice: Choice) -> dict[str, Any]:
    """The receipt as it is kept: only what differs from the defaults."""
    return _CHOICE.dump_python(choice, mode="json", exclude_defaults=True)


def read(body: Mapping[str, Any]) -> Choice:
    """The choice in a receipt."""
    return _CHOICE.validate_python(dict(body))


def decide_again(choice: Choice, rules: RoutingRules) -> Choice:
    """Make the choice anew from the receipt's inputs and the rules of its version."""
    facts = routing.facts_of(choice.subject)
    by_name = {rule.name: rule for rule in rules.rules}
    desk = Desk()
    teams: list[Team] = []
    candidates = {}
    for trial in choice.trials:
        rule = by_name.get(trial.rule)
        if rule is None or not rule.when.evaluate(facts):
            raise ReceiptDisagrees(rule=trial.rule)
        team = Team(rule=rule, unit_ids=trial.unit_ids)
        teams.append(team)
        candidates[team.key] = [standing.candidate for standing in trial.standings]
        desk.deficits[team.key] = {s.candidate.person_id: s.before for s in trial.standings}
        for standing in trial.standings:
            desk.taken[standing.candidate.person_id] = standing.taken
            desk.held[standing.candidate.person_id] = standing.held
    return routing.choose(
        Reading(subject=choice.subject, teams=tuple(teams)),
        staff=Staff(teams=candidates, named={person.person_id: person for person in choice.named}),
        otherwise=rules.otherwise,
        desk=desk,
    )
