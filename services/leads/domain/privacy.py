"""Which attributes of a lead tell who somebody is: they are kept, shown and erased with the person."""

import re
from collections.abc import Mapping
from functools import lru_cache

from services.leads.domain.scoring import Signal

_NAMES = re.compile(
    r"wechat|weixin|wxid|微信|(?:^|[_.\W])qq|open_?id|union_?id|user_?id|企微|钉钉|飞书"
    r"|(?:phone|mobile|(?:^|[_.\W])(?:tel|fax|e?mail))(?:[_ ]?(?:no|num\w*|addr\w*|id|\d+))?$"
    r"|手机|电话|传真|邮箱|邮件"
    r"|(?:first|last|full|given|family|sur|nick|contact|user|person)[_ ]?name|姓名|昵称|联系人"
    r"|birth|born|生日|soc_?sec|ssn|passport|id_?(?:card|number)|身份证|护照|(?:^|[_.\W])addr|地址|住址",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^\s@]@[^\s@]")
_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|\+\d{8,})")
_MANY_DIGITS = 8
_LEAST_NUMBER = 100_000
"""What is less is a count."""


def is_personal(name: str, value: Signal) -> bool:
    """True when the attribute is a person's, by its name or by its value."""
    if isinstance(value, str):
        return _is_called_personal(name) or _is_reachable_by(value)
    return value >= _LEAST_NUMBER and _is_called_personal(name)


def parted(attributes: Mapping[str, Signal]) -> tuple[dict[str, Signal], dict[str, Signal]]:
    """The attributes that anybody may read, and those that are a person's."""
    personal = {name: value for name, value in attributes.items() if is_personal(name, value)}
    if not personal:
        return dict(attributes), personal
    return {name: value for name, value in attributes.items() if name not in personal}, personal


def _is_reachable_by(value: str) -> bool:
    """Whether somebody can be called or written to by a value, whatever the attribute is called."""
    if "@" in value and _MAIL.search(value):
        return True
    return len(value) >= _MANY_DIGITS and not value.isalpha() and bool(_NUMBER.search(value))


@lru_cache(maxsize=4096)
def _is_called_personal(name: str) -> bool:
    return _NAMES.search(name) is not None
