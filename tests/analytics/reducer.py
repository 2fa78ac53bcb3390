"""The reports computed a second time, in plain Python, straight from the events.

It shares nothing with the service but the events: one pass folds them, comprehensions answer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.leads import (
    CustomerRegistered,
    LeadCaptured,
    LeadOutcomeRecorded,
    LeadQualified,
)
from shared.contracts.opportunities import (
    ActivityLogged,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRecorded,
    OpportunityStageChanged,
    OpportunityWon,
    OwnershipAssigned,
    OwnershipPooled,
    PersonDefined,
    ProductDefined,
    UnitDefined,
)

SHANGHAI = timezone(timedelta(hours=8))


@dataclass
class Deal:
    """A deal as the events leave it."""

    owner: UUID
    unit: UUID
    pipeline: str
    stage: str
    status: str
    amount: Decimal
    list_value: Decimal
    product: UUID | None
    customer: UUID | None
    engaged: date | None
    closed: date | None = None
    lead: UUID | None = None
    stays: list[tuple[str, float, datetime | None]] = field(default_factory=list)
    """Stage, rank (won above all, lost below all), and when it was entered."""


@dataclass
class Lead:
    """A lead as the events leave it."""

    source: str
    captured: datetime
    qualified: datetime | None = None
    dealt: datetime | None = None
    told: datetime | None = None
    won: datetime | None = None

    @property
    def converted(self) -> datetime | None:
        return min((at for at in (self.dealt, self.told) if at), default=None)


@dataclass
class Holding:
    """One period of somebody's ownership of a lead."""

    lead: UUID
    owner: UUID
    unit: UUID
    start: datetime
    end: datetime | None = None


