"""Who a deal is with: end customer, buyer, dealer, payer, and the legal entity of ours that signs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict
from uuid import UUID

from shared.refusals import Conflict, Invalid

Role = Literal["buyer_id", "dealer_id", "payer_id", "signed_by_id"]
ROLES: tuple[Role, ...] = ("buyer_id", "dealer_id", "payer_id", "signed_by_id")


class Parties(TypedDict, total=False):
    """Who the deal is with besides its customer; nobody named is nobody."""

    buyer_id: UUID | None
    dealer_id: UUID | None
    payer_id: UUID | None
    signed_by_id: UUID | None


class UnknownParty(Invalid):
    """The {role} {party_id} is nobody we know of.

    Register the organisation or the person first; one registered just now is known in a moment.
    """


class NoDealer(Conflict):
    """{party_id} is no dealer.

    Say of the organisation that it is one: `PATCH /customers/{party_id}` with `is_dealer`.
    """


class NotOurEntity(Invalid):
    """{unit_id} is no legal entity of ours.

    Name a unit of the kind `legal_entity`.
    """


@dataclass(frozen=True, kw_only=True)
class Party:
    """What is known of an organisation, a person, or a unit that is a legal entity of ours."""

    kind: Literal["organisation", "person", "entity"]
    is_dealer: bool = False


def refuse_unfit(named: Mapping[Role, UUID], known: Mapping[UUID, Party]) -> None:
    """Say which of the parties cannot be what the deal names them as."""
    for role, party_id in named.items():
        party = known.get(party_id)
        if role == "signed_by_id":
            if party is None or party.kind != "entity":
                raise NotOurEntity(unit_id=party_id)
        elif party is None or party.kind == "entity":
            raise UnknownParty(role=role.removesuffix("_id"), party_id=party_id)
        elif role == "dealer_id" and not party.is_dealer:
            raise NoDealer(party_id=party_id)
