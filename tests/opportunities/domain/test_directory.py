from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.opportunities.domain.definition import define
from services.opportunities.domain.person import LastOperator, Person, check_operators
from services.opportunities.domain.subjects import company_core
from services.opportunities.domain.unit import RootUnitFixed, Unit, UnitInItself, check_place
from shared.refusals import Refused
from tests.opportunities.domain.owners import ROOT

ENTERPRISE = Unit(id=ROOT, name="Us", kind="enterprise", parent_id=None, sequence=1)
EAST = Unit(id=UUID(int=2), name="East", kind="region", parent_id=ROOT, sequence=1)


def test_a_definition_says_how_it_now_is():
    moved, [event] = define(EAST, replace(EAST, name="East China"))

    assert (moved.sequence, moved.name) == (2, "East China")
    assert event == moved.defined()


def test_what_is_so_already_says_nothing():
    assert define(EAST, replace(EAST)) == (EAST, ())


@pytest.mark.parametrize(
    ("current", "changes", "refusal"),
    [
        pytest.param(ENTERPRISE, {"active": False}, RootUnitFixed, id="close the enterprise"),
        pytest.param(ENTERPRISE, {"parent_id": EAST.id}, RootUnitFixed, id="hang it elsewhere"),
        pytest.param(EAST, {"parent_id": None}, RootUnitFixed, id="a second enterprise"),
        pytest.param(EAST, {"parent_id": UUID(int=3)}, UnitInItself, id="below its own team"),
        pytest.param(EAST, {"parent_id": EAST.id}, UnitInItself, id="below itself"),
    ],
)
def test_the_tree_stays_a_tree(current: Unit, changes: dict[str, Any], refusal: type[Refused]):
    below = {current.id, UUID(int=3)}

    with pytest.raises(refusal):
        check_place(current, replace(current, **changes), below=below)


def test_the_last_operator_stays_one():
    olga = Person(id=UUID(int=4), username="olga", name="Olga", unit_id=ROOT, roles=("operator",))

    with pytest.raises(LastOperator):
        check_operators(olga, replace(olga, roles=()), other_operators=0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ 科技有限公司", "abc科技"),
        ("Acme Corporation", "ACME Corp."),
        ("杭州（西湖）机械股份有限公司", "杭州西湖机械"),
        ("公司", "公司"),
    ],
)
def test_a_company_is_known_by_the_core_of_its_name(one: str, other: str):
    assert company_core(one) == company_core(other) != ""
