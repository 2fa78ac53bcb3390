"""What a violated constraint means, by its name: one line per constraint a request can reach."""

from services.leads.domain import refusals
from shared.refusals import Refused

CONSTRAINTS: dict[str, type[Refused]] = {
    "customer_pkey": refusals.CustomerAlreadyKnown,
}
