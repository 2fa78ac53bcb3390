"""What a violated constraint means, by its name: one line per constraint a request can reach."""

from services.opportunities.domain.client import ClientNameTaken
from services.opportunities.domain.hand_over import NothingToGiveBack
from services.opportunities.domain.person import UsernameTaken
from services.opportunities.domain.product import ProductCodeTaken
from services.opportunities.domain.unit import RootUnitFixed, UnitNameTaken
from shared.refusals import Refused

CONSTRAINTS: dict[str, type[Refused]] = {
    "unit_name_key": UnitNameTaken,
    "unit_root_key": RootUnitFixed,
    "person_username_key": UsernameTaken,
    "product_code_key": ProductCodeTaken,
    "hand_over_returned": NothingToGiveBack,
    "client_name_key": ClientNameTaken,
}
