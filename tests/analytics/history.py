"""A world of analytics alone, and what the other services have told it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.opportunities import PersonDefined
from shared.envelope import Envelope
from shared.ids import new_id
from tests.analytics import make
from tests.support.world import World

Rows = list[dict[str, Any]]


@dataclass
class History:
    """Tells analytics what happened, numbered as its producers would, and asks it for reports."""

    world: World
    operator: PersonDefined = field(
        default_factory=lambda: make.person("Root", roles=("operator",))
    )
    sequences: Counter[tuple[str, UUID]] = field(default_factory=Counter)

    def envelopes(self, *events: Event, at: datetime = make.NOW) -> list[Envelope]:
        """The events as messages; each takes the next number of its aggregate."""
        found: list[Envelope] = []
        for event in events:
            key = event.aggregate_type, event.aggregate_id
            self.sequences[key] += 1
            found.append(
                Envelope(
                    event_id=new_id(),
                    aggregate_type=event.aggregate_type,
                    aggregate_id=event.aggregate_id,
                    sequence=self.sequences[key],
                    type=event.type,
                    traceparent="",
                    occurred_at=at,
                    payload=event.model_dump_json(exclude={"type"}).encode(),
                )
            )
        return found

    async def tell(self, *events: Event, at: datetime = make.NOW) -> None:
        """Let these have happened, and be heard."""
        await self.send(self.envelopes(*events, at=at))

    async def send(self, envelopes: Sequence[Envelope], *, batch: int = 500) -> None:
        """Let these messages be heard as they are."""
        await self.world.log.publish(envelopes)
        await self.world.settle(batch=batch)

    async def report(
        self, name: str, *, asked_by: PersonDefined | None = None, **params: str
    ) -> Rows:
        """The rows of a report; the operator of the whole enterprise asks unless told otherwise."""
        answer = await self.get(f"/reports/{name}", asked_by=asked_by, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, path: str, *, asked_by: PersonDefined | None = None, **params: str) -> Any:
        """The answer to a request."""
        person = asked_by or self.operator
        return await self.world["analytics"].api.get(
            path, params=_spelt(params), headers=self.world.headers(person.person_id)
        )

    async def post(self, path: str, *, asked_by: PersonDefined | None = None) -> Any:
        """The answer to a command."""
        person = asked_by or self.operator
        return await self.world["analytics"].api.post(
            path, headers=self.world.headers(person.person_id)
        )


def _spelt(params: dict[str, str]) -> dict[str, str]:
    """`from` is a word of Python's own: tests say `since`."""
    return {{"since": "from"}.get(name, name): value for name, value in params.items()}
