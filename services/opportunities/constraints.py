"""What a violated constraint means, by its name: one line per constraint a request can reach."""

from services.opportunities.domain import directory
from shared.refusals import Refused

CONSTRAINTS: dict[str, type[Refused]] = {
    "person_username_key": directory.UsernameTaken,
    "product_code_key": directory.ProductCodeTaken,
    # deals: their constraints
}
