"""The schedules that Hypothesis explores: who goes on next, and what breaks.

Each machine ends by letting everybody go on without faults, and then counts.
"""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.simulation import relays
from tests.simulation.commands import LEADS, Command, carry_out, touched
from tests.simulation.consumers import Listener
from tests.simulation.kafka import PARTITIONS, Broker, Outcome, Producer, partition_of
from tests.simulation.postgres import Postgres
from tests.simulation.relays import Outbox
from tests.simulation.schedule import Schedule

PICK = st.integers(0, 11)
LEAD = st.integers(0, len(LEADS) - 1)
AGAIN = st.sampled_from(["try again", "failed"])
COMMANDS = st.builds(
    Command,
    leads=st.lists(LEAD, min_size=1, max_size=2),
    events=st.integers(1, 2),
    key_first=st.booleans(),
    refused=st.sampled_from([False, False, False, True]),
)


class Clockwork(RuleBasedStateMachine):
    """A schedule, and the rule that lets one process of it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.schedule = Schedule()
        self.broker = Broker(self.schedule)

    @rule(pick=PICK, times=st.integers(1, 6))
    def go_on(self, pick: int, times: int) -> None:
        """One process takes some steps, while all others stand still."""
        self.schedule.step(pick, times=times)

    @rule(steps=st.lists(st.tuples(PICK, st.integers(1, 3)), min_size=2, max_size=8))
    def go_on_in_turns(self, steps: list[tuple[int, int]]) -> None:
        """Several go on, a little each."""
        for pick, times in steps:
            self.schedule.step(pick, times=times)

    def settle(self) -> None:
        """Let everybody go on until nobody can."""

    def count(self) -> None:
        """What must hold when nobody can go on."""

    def teardown(self) -> None:
        """Every schedule ends quietly."""
        if not self.schedule.broke:
            self.settle()
            self.count()

    def kill(self, kind: str, pick: int) -> bool:
        """Kill one of a kind where it stands; whether there was any."""
        processes = self.schedule.named(kind)
        if processes:
            self.schedule.kill(processes[pick % len(processes)])
        return bool(processes)


class Speaking(Clockwork):
    """Commands write, two relays carry at the same time, the broker takes its time."""

    outbox: ClassVar[type[Outbox]] = Outbox
    order_matters: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.database = Postgres()
        self._outbox = self.outbox(self.database)
        for _ in range(2):
            self._start_relay()

    def _start_relay(self) -> None:
        self.schedule.start("relay", relays.run(self._outbox, self.broker))

    @precondition(lambda self: len(self.schedule.named("command")) < 4)
    @rule(command=COMMANDS)
    def begin_a_command(self, command: Command) -> None:
        """Somebody asks for something."""
        self.schedule.start("command", carry_out(command, self.database))

    @rule(pick=PICK)
    def kill_a_relay(self, pick: int) -> None:
        """The supervisor starts another, which knows nothing."""
        if self.kill("relay", pick):
            self._start_relay()

    @rule(pick=PICK)
    def kill_a_command(self, pick: int) -> None:
        """Before its commit or after it, nobody knows."""
        self.kill("command", pick)

    @precondition(lambda self: self.broker.in_flight)
    @rule(pick=PICK, outcome=AGAIN)
    def lose_a_request_or_its_answer(self, pick: int, outcome: Outcome) -> None:
        """The connection is cut."""
        self.broker.lose(pick, outcome)

    @precondition(lambda self: self.broker.in_flight)
    @rule(pick=PICK, outcome=AGAIN)
    def time_out(self, pick: int, outcome: Outcome) -> None:
        """The producer gives up on a request that is still to come."""
        self.broker.time_out(pick, outcome)

    @invariant()
    def order_is_kept(self) -> None:
        """First occurrences in the log, and the feed, begin at 1 for each lead and have no hole."""
        if not self.order_matters:
            return
        assert not self.broker.out_of_order, self.broker.out_of_order[0]
        reached = dict.fromkeys(LEADS, 0)
        for event in self.database.feed.values():
            due = reached[event.aggregate_id] + 1
            assert event.sequence == due, f"the feed has {event.sequence} where {due} was due"
            reached[event.aggregate_id] = due

    @invariant()
    def only_what_was_accepted_is_said(self) -> None:
        """Nobody hears of a transaction that was rolled back."""
        assert self.broker.carried <= {event.event_id for event in self.database.committed}

    def settle(self) -> None:
        """Everybody goes on until nobody can."""
        self.schedule.run_until_quiet()

    def count(self) -> None:
        """Nothing is lost; where order matters, nothing waits, and the feed has all of it."""
        self.order_is_kept()
        self.only_what_was_accepted_is_said()
        accepted = {event.event_id for event in self.database.committed}
        assert accepted == self.broker.carried, "accepted events were lost"
        if not self.order_matters:
            return
        assert not self.database.outbox, "events wait in the outbox for ever"
        assert list(self.database.feed) == list(range(1, len(accepted) + 1)), "the feed has a hole"


class Hearing(Clockwork):
    """Two consumers hold both partitions, and die."""

    def __init__(self) -> None:
        super().__init__()
        self.listener = Listener(self.broker)
        for _ in range(2):
            self._start_consumer()

    def _start_consumer(self) -> None:
        self.schedule.start("consumer", self.listener.listen())

    @rule(pick=PICK)
    def kill_a_consumer(self, pick: int) -> None:
        """The next one knows nothing; what the old one did after its last commit is undone."""
        if self.kill("consumer", pick):
            self._start_consumer()

    @invariant()
    def heard_is_what_took_effect(self) -> None:
        """The sequence check and the effects are one."""
        heard = {lead: sequence for (_, lead), sequence in self.listener.tables.heard.items()}
        effects = {lead: len(done) for lead, done in self.listener.tables.effects.items() if done}
        assert heard == effects

    async def replay(self) -> None:
        """What `shangji replay` does: everything that was ever said, again and in order."""
        events = [
            touched(lead, sequence)
            for lead in LEADS
            for sequence in range(1, self.broker.first_heard[lead] + 1)
        ]
        await (await Producer(self.broker).send(events))

    def settle(self) -> None:
        """Say again what a wiped Kafka has forgotten, cure everybody, and go on until nobody can."""
        self.schedule.run_until_quiet()
        if self.broker.topic_id.int > 1:
            self.schedule.start("operator", self.replay())
        self.listener.sick.clear()
        for lead in LEADS:
            self.schedule.start("operator", self.listener.retry(lead))
        self.schedule.run_until_quiet()

    def count(self) -> None:
        """Everything took effect, and nothing waits."""
        for lead in LEADS:
            missing = self.broker.first_heard[lead] - len(self.listener.tables.effects[lead])
            assert not missing, f"{missing} events never took effect"
        assert not any(self.listener.tables.parked.values()), "events wait for ever"


class Nursed(Hearing):
    """Handlers refuse, operators put back what waits."""

    @rule(lead=LEAD)
    def fall_sick(self, lead: int) -> None:
        """The handler refuses a lead's events from now on."""
        self.listener.sick.add(LEADS[lead])

    @rule(lead=LEAD)
    def cure_and_retry(self, lead: int) -> None:
        """An operator puts back what waits, while all goes on."""
        self.listener.sick.discard(LEADS[lead])
        self.schedule.start("operator", self.listener.retry(LEADS[lead]))


