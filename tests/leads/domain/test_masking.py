"""What is left for those who need not see it."""

import pytest

from services.leads.domain import masking


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        pytest.param("+8613812341234", "138****1234", id="mobile"),
        pytest.param("+861062345678", "010****5678", id="landline"),
        pytest.param("+861062345678;ext=801", "010****5678", id="extension"),
        pytest.param("+864008208820", "400****8820", id="400"),
        pytest.param("", "", id="none"),
        pytest.param("+8612", "****", id="too short to show any of it"),
    ],
)
def test_a_number_keeps_its_ends(number: str, shown: str):
    assert masking.phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("zhang@x.com", "z***@x.com"), ("张三@例子.中国", "张***@例子.中国"), ("", "")],
    ids=["plain", "international", "none"],
)
def test_an_address_keeps_its_first_letter_and_its_domain(address: str, shown: str):
    assert masking.mail(address) == shown
