"""A deal names who it is with, and each of them can be what it is named as."""

from uuid import uuid4

import pytest

from services.opportunities.domain.parties import (
    NoDealer,
    NotOurEntity,
    Party,
    Role,
    UnknownParty,
    refuse_unfit,
)
from shared.refusals import Refused

ONE = uuid4()
ORGANISATION, DEALER = Party(kind="organisation"), Party(kind="organisation", is_dealer=True)
PERSON, ENTITY = Party(kind="person"), Party(kind="entity")


@pytest.mark.parametrize(
    ("role", "party", "refused"),
    [
        pytest.param("buyer_id", ORGANISATION, None, id="an organisation buys"),
        pytest.param("buyer_id", PERSON, None, id="a person buys"),
        pytest.param("buyer_id", ENTITY, UnknownParty, id="we do not buy from ourselves"),
        pytest.param("buyer_id", None, UnknownParty, id="nobody buys"),
        pytest.param("payer_id", PERSON, None, id="a person pays"),
        pytest.param("payer_id", None, UnknownParty, id="nobody pays"),
        pytest.param("dealer_id", DEALER, None, id="a dealer deals"),
        pytest.param("dealer_id", ORGANISATION, NoDealer, id="not everybody deals"),
        pytest.param("dealer_id", PERSON, NoDealer, id="no person deals"),
        pytest.param("dealer_id", None, UnknownParty, id="nobody deals"),
        pytest.param("signed_by_id", ENTITY, None, id="an entity of ours signs"),
        pytest.param("signed_by_id", ORGANISATION, NotOurEntity, id="no customer signs for us"),
        pytest.param("signed_by_id", None, NotOurEntity, id="nobody signs"),
    ],
)
def test_each_party_can_be_what_it_is_named_as(
    role: Role, party: Party | None, refused: type[Refused] | None
):
    known = {ONE: party} if party else {}
    if refused is None:
        refuse_unfit({role: ONE}, known)
        return
    with pytest.raises(refused):
        refuse_unfit({role: ONE}, known)
