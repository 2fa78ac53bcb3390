"""The fields of a record that rules may compare, by the names that rules call them."""

from collections.abc import Mapping

from services.leads.domain.customer import Customer
from services.leads.domain.intake import Said
from services.leads.domain.person import Person
from services.leads.domain.scoring import Signal

Fields = Mapping[str, Signal]


def of_said(said: Said) -> Fields:
    """What somebody says of a lead, before anybody has judged whether it can be read."""
    return {
        "name": said.name,
        "phone": said.phone,
        "mail": said.mail,
        "address": said.address,
        "company_name": said.company_name,
        "credit_code": said.credit_code,
        "region": said.region,
        **_measured(said.attributes),
    }


def of_person(person: Person) -> Fields:
    """Somebody who speaks for a lead or a customer."""
    return {
        "name": person.name,
        "phone": person.phone.number if person.phone else "",
        "mail": person.mail,
        "address": person.address,
    }


def of_customer(customer: Customer) -> Fields:
    """An organisation; where it is, a sender may have measured."""
    return {
        "company_name": customer.facts.name,
        "credit_code": customer.facts.credit_code,
        "region": customer.facts.region,
        "address": customer.attributes.get("address", ""),
        "phone": customer.attributes.get("phone", ""),
        **_measured(customer.attributes),
    }


def _measured(attributes: Mapping[str, Signal]) -> Fields:
    return {f"attributes.{name}": value for name, value in attributes.items()}
