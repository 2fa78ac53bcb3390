"""How many schedules are tried, and how a failing one is seen again.

The same schedules come in every run, so a failure comes again with the same command; Hypothesis
prints the shortest schedule that fails, as a program. `SHANGJI_SCHEDULES=20000` tries so many of
each kind, other ones every time; `pytest --hypothesis-seed=…` then brings a run back.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS = 60
WANTED = os.environ.get("SHANGJI_SCHEDULES")


def survives(machine: type[RuleBasedStateMachine], *, schedules: int) -> None:
    """Raise the assertion that a schedule breaks, with the shortest such schedule."""
    _run(machine, schedules=int(WANTED or schedules), derandomize=WANTED is None)


def fails(machine: type[RuleBasedStateMachine], *, schedules: int = 20_000) -> str:
    """What is broken by the first schedule that breaks anything, which mostly comes within two thousand.

    Which ones come depends on the modules that are loaded: Hypothesis also tries their constants.
    """
    try:
        _run(machine, schedules=schedules, derandomize=True, phases=(Phase.generate,))
    except AssertionError as broken:
        return str(broken)
    return f"nothing in {schedules} schedules"


def _run(
    machine: type[RuleBasedStateMachine],
    *,
    schedules: int,
    derandomize: bool,
    phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink),
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=schedules,
            stateful_step_count=STEPS,
            derandomize=derandomize,
            phases=phases,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
