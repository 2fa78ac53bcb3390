"""Which records there are, who owns them, who hears of them. A test compares it with the contracts."""

from dataclasses import dataclass

SCHEMAS = ("leads", "opportunities", "notifications", "analytics")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record: its topic is named like it, its events are numbered one by one."""

    name: str
    owner: str
    table: str
    listeners: tuple[str, ...]
    partitions: int = 4


def _directory(name: str) -> Kind:
    return Kind(
        name=name,
        owner="opportunities",
        table=name,
        listeners=("leads", "notifications", "analytics"),
        partitions=1,
    )


def _business(name: str, table: str) -> Kind:
    return Kind(
        name=name,
        owner="opportunities",
        table=table,
        listeners=("leads", "notifications", "analytics"),
    )


def _person_data(name: str, *listeners: str, partitions: int = 4) -> Kind:
    return Kind(name=name, owner="leads", table=name, listeners=listeners, partitions=partitions)


KINDS: tuple[Kind, ...] = (
    _person_data("lead", "opportunities", "notifications", "analytics"),
    Kind(
        name="learned_score",
        owner="leads",
        table="learned_score",
        listeners=("notifications",),
        partitions=1,
    ),
    _person_data("customer", "opportunities", "notifications", "analytics"),
    _person_data("contact", "opportunities", "analytics", partitions=2),
    _directory("unit"),
    _directory("person"),
    Kind(
        name="absence",
        owner="opportunities",
        table="absence",
        listeners=(),
        partitions=1,
    ),
    _directory("product"),
    _directory("client"),
    _business("ownership", "ownership"),
    Kind(
        name="hand_over",
        owner="opportunities",
        table="hand_over",
        listeners=("notifications",),
        partitions=1,
    ),
    Kind(
        name="registration",
        owner="opportunities",
        table="registration",
        listeners=("leads",),
        partitions=1,
    ),
    Kind(
        name="collision",
        owner="opportunities",
        table="collision",
        listeners=("notifications",),
        partitions=1,
    ),
    Kind(
        name="customer_line",
        owner="opportunities",
        table="customer_line",
        listeners=("leads",),
        partitions=2,
    ),
    _business("activity", "activity"),
    Kind(
        name="document",
        owner="opportunities",
        table="document",
        listeners=(),
        partitions=2,
    ),
    _business("opportunity", "deal"),
    Kind(
        name="notification",
        owner="notifications",
        table="notice",
        listeners=("analytics",),
        partitions=2,
    ),
)

FOLDED = frozenset(("lead", "opportunity", "ownership"))
"""Kinds whose payloads the reducer needs."""
