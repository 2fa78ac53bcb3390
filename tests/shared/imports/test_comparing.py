"""A migration is compared with what the other system says it holds."""

from decimal import Decimal

import pytest

from shared.imports.comparing import Sum, Total, compare


def test_both_sides_of_a_total_stand_beside_each_other():
    told = [Total(kind="deals", by="stage", value="Won", count=3, amount=Decimal("10.50"))]

    compared = compare("crm", told, {("deals", "stage"): {"Won": Sum(count=2, amount=Decimal(9))}})

    [line] = compared.lines
    assert (line.count_difference, line.amount_difference) == (-1, Decimal("-1.50"))
    assert (line.equal, compared.equal) == (False, False)


@pytest.mark.parametrize(
    ("there", "here", "equal"),
    [
        pytest.param((3, None), (3, "7"), True, id="no amount was given"),
        pytest.param((3, "7"), (3, "7.00"), True, id="the same amount"),
        pytest.param((3, "7"), (3, "7.01"), False, id="a cent"),
        pytest.param((0, None), None, True, id="nothing on both sides"),
        pytest.param((1, "7"), None, False, id="nothing came"),
    ],
)
def test_sides_are_equal_in_what_both_say(
    there: tuple[int, str | None], here: tuple[int, str] | None, equal: bool
):
    amount = Decimal(there[1]) if there[1] else None
    told = [Total(kind="deals", count=there[0], amount=amount)]
    counted = {"": Sum(count=here[0], amount=Decimal(here[1]))} if here else {}

    assert compare("crm", told, {("deals", ""): counted}).equal is equal


def test_what_only_we_hold_is_shown_behind_what_was_told():
    told = [Total(kind="leads", by="outcome", value="won", count=1)]
    counted = {("leads", "outcome"): {"lost": Sum(count=2), "won": Sum(count=1)}}

    lines = compare("crm", told, counted).lines

    assert [(line.value, line.count_difference) for line in lines] == [("won", 0), ("lost", 2)]
