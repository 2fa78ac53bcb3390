"""Company names: how the same company is recognised although people write it in many ways."""

import re
import unicodedata
from dataclasses import dataclass

from services.leads.domain.places import PLACES

_CHINESE_FORMS = (
    "股份有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "股份公司",
    "有限公司",
    "公司",
)
_LATIN_FORM = re.compile(
    r"[\s,.]+(co\.?,?\s*ltd|company limited|limited|ltd|inc|incorporated|corp|corporation|company"
    r"|llc|plc|gmbh|ag|s\.?a\.?|pte\.?\s*ltd|pty\.?\s*ltd|b\.?v\.?)\.?$",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans("【】〔〕[]{}《》<>", "()()()()()()")
_PLACE = rf"(?:{'|'.join(PLACES)})(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)?"
_REGION_PREFIX = re.compile(rf"^(?:{_PLACE})+")
_REGION_IN_BRACKETS = re.compile(rf"\((?:中国|{_PLACE})\)")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class CompanyName:
    """A name as shown, and what it comes down to."""

    shown: str
    key: str
    """Without legal form, case, space and punctuation: equal keys are the same company."""

    @property
    def core(self) -> str:
        """Also without region: equal cores may be the same company; only people can tell."""
        bare = _bare(self.shown)
        local = _REGION_PREFIX.sub("", _REGION_IN_BRACKETS.sub("", bare))
        return _NO_LETTER.sub("", local) or self.key


def parse(text: str) -> CompanyName:
    """Read a company name; a blank one comes down to blanks."""
    shown = tidy(text)
    return CompanyName(shown=shown, key=_NO_LETTER.sub("", _bare(shown)))


def has_legal_form(text: str) -> bool:
    """True when the name itself says that it is a company's."""
    name = tidy(text).translate(_BRACKETS).casefold()
    return bool(name) and _without_legal_form(name) != name


def tidy(text: str) -> str:
    """Half width, single spaces: how a name is shown."""
    if not text:
        return ""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _bare(shown: str) -> str:
    return _without_legal_form(shown.translate(_BRACKETS).casefold())


def _without_legal_form(name: str) -> str:
    if name in _CHINESE_FORMS:
        return name
    for form in _CHINESE_FORMS:
        if name.endswith(form):
            return name.removesuffix(form)
    return _LATIN_FORM.sub("", name) if not name.isalpha() else name