class Reducer:
    """Folds events; ask it afterwards."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.units: dict[UUID, UnitDefined] = {}
        self.people: dict[UUID, PersonDefined] = {}
        self.products: dict[UUID, str] = {}
        self.industries: dict[UUID, str] = {}
        self.deals: dict[UUID, Deal] = {}
        self.leads: dict[UUID, Lead] = {}
        self.holdings: list[Holding] = []
        self.activities: list[ActivityLogged] = []
        for event in events:
            self._fold(event)

    def _fold(self, event: Event) -> None:  # noqa: C901 - one case per event is the simplest there is
        match event:
            case UnitDefined():
                self.units[event.unit_id] = event
            case PersonDefined():
                self.people[event.person_id] = event
            case ProductDefined():
                self.products[event.product_id] = event.name
            case CustomerRegistered():
                self.industries[event.customer_id] = event.facts.industry
            case LeadCaptured():
                self.leads[event.lead_id] = Lead(event.facts.source, event.captured_at)
            case LeadQualified():
                self.leads[event.lead_id].qualified = event.qualified_at
            case LeadOutcomeRecorded() if event.outcome == "converted":
                self.leads[event.lead_id].told = event.recorded_at
            case OwnershipAssigned() | OwnershipPooled():
                self._change_hands(event)
            case ActivityLogged():
                self.activities.append(event)
            case OpportunityRecorded() | OpportunityOpened():
                self._begin(event)
            case OpportunityStageChanged() | OpportunityWon() | OpportunityLost():
                self._go_on(event)
            case _:
                pass

    def _change_hands(self, event: OwnershipAssigned | OwnershipPooled) -> None:
        assigned = isinstance(event, OwnershipAssigned)
        at = event.assigned_at if assigned else event.pooled_at
        if event.subject_kind == "opportunity" and assigned:
            deal = self.deals[event.subject_id]
            deal.owner, deal.unit = event.owner_id, event.unit_id
        if event.subject_kind == "lead":
            for holding in self.holdings:
                if holding.lead == event.subject_id and holding.end is None:
                    holding.end = at
            if assigned:
                self.holdings.append(Holding(event.subject_id, event.owner_id, event.unit_id, at))

    def _begin(self, event: OpportunityRecorded | OpportunityOpened) -> None:
        live = isinstance(event, OpportunityOpened)
        deal = Deal(
            owner=event.owner_id,
            unit=event.unit_id,
            pipeline=event.pipeline,
            stage=event.stage,
            status="open" if live else event.status,
            amount=event.facts.amount,
            list_value=event.facts.list_value,
            product=event.facts.product_id,
            customer=event.facts.customer_id,
            engaged=event.opened_at.astimezone(SHANGHAI).date() if live else event.engaged_on,
            closed=None if live else event.closed_on,
            lead=event.lead_id if live else None,
        )
        rank = {"open": event.probability, "won": 2.0, "lost": -1.0}[deal.status]
        deal.stays.append((deal.stage, rank, event.opened_at if live else None))
        self.deals[event.opportunity_id] = deal
        if live and event.lead_id:
            lead = self.leads[event.lead_id]
            lead.dealt = min(lead.dealt or event.opened_at, event.opened_at)

    def _go_on(self, event: OpportunityStageChanged | OpportunityWon | OpportunityLost) -> None:
        deal = self.deals[event.opportunity_id]
        deal.stage = event.to_stage
        if isinstance(event, OpportunityStageChanged):
            deal.stays.append((event.to_stage, event.probability, event.changed_at))
            return
        won = isinstance(event, OpportunityWon)
        deal.status, deal.closed = ("won" if won else "lost"), event.closed_on
        deal.stays.append((event.to_stage, 2.0 if won else -1.0, event.closed_at))
        if isinstance(event, OpportunityWon):
            deal.amount = event.amount
            if deal.lead:
                lead = self.leads[deal.lead]
                lead.won = min(lead.won or event.closed_at, event.closed_at)

    # Answers

    def summary(self) -> dict[str, Any]:
        won = [deal.amount for deal in self.deals.values() if deal.status == "won"]
        return {
            **_tally(self.deals.values()),
            "avg_deal": float(round(sum(won) / len(won), 4)),
            "median_deal": float(round(median(won), 4)),
        }

    def win_rate(self, by: str) -> list[dict[str, Any]]:
        groups: dict[str, list[Deal]] = defaultdict(list)
        for name in self._shown_anyway(by):
            groups[name] = []
        for deal in self.deals.values():
            if deal.status != "open":
                groups[self._value(by)(deal)].append(deal)
        return [{by: name, **_tally(deals)} for name, deals in sorted(groups.items())]

    def cycle_days(self) -> list[dict[str, Any]]:
        rows = []
        for status in ("won", "lost"):
            days = sorted(
                (deal.closed - deal.engaged).days
                for deal in self.deals.values()
                if deal.status == status and deal.engaged and deal.closed
            )
            rows.append(
                {
                    "status": status,
                    "p25": _quantile(days, 0.25),
                    "median": _quantile(days, 0.5),
                    "p75": _quantile(days, 0.75),
                    "p90": _quantile(days, 0.9),
                    "mean": round(sum(days) / len(days), 6),
                }
            )
        return rows

    def pipeline(self, day: date) -> dict[str, Any]:
        was_open = [deal for deal in self.deals.values() if _open_as_of(deal, day)]
        value = sum(deal.list_value for deal in was_open)
        return {"open": len(was_open), "list_value": float(value)}

    def stage_counts(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for deal in self.deals.values():
            counts[deal.stage] += 1
        return dict(counts)

    def conversion(self) -> list[dict[str, Any]]:
        groups: dict[str, list[Lead]] = defaultdict(list)
        for lead in self.leads.values():
            groups[lead.source or "(blank)"].append(lead)
        rows = []
        for source, leads in sorted(groups.items()):
            converted = sum(lead.converted is not None for lead in leads)
            rate = round(converted / len(leads), 6)
            rows.append(
                {"source": source, "leads": len(leads), "converted": converted, "rate": rate}
            )
        return rows

    def road(self) -> list[tuple[str, int]]:
        leads = self.leads.values()
        won = sum(lead.won is not None for lead in leads)
        converted = sum(bool(lead.converted or lead.won) for lead in leads)
        qualified = sum(bool(lead.qualified or lead.converted or lead.won) for lead in leads)
        return [
            ("captured", len(leads)),
            ("qualified", qualified),
            ("converted", converted),
            ("won", won),
        ]

    def funnel(self, pipeline: str) -> dict[str, tuple[int, int | None]]:
        entered: dict[str, set[UUID]] = defaultdict(set)
        further: dict[str, set[UUID]] = defaultdict(set)
        closing = {"won", "lost", "Won", "Lost"}
        for deal_id, deal in self.deals.items():
            if deal.pipeline != pipeline:
                continue
            for index, (stage, rank, _) in enumerate(deal.stays):
                entered[stage].add(deal_id)
                if any(later > rank for _, later, _ in deal.stays[index + 1 :]):
                    further[stage].add(deal_id)
        return {
            stage: (len(deals), None if stage in closing else len(further[stage]))
            for stage, deals in entered.items()
        }

    def efficiency(self) -> list[dict[str, Any]]:
        rows = []
        for person in self.people.values():
            if "seller" not in person.roles:
                continue
            held = [h for h in self.holdings if h.owner == person.person_id]
            answers = [(h.lead, hours) for h in held if (hours := self._hours(h)) is not None]
            mine = [deal for deal in self.deals.values() if deal.owner == person.person_id]
            rows.append(
                {
                    "seller": person.name,
                    "leads_assigned": len({h.lead for h in held}),
                    "leads_touched": len({lead for lead, _ in answers}),
                    "first_response_hours": (
                        round(median(hours for _, hours in answers), 6) if answers else None
                    ),
                    "activities": sum(a.done_by == person.person_id for a in self.activities),
                    **_tally(mine),
                    "open": sum(deal.status == "open" for deal in mine),
                }
            )
        return sorted(rows, key=lambda row: row["seller"])

    def _hours(self, held: Holding) -> float | None:
        done = [
            a.done_at
            for a in self.activities
            if a.subject_id == held.lead
            and a.done_by == held.owner
            and held.start <= a.done_at
            and (held.end is None or a.done_at < held.end)
        ]
        return (min(done) - held.start).total_seconds() / 3600 if done else None

    def _value(self, by: str) -> Callable[[Deal], str]:
        return {
            "seller": lambda deal: self.people[deal.owner].name,
            "team": lambda deal: self.units[deal.unit].name,
            "manager": lambda deal: self._manager(deal.unit),
            "region": lambda deal: self._region(deal.unit),
            "product": lambda deal: self.products[deal.product] if deal.product else "(blank)",
            "sector": lambda deal: (
                (self.industries[deal.customer] if deal.customer else "") or "(blank)"
            ),
            "month": lambda deal: deal.closed.strftime("%Y-%m") if deal.closed else "",
        }[by]

    def _shown_anyway(self, by: str) -> list[str]:
        teams = [unit for unit in self.units.values() if unit.kind == "team"]
        return {
            "seller": [p.name for p in self.people.values() if "seller" in p.roles],
            "team": [team.name for team in teams],
            "manager": [self._manager(team.unit_id) for team in teams if team.lead_person_id],
            "region": [unit.name for unit in self.units.values() if unit.kind == "region"],
        }.get(by, [])

    def _manager(self, unit_id: UUID) -> str:
        leader = self.units[unit_id].lead_person_id
        return self.people[leader].name if leader else "(blank)"

    def _region(self, unit_id: UUID | None) -> str:
        while unit_id is not None and unit_id in self.units:
            if self.units[unit_id].kind == "region":
                return self.units[unit_id].name
            unit_id = self.units[unit_id].parent_id
        return "(blank)"


def _tally(deals: Iterable[Deal]) -> dict[str, Any]:
    deals = list(deals)
    won = [deal.amount for deal in deals if deal.status == "won"]
    lost = sum(deal.status == "lost" for deal in deals)
    closed = len(won) + lost
    return {
        "won": len(won),
        "lost": lost,
        "win_rate": round(len(won) / closed, 6) if closed else 0.0,
        "won_value": float(sum(won)),
    }


def _open_as_of(deal: Deal, day: date) -> bool:
    return bool(deal.engaged and deal.engaged <= day and not (deal.closed and deal.closed <= day))


def _quantile(ordered: Sequence[int], fraction: float) -> float:
    place = (len(ordered) - 1) * fraction
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 6)
