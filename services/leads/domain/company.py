"""Company names: how the same company is recognised although people write it in many ways."""

import re
import unicodedata
from dataclasses import dataclass

from services.leads.domain.places import PLACES

_BRACKETS = str.maketrans("【】〔〕[]{}《》<>", "()()()()()()")
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff)])\s+(?=[\u4e00-\u9fff(])")
_CHINESE_FORM = re.compile(
    r"""(?<=.)(?:
        (?:股份)?有限(?:责任)?公司 | 股份公司 | 公司 | 株式会社 | 有限会社 | \(株\)
    )$""",
    re.VERBOSE,
)
_JAPANESE_PREFIX = re.compile(r"^(?:株式会社|有限会社|\(株\))(?=.)")
_BRANCH = re.compile(
    r"^(?P<head>.+公司)\(?(?P<branch>.*?(?:分公司|分行|支行|分店|分部|办事处|营业部))\)?$"
)
_HEAD_OFFICE = re.compile(r"(?<=.)\((?:总部|总公司|本部)\)$")
_LATIN_FORM = re.compile(
    r"""[\s,.]+(?:
        company\s+limited | (?:co|pte|pty|pvt|private|sdn)\.?,?\s*(?:ltd|limited|bhd)
      | limited | ltd | incorporated | inc | corporation | corp | company | co | llc | llp | l\.p | plc
      | gmbh(?:\s*&\s*co\.?\s*kg(?:aa)?)? | kg(?:aa)? | ag | se | s\.?\s?a\.?(?:\s?s)? | s\.?\s?p\.?\s?a
      | s\.?\s?r\.?\s?l | n\.?\s?v | b\.?\s?v | k\.?\s?k | oyj? | ab | a/s | aps | asa?
    )\.?$""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACE = rf"(?:{'|'.join(PLACES)})(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市)?"
_REGION_PREFIX = re.compile(rf"^(?:{_PLACE})+")
_REGION_IN_BRACKETS = re.compile(rf"\((?:中国|{_PLACE})\)")
_GROUP = re.compile(r"(?<=.)(?:\(集团\)|集团)")
_PARTNERSHIP = re.compile(r"(?<=.)(?:\((?:有限|普通|特殊普通)合伙\)|个体工商户)$")
"""Another legal person than the company of the same name, but often its sister."""
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class CompanyName:
    """A name as shown, and what it comes down to."""

    shown: str
    key: str
    """Without legal form, case, accents, space and punctuation: equal keys are the same company."""
    core: str
    """Also without region, branch and 集团: equal cores may be the same; only people can tell."""


def parse(text: str) -> CompanyName:
    """Read a company name; a blank one comes down to blanks."""
    shown = tidy(text)
    whole = _plain(shown)
    branch = _BRANCH.match(whole)
    head = _without_legal_form(branch["head"] if branch else whole)
    key = _letters(head + (branch["branch"] if branch else ""))
    return CompanyName(shown=shown, key=key, core=_letters(_at_heart(head)) or key)


def has_legal_form(text: str) -> bool:
    """True when the name itself says that it is a company's."""
    name = _plain(tidy(text))
    return bool(name) and _without_legal_form(name) != name


def tidy(text: str) -> str:
    """Half width, single spaces: how a name is shown."""
    if not text:
        return ""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def bare(text: str) -> str:
    """The name in lower case without its legal form; a branch's name keeps its branch."""
    whole = _plain(tidy(text))
    branch = _BRANCH.match(whole)
    head = _without_legal_form(_PARTNERSHIP.sub("", branch["head"] if branch else whole))
    return f"{head} {branch['branch']}" if branch else head


def place_before(name: str) -> str:
    """The places that a bare name begins with, unless it is nothing but places."""
    found = _REGION_PREFIX.match(name)
    return found[0] if found and found.end() < len(name) else ""


def _plain(shown: str) -> str:
    """One kind of bracket, lower case, no space between Chinese characters, no accents."""
    levelled = _SPACE_IN_CHINESE.sub("", shown.translate(_BRACKETS).casefold())
    return _HEAD_OFFICE.sub("", without_accents(levelled))


def without_accents(text: str) -> str:
    """é becomes e; other scripts stay as they are."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(mark for mark in apart if not "\u0300" <= mark <= "\u036f")
    return unicodedata.normalize("NFC", kept)


def _without_legal_form(name: str) -> str:
    bare = _JAPANESE_PREFIX.sub("", _CHINESE_FORM.sub("", name))
    return bare if bare != name else _LATIN_FORM.sub("", name)


def _at_heart(name: str) -> str:
    """Without what sister companies differ in."""
    lone = _GROUP.sub("", _without_legal_form(_PARTNERSHIP.sub("", name)))
    return _REGION_PREFIX.sub("", _REGION_IN_BRACKETS.sub("", lone))


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text)
