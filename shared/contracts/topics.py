"""Each topic: who writes it, who listens, how many partitions. Events never expire.

The number of partitions is frozen: growing one would move keys and break their order.
"""

from dataclasses import dataclass
from typing import Literal

Service = Literal["leads", "opportunities", "notifications", "analytics"]
SERVICES: tuple[Service, ...] = ("leads", "opportunities", "notifications", "analytics")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic per aggregate type, keyed by the aggregate's id; named like the aggregate."""

    aggregate_type: str
    owner: Service
    listeners: tuple[Service, ...]
    partitions: int = 4

    def name(self, prefix: str) -> str:
        """The topic's name on a broker that installations may share."""
        return f"{prefix}{self.aggregate_type}"


TOPICS: tuple[Topic, ...] = (
    Topic(
        aggregate_type="lead",
        owner="leads",
        listeners=("opportunities", "notifications", "analytics"),
    ),
    Topic(
        aggregate_type="learned_score",
        owner="leads",
        listeners=("notifications",),
        partitions=1,
    ),
    Topic(
        aggregate_type="customer",
        owner="leads",
        listeners=("opportunities", "notifications", "analytics"),
    ),
    Topic(
        aggregate_type="contact",
        owner="leads",
        listeners=("opportunities", "analytics"),
        partitions=2,
    ),
    Topic(
        aggregate_type="unit",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
        partitions=1,
    ),
    Topic(
        aggregate_type="person",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
        partitions=1,
    ),
    Topic(
        aggregate_type="absence",
        owner="opportunities",
        listeners=(),
        partitions=1,
    ),
    Topic(
        aggregate_type="product",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
        partitions=1,
    ),
    Topic(
        aggregate_type="client",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
        partitions=1,
    ),
    Topic(
        aggregate_type="ownership",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
    ),
    Topic(
        aggregate_type="hand_over",
        owner="opportunities",
        listeners=("notifications",),
        partitions=1,
    ),
    Topic(
        aggregate_type="registration",
        owner="opportunities",
        listeners=("leads",),
        partitions=1,
    ),
    Topic(
        aggregate_type="collision",
        owner="opportunities",
        listeners=("notifications",),
        partitions=1,
    ),
    Topic(
        aggregate_type="customer_line",
        owner="opportunities",
        listeners=("leads",),
        partitions=2,
    ),
    Topic(
        aggregate_type="activity",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
    ),
    Topic(
        aggregate_type="document",
        owner="opportunities",
        listeners=(),
        partitions=2,
    ),
    Topic(
        aggregate_type="opportunity",
        owner="opportunities",
        listeners=("leads", "notifications", "analytics"),
    ),
    Topic(
        aggregate_type="notification",
        owner="notifications",
        listeners=("analytics",),
        partitions=2,
    ),
)


def heard_by(service: str) -> tuple[Topic, ...]:
    """The topics a service listens to."""
    return tuple(topic for topic in TOPICS if service in topic.listeners)