class Disturbed(Nursed):
    """And Kafka delivers what it likes, or is wiped."""

    @rule(partition=st.integers(0, PARTITIONS - 1), offset=st.integers(0, 12))
    def tamper_with_the_offsets(self, partition: int, offset: int) -> None:
        """Forwards or back, for those who begin from now on."""
        self.broker.offsets[partition] = min(offset, len(self.broker.logs[partition]))

    @rule(pick=PICK, partition=st.integers(0, PARTITIONS - 1), offset=st.integers(0, 12))
    def deliver_from_elsewhere(self, pick: int, partition: int, offset: int) -> None:
        """A rebalance makes a consumer go on from another offset."""
        if clients := self.listener.clients:
            place = min(offset, len(self.broker.logs[partition]))
            clients[pick % len(clients)].places[partition] = place

    @rule()
    def make_the_topic_anew(self) -> None:
        """Kafka is wiped."""
        self.broker.make_the_topic_anew()


class Listening(Disturbed):
    """Hears a log that is as wild as is legal: `Speaking` shows that ours always is legal."""

    @rule(lead=LEAD, back=st.integers(0, 3), events=st.integers(1, 3))
    def the_log_grows(self, lead: int, back: int, events: int) -> None:
        """New events, or old ones again: a run that begins no later than what was never sent."""
        first = max(1, self.broker.first_heard[LEADS[lead]] + 1 - back)
        for sequence in range(first, first + events):
            event = touched(LEADS[lead], sequence)
            self.broker.append(partition_of(event), event)


class ListeningToEachOnce(Nursed):
    """Hears a log without duplicates, of a topic that stays."""

    @rule(lead=LEAD)
    def the_log_grows(self, lead: int) -> None:
        """The next event of a lead."""
        event = touched(LEADS[lead], self.broker.first_heard[LEADS[lead]] + 1)
        self.broker.append(partition_of(event), event)


class Road(Speaking, Disturbed):
    """From the command to the effect, with everything that can happen on the way."""

    def settle(self) -> None:
        """Carry everything before it is said again."""
        Speaking.settle(self)
        Hearing.settle(self)

    def count(self) -> None:
        """Nothing is lost, and everything took effect."""
        Speaking.count(self)
        Hearing.count(self)
