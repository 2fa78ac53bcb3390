"""From the command to the effect: the relay, Kafka and the consumer with all faults at once."""

from tests.simulation.consumers import simulated
from tests.simulation.exploring import survives
from tests.simulation.machines import Road


def test_every_accepted_command_takes_effect_once_and_in_order_in_every_schedule():
    with simulated():
        survives(Road, schedules=800)
