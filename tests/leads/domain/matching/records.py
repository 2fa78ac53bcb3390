"""Records to compare, in a world of many others."""

from services.leads.domain.matching.census import Census
from services.leads.domain.matching.defaults import DUPLICATES
from services.leads.domain.matching.portrait import Portrait, portray
from services.leads.domain.matching.weighing import Verdict, weigh

COMMON = {"name": "王伟", "company_name": "上海科技有限公司", "region": "上海"}


def portrait(**fields: str) -> Portrait:
    """A record as the rules of an empty enterprise see it."""
    return portray(
        {name.replace("__", "."): text for name, text in fields.items()}, rules=DUPLICATES
    )


def verdict(one: Portrait, other: Portrait, *others: Portrait) -> Verdict:
    """Weigh two records among a thousand that have common names, and these others."""
    crowd = [portrait(**COMMON)] * 1000
    census = Census.of([one, other, *others, *crowd])
    return weigh(one, other, census=census, rules=DUPLICATES)


def bits(found: Verdict, comparison: str) -> float:
    """What one comparison gave."""
    return next(one.bits for one in found.findings if one.comparison == comparison)
