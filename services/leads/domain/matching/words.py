"""How a text falls into the words that are compared: names, companies, addresses, numbers."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

from services.leads.domain import company, mail, phone, places

Words = tuple[str, ...]
Manner = Literal["whole", "phone", "mail", "region", "person", "company", "address"]
"""How a field is read: as one word, or as several."""

_PIECES = re.compile(r"\d+|[^\W\d_]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_TITLE = re.compile(r"(?<=.)(?:先生|女士|小姐|老师|总监|经理|主任|总|工|董|mr|mrs|ms|dr)$")
_LATIN_TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof"))
_TWO_CHARACTER_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "宇文",
        "长孙",
        "南宫",
        "轩辕",
    ]
)
_LONGEST_CHINESE_NAME = 4
_BUSINESSES = re.compile(
    r"(科技|技术|信息|网络|软件|数据|智能|电子|电气|电器|通信|通讯|机械|机电|设备|仪器|仪表|自动化"
    r"|工业|工程|建设|建筑|建材|装饰|水务|环保|能源|电力|新能源|化工|材料|新材料|塑料|金属|钢铁|模具"
    r"|汽车|物流|运输|供应链|贸易|商贸|进出口|国际|实业|发展|投资|控股|管理|咨询|服务|传媒|广告|文化"
    r"|教育|医疗|医药|制药|生物|食品|农业|纺织|服饰|家居|家具|酒店|餐饮|旅游|房地产|置业|物业|金融"
    r"|保险|证券|银行|租赁|制造|集团|创新|系统|光电|半导体|精密|包装|印刷)+$"
)
_BUSINESS = re.compile(_BUSINESSES.pattern.removesuffix("+$"))
_IN_ADDRESS = re.compile(
    r"\d+|[a-z]+"
    r"|[\u4e00-\u9fff]+?(?:省|自治区|市|区|县|镇|乡|村|街道|大道|路|街|巷|弄|里|园区|大厦|广场|中心|花园|小区)"
    r"|[\u4e00-\u9fff]+"
)
_UNITS_OF_A_HOUSE = frozenset(
    ["号", "号楼", "栋", "幢", "座", "单元", "室", "层", "楼", "弄", "房", "的"]
)
_SHORT_FORMS: Mapping[str, str] = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "place": "pl", "court": "ct", "lane": "ln", "crescent": "cres", "circuit": "cct",
    "square": "sq", "highway": "hwy", "parkway": "pkwy", "terrace": "tce", "close": "cl",
    "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st", "mount": "mt",
    "centre": "center", "building": "bldg", "suite": "ste", "floor": "fl", "association": "assn",
    "incorporated": "inc", "company": "co", "corporation": "corp", "limited": "ltd",
    "department": "dept", "university": "univ", "international": "intl", "and": "&",
}  # fmt: skip
_ROMAN: Mapping[str, str] = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
}  # fmt: skip


@lru_cache(maxsize=8192)
def words_of(manner: Manner, text: str) -> Words:
    """The words of a text, each once, in their order; none where nothing was said."""
    return tuple(dict.fromkeys(_READERS[manner](text))) if text else ()


def _whole(text: str) -> Words:
    levelled = "".join(piece for piece in _PIECES.findall(_level(text)))
    return (levelled,) if levelled else ()


def _phone(text: str) -> Words:
    """The number without country and extension; one that lacks its area code as it stands."""
    dialled = phone.parse(text)
    if dialled is None:
        digits = "".join(re.findall(r"\d", unicodedata.normalize("NFKC", text)))
        return (digits,) if digits else ()
    return (dialled.number.partition(";")[0],)


def _mail(text: str) -> Words:
    address = mail.parse(text)
    return (mail.mailbox(address),) if address else _whole(text)


def _region(text: str) -> Words:
    return (places.province_in(text) or places.short(_level(text)),)


def _person(text: str) -> Words:
    """Surname and given name apart, without titles: 王工 is somebody called 王."""
    found: list[str] = []
    for piece in _PIECES.findall(_level(text)):
        if _CHINESE.fullmatch(piece):
            found += _chinese_name(_TITLE.sub("", piece))
        elif piece not in _LATIN_TITLES:
            found.append(piece)
    return tuple(found)


def _chinese_name(name: str) -> list[str]:
    if len(name) > _LONGEST_CHINESE_NAME:
        return [name]
    surname = name[:2] if name[:2] in _TWO_CHARACTER_SURNAMES else name[:1]
    return [part for part in (surname, name[len(surname) :]) if part]


def _company(text: str) -> Words:
    """Place, own name and lines of business apart, without the legal form."""
    found: list[str] = []
    for piece in _PIECES.findall(_level(company.bare(text))):
        if _CHINESE.fullmatch(piece):
            found += _chinese_company(piece)
        else:
            found.append(_ROMAN.get(piece, _SHORT_FORMS.get(piece, piece)))
    return tuple(found)


def _chinese_company(name: str) -> list[str]:
    place = company.place_before(name)
    rest = name[len(place) :]
    tail = _BUSINESSES.search(rest, 1)
    own = rest[: tail.start()] if tail else rest
    return [*filter(None, (place, own)), *_BUSINESS.findall(tail[0] if tail else "")]


def _address(text: str) -> Words:
    return tuple(
        _SHORT_FORMS.get(piece, piece)
        for piece in _IN_ADDRESS.findall(_level(text))
        if piece not in _UNITS_OF_A_HOUSE
    )


def _level(text: str) -> str:
    """Half width, lower case, no accents, no apostrophes."""
    return company.without_accents(
        unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    )


_READERS: Mapping[Manner, Callable[[str], Words]] = {
    "whole": _whole,
    "phone": _phone,
    "mail": _mail,
    "region": _region,
    "person": _person,
    "company": _company,
    "address": _address,
}
