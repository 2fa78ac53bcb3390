"""People and units of the demo that a table of sellers does not hold: managers, dealers, a leaver."""

from datetime import date
from typing import Any
from uuid import UUID

from shangji.client import Client, Refused
from shangji.demo import history
from shangji.demo.company import Company, Dealer, Officer, Seller
from shangji.demo.seasons import DAY, Seasons
from shangji.demo.vocabulary import SYSTEM
from shangji.demo_record import PASSWORD, Actor, Incidents
from shared.ids import external_id
from shared.principals import ROOT_UNIT

ENTERPRISE = "远澜集团"
OPPORTUNITIES = "opportunities"


async def complete_directory(client: Client, company: Company) -> None:
    """Add officers and dealers, and say what each region serves; what is so already stays."""
    for officer in company.officers:
        await _add_officer(client, officer)
    for dealer in company.dealers:
        await _add_dealer(client, dealer)
    boss = company.officers[0]
    await _change(
        client, f"/units/{ROOT_UNIT}", name=ENTERPRISE, lead_person_id=str(_person_id(boss.id))
    )
    for officer in company.officers:
        if officer.region is not None:
            await _change(
                client,
                f"/units/{_unit_id(officer.region.name)}",
                regions=[officer.region.name, *officer.region.provinces],
                lead_person_id=str(_person_id(officer.id)),
            )


async def retire_leaver(client: Client, company: Company) -> None:
    """One seller has left; what is in their name stays there until somebody takes it over."""
    leaver = next(seller for seller in company.sellers if seller.id == history.LEAVER)
    await _change(client, f"/persons/{_person_id(leaver.id)}", active=False)


async def actors(client: Client, company: Company) -> tuple[Actor, ...]:
    """One of each role to sign in as, with the demo's password."""
    seller = await _busy_seller(client, company)
    manager = next(officer for officer in company.officers if officer.region == seller.region)
    operator = await client.person_id("operator")
    wanted = (
        ("seller", _person_id(seller.id)),
        ("team lead", _person_id(seller.team_lead)),
        ("manager", _person_id(manager.id)),
        ("operator", operator),
    )
    return tuple([await _actor(client, role, person_id) for role, person_id in wanted])


async def incidents(client: Client, company: Company, *, today: date, seed: int) -> Incidents:
    """Where to look for what was planted."""
    by_id = {seller.id: seller for seller in company.sellers}
    hoarder, leaver = by_id[history.HOARDER], by_id[history.LEAVER]
    lead = await client.get(OPPORTUNITIES, f"/persons/{_person_id(hoarder.team_lead)}")
    start, end = history.stalled_quarter(today)
    deals = history.deals(company, Seasons(today), seed=seed)
    contested = next(deal for deal in deals if deal.id == history.COLLISION)
    return Incidents(
        stalled_region=history.STALLED.name,
        stalled_from=start.isoformat(),
        stalled_to=(end - DAY).isoformat(),
        hoarder=hoarder.name,
        hoarders_lead=lead["username"],
        leaver=leaver.name,
        leaver_id=str(_person_id(leaver.id)),
        contested_customer_id=str(external_id("customer", SYSTEM, contested.customer.id)),
    )


async def _busy_seller(client: Client, company: Company) -> Seller:
    """Somebody with a new lead to answer, so that there is something to see."""
    by_id = {str(_person_id(seller.id)): seller for seller in company.sellers}
    page = await client.get("leads", "/leads", channel="website", limit=200)
    owners = (by_id.get(lead["owner_id"]) for lead in reversed(page["items"]))
    return next((seller for seller in owners if seller is not None), company.sellers[0])


async def _actor(client: Client, role: str, person_id: UUID) -> Actor:
    person = await client.get(OPPORTUNITIES, f"/persons/{person_id}")
    await client.send(
        "PUT", OPPORTUNITIES, f"/persons/{person_id}/password", {"password": PASSWORD}
    )
    return Actor(role=role, username=person["username"], name=person["name"])


async def _add_officer(client: Client, officer: Officer) -> None:
    unit_id = ROOT_UNIT if officer.region is None else _unit_id(officer.region.name)
    await _add(
        client,
        "/persons",
        _person_id(officer.id),
        username=officer.username,
        name=officer.name,
        email=f"{officer.username}@yuanlan.example",
        unit_id=str(unit_id),
        roles=[officer.role],
        external={"system": SYSTEM, "id": officer.id},
    )


async def _add_dealer(client: Client, dealer: Dealer) -> None:
    unit_id = _unit_id(dealer.id)
    await _add(
        client,
        "/units",
        unit_id,
        name=dealer.name,
        kind="dealer",
        parent_id=str(_unit_id(dealer.region.name)),
        external={"system": SYSTEM, "id": dealer.id},
    )
    await _add(
        client,
        "/persons",
        _person_id(dealer.id),
        username=f"dealer{dealer.id[1:]}",
        name=dealer.person,
        unit_id=str(unit_id),
        roles=["seller"],
        external={"system": SYSTEM, "id": dealer.id},
    )


async def _add(client: Client, path: str, id: UUID, **body: Any) -> None:
    try:
        await client.get(OPPORTUNITIES, f"{path}/{id}")
    except Refused as refused:
        if refused.status != 404:
            raise
        await client.send("POST", OPPORTUNITIES, path, body)


async def _change(client: Client, path: str, **wanted: Any) -> None:
    present = await client.get(OPPORTUNITIES, path)
    if any(present[name] != value for name, value in wanted.items()):
        headers = {"If-Match": f'"{present["sequence"]}"'}
        await client.send("PATCH", OPPORTUNITIES, path, wanted, headers=headers)


def _unit_id(external: str) -> UUID:
    return external_id("unit", SYSTEM, external)


def _person_id(external: str) -> UUID:
    return external_id("person", SYSTEM, external)
