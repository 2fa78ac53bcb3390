"""A 统一社会信用代码 as callers and files write it."""

from typing import Annotated

from pydantic import AfterValidator

from services.leads.domain.intake import Line, read_credit_code


def _read(text: str) -> str:
    code, errors = read_credit_code(text)
    if errors:
        raise ValueError(errors[0].reason)
    return code


CreditCode = Annotated[Line, AfterValidator(_read)]
