"""People speak for one organisation or several, and may turn out to be one."""

from typing import Any

from tests.leads.office import Caller, Json, Office
from tests.leads.test_duplicates import look, pairs
from tests.leads.test_groups import ANY, register

LILEI: dict[str, Any] = {"name": "李雷", "phone": "13812341234"}


async def add(caller: Caller, customer: str, **person: Any) -> Json:
    """A new contact of a customer."""
    answer = await caller.send("POST", "/contacts", {"customer_id": customer, **(person or LILEI)})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def link(caller: Caller, contact: str, customer: str, role: str = "") -> Json:
    """Let somebody speak for an organisation as well."""
    path = f"/contacts/{contact}/organisations/{customer}"
    return await caller.send("PUT", path, {"role": role})


async def listed(caller: Caller, customer: str) -> list[str]:
    """The names of those who speak for a customer."""
    shown = (await caller.get("/contacts", customer_id=customer)).json()
    return [contact["name"] for contact in shown["items"]]


async def test_a_contact_is_added_in_a_role_and_announced_without_a_name(office: Office):
    acme = await register(office.anna, "Acme")

    contact = await add(office.anna, acme, role="采购", attributes={"gift": "茶"}, **LILEI)

    assert contact["organisations"] == [{"customer_id": acme, "role": "采购"}]
    assert (contact["phone"], contact["masked"]) == ("+8613812341234", False)
    assert contact["attributes"] == {"gift": "茶"}
    await office.world.settle()
    [said] = office.world.log.events("contact.added.v1")
    assert "李雷".encode() not in said.payload


async def test_the_same_person_is_not_added_twice(office: Office):
    acme = await register(office.anna, "Acme")
    first = await add(office.anna, acme)

    again = await office.anna.send("POST", "/contacts", {"customer_id": acme, **LILEI})

    assert (again.status_code, again.json()["type"]) == (409, "/problems/contact-already-known")
    assert again.json()["contact_id"] == first["id"]


async def test_what_cannot_be_a_number_is_named(office: Office):
    acme = await register(office.anna, "Acme")

    refused = await office.anna.send(
        "POST", "/contacts", {"customer_id": acme, "name": "李雷", "phone": "12"}
    )

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/phone"]


async def test_a_contact_speaks_for_several_organisations_in_other_roles(office: Office):
    acme, beta = [await register(office.anna, name) for name in ("Acme", "Beta")]
    contact = await add(office.anna, acme, role="采购", **LILEI)

    linked = await link(office.anna, contact["id"], beta, "顾问")

    assert linked.status_code == 200, linked.text
    assert linked.json()["organisations"] == [
        {"customer_id": acme, "role": "采购"},
        {"customer_id": beta, "role": "顾问"},
    ]
    assert await listed(office.anna, acme) == await listed(office.anna, beta) == ["李雷"]


async def test_whoever_owns_any_of_the_organisations_sees_the_contact_but_not_the_others(
    office: Office,
):
    acme, other = await register(office.anna, "Acme"), await register(office.dan, "Other")
    contact = await add(office.anna, acme)
    hidden = await office.dan.get(f"/contacts/{contact['id']}")

    await link(office.olga, contact["id"], other)

    seen = (await office.dan.get(f"/contacts/{contact['id']}")).json()
    assert hidden.status_code == 404
    assert (seen["phone"], seen["masked"]) == ("+8613812341234", False)
    assert [served["customer_id"] for served in seen["organisations"]] == [other]
    assert await listed(office.dan, other) == ["李雷"]
    assert await listed(office.dan, acme) == []


async def test_the_owner_of_another_organisation_corrects_the_contact_too(office: Office):
    acme, other = await register(office.anna, "Acme"), await register(office.dan, "Other")
    contact = await add(office.anna, acme)
    await link(office.olga, contact["id"], other)

    answer = await office.dan.send(
        "PATCH", f"/contacts/{contact['id']}", {"mail": "li@x.com"}, headers=ANY
    )

    assert answer.status_code == 200, answer.text
    mine = (await office.anna.get(f"/contacts/{contact['id']}")).json()
    assert (mine["mail"], mine["name"]) == ("li@x.com", "李雷")


async def test_whoever_leaves_an_organisation_is_found_at_the_other(office: Office):
    acme, beta = [await register(office.anna, name) for name in ("Acme", "Beta")]
    contact = await add(office.anna, acme)
    await link(office.anna, contact["id"], beta)
    path = f"/contacts/{contact['id']}/organisations"

    left = await office.anna.send("DELETE", f"{path}/{acme}")
    last = await office.anna.send("DELETE", f"{path}/{beta}")

    assert left.status_code == 204, left.text
    assert await listed(office.anna, acme) == []
    assert (await office.anna.get(f"/contacts/{contact['id']}")).json()["customer_id"] == beta
    assert last.json()["type"] == "/problems/last-organisation"


async def two(office: Office) -> tuple[str, str]:
    """Two records of one person at two customers of Anna's."""
    acme, beta = [await register(office.anna, name) for name in ("Acme", "Beta")]
    first = await add(office.anna, acme, role="采购", **LILEI)
    second = await add(office.anna, beta, name="李雷", phone="0571-88001234", mail="li@x.com")
    return first["id"], second["id"]


async def test_a_merge_of_contacts_is_shown_before_it_is_made(office: Office):
    first, second = await two(office)

    answer = await office.anna.send(
        "POST",
        f"/contacts/{first}/merge",
        {"other_id": second, "take": ["phone"], "preview": True},
    )

    shown = {each["field"]: each for each in answer.json()["fields"]}
    assert answer.status_code == 200, answer.text
    assert shown["phone"]["result"] == "+8657188001234"
    assert len(shown["roles"]["result"]) == 2
    assert (await office.anna.get(f"/contacts/{second}")).json()["merged_into"] is None


async def test_merged_contacts_are_one_and_two_again(office: Office):
    first, second = await two(office)

    merged = await office.anna.send("POST", f"/contacts/{first}/merge", {"other_id": second})
    together = (await office.anna.get(f"/contacts/{first}")).json()
    everybody = (await office.anna.get("/contacts")).json()["items"]
    apart = await office.anna.send("POST", f"/contacts/{second}/unmerge", {"why": "同名"})

    assert merged.status_code == 200, merged.text
    assert (together["mail"], len(together["organisations"])) == ("li@x.com", 2)
    assert [contact["id"] for contact in everybody] == [first]
    assert apart.status_code == 204, apart.text
    one, other = [(await office.anna.get(f"/contacts/{who}")).json() for who in (first, second)]
    assert (one["mail"], len(one["organisations"])) == ("", 1)
    assert (other["mail"], other["merged_into"]) == ("li@x.com", None)


async def test_a_pair_of_contacts_is_decided_from_the_list(office: Office):
    hengda = await register(office.anna, "苏州恒达水务有限公司")
    person = {"name": "司徒景行", "address": "星湖街328号"}
    first = await add(office.anna, hengda, **person, phone="0512-62881234")
    second = await add(office.anna, hengda, **person, phone="0512-66660000")
    await look(office)
    [pair] = await pairs(office.anna, kind="contact")

    answer = await office.anna.send(
        "POST",
        f"/duplicates/{pair['id']}/decision",
        {"decision": "merge", "survivor_id": first["id"]},
    )

    assert answer.status_code == 204, answer.text
    gone = (await office.anna.get(f"/contacts/{second['id']}")).json()
    assert gone["merged_into"] == first["id"]
