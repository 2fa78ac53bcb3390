"""A model of what Kafka may do to a message: take it late, take it twice, never say so, forget it.

The broker knows a producer's batches by number and takes each of them once, in order
(https://cwiki.apache.org/confluence/display/KAFKA/KIP-98, "Idempotent Producer Guarantees"); it knows
nothing of another producer that sends the same events, nor of a topic that was there before.
A request may be on its way long after its sender is gone.
"""

from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.envelope import Envelope
from tests.simulation.schedule import Process, Ready, Schedule, pause, until

PARTITIONS = 2
Outcome = Literal["taken", "try again", "failed"]


def partition_of(event: Envelope) -> int:
    """Where the model puts an aggregate: the first two leads lie together."""
    return 0 if event.aggregate_id.int % 16 < 3 else 1


@dataclass(eq=False)
class Request:
    """A batch of one producer for one partition, on its way."""

    producer: int
    partition: int
    number: int
    events: Sequence[Envelope]
    outcome: Outcome | None = None
    process: Process | None = None


@dataclass
class Broker:
    """One topic of two partitions, and the offsets of one group."""

    schedule: Schedule
    logs: list[list[Envelope]] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    topic_id: UUID = field(default_factory=lambda: UUID(int=1))
    offsets: dict[int, int] = field(default_factory=dict)
    """What the group committed to Kafka: a hint, and anybody may tamper with it."""
    first_heard: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    """The last sequence whose first occurrence was seen, in whatever topic, per aggregate."""
    carried: set[UUID] = field(default_factory=set)
    """The ids of all events that were ever in the log."""
    out_of_order: list[str] = field(default_factory=list)
    """First occurrences that came before one that belongs in front of them."""
    producers: int = 0
    in_flight: list[Request] = field(default_factory=list)
    _taken: dict[tuple[int, int], int] = field(default_factory=dict)

    def take(self, request: Request) -> Outcome:
        """Append a batch, unless this producer's batch of that number was taken before."""
        key = request.producer, request.partition
        last = self._taken.get(key, request.number - 1)
        if request.number > last + 1:
            return "failed"
        if request.number == last + 1:
            self._taken[key] = request.number
            for event in request.events:
                self.append(request.partition, event)
        return "taken"

    def append(self, partition: int, event: Envelope) -> None:
        """Add a message, and note when it is a first occurrence where another one was due."""
        due = self.first_heard[event.aggregate_id] + 1
        if event.event_id not in self.carried and event.sequence != due:
            self.out_of_order.append(f"sequence {event.sequence} came where {due} was due")
        self.first_heard[event.aggregate_id] = max(due - 1, event.sequence)
        self.carried.add(event.event_id)
        self.logs[partition].append(event)

    def make_the_topic_anew(self) -> None:
        """All messages, offsets and producers are forgotten; what is on its way may still come."""
        self.topic_id = UUID(int=self.topic_id.int + 1)
        self.logs = [[] for _ in range(PARTITIONS)]
        self.offsets = {}
        self._taken = {}

    def lose(self, pick: int, outcome: Outcome) -> None:
        """A request never arrives, or its answer does not, whichever is next."""
        if self.in_flight:
            request = self.in_flight.pop(pick % len(self.in_flight))
            request.outcome = request.outcome or outcome
            if request.process is not None:
                self.schedule.kill(request.process)

    def time_out(self, pick: int, outcome: Outcome) -> None:
        """The producer waits no longer for a request; the request is still on its way."""
        if self.in_flight:
            request = self.in_flight[pick % len(self.in_flight)]
            request.outcome = request.outcome or outcome

    def send(self, request: Request) -> None:
        """Let a request travel."""
        self.in_flight.append(request)
        request.process = self.schedule.start("request", self._travel(request))

    async def _travel(self, request: Request) -> None:
        await pause()
        outcome = self.take(request)
        await pause()
        request.outcome = request.outcome or outcome
        if request in self.in_flight:
            self.in_flight.remove(request)


@dataclass(eq=False)
class Delivery:
    """Events on their way to their partitions, whether or not anybody waits for them to arrive."""

    outcome: Outcome | None = None

    def __await__(self) -> Generator[Ready, None, None]:
        while self.outcome is None:
            yield lambda: self.outcome is not None
        if self.outcome == "failed":
            raise ConnectionError("the broker went away")


class Producer:
    """An idempotent producer: one batch of each partition on its way, tried again under its number."""

    def __init__(self, broker: Broker, *, batch: int = 2) -> None:
        broker.producers += 1
        self._id = broker.producers
        self._broker = broker
        self._batch = batch
        self._numbers: dict[int, int] = defaultdict(int)
        self._sending: Process | None = None

    async def send(self, events: Sequence[Envelope]) -> Delivery:
        """As `shared.relay.Publisher`; awaiting it raises `ConnectionError` when a request has failed."""
        delivery = Delivery()
        work = self._carry_out(delivery, events)
        self._sending = self._broker.schedule.start("sending", work)
        return delivery

    def stop(self) -> None:
        """Send nothing more; what is on its way stays on its way."""
        if self._sending is not None:
            self._broker.schedule.kill(self._sending)

    async def _carry_out(self, delivery: Delivery, events: Sequence[Envelope]) -> None:
        lines: dict[int, list[Envelope]] = defaultdict(list)
        for event in events:
            lines[partition_of(event)].append(event)
        sent = {partition: self._send_next(partition, line) for partition, line in lines.items()}
        while sent:
            await until(lambda: any(request.outcome for request in sent.values()))
            for partition, request in [*sent.items()]:
                if request.outcome is None:
                    continue
                del sent[partition]
                if request.outcome == "failed":
                    delivery.outcome = "failed"
                    return
                if request.outcome == "try again":
                    sent[partition] = self._send(partition, request.events, request.number)
                elif lines[partition]:
                    sent[partition] = self._send_next(partition, lines[partition])
        delivery.outcome = "taken"

    def _send_next(self, partition: int, line: list[Envelope]) -> Request:
        self._numbers[partition] += 1
        batch = line[: self._batch]
        del line[: self._batch]
        return self._send(partition, batch, self._numbers[partition])

    def _send(self, partition: int, events: Sequence[Envelope], number: int) -> Request:
        request = Request(self._id, partition, number, events)
        self._broker.send(request)
        return request
