"""The enterprise that is measured: four teams of ten sellers, and leads for them."""

from shangji.client import Client
from shared.access import ROOT_UNIT

REGIONS = ("江苏", "浙江", "广东", "山东")
SELLERS_OF_A_TEAM = 10
COLUMNS = ("external_id", "name", "phone", "mail", "company_name", "region", "source", "industry")


async def found(client: Client) -> None:
    """Make the teams and take on the sellers."""
    for number, region in enumerate(REGIONS):
        unit = {"name": region, "kind": "team", "parent_id": str(ROOT_UNIT), "regions": [region]}
        team = await client.send("POST", "opportunities", "/units", unit)
        for seller in range(SELLERS_OF_A_TEAM):
            name = f"seller.{number}.{seller}"
            person = {"username": name, "name": name, "unit_id": team["id"], "roles": ["seller"]}
            await client.send("POST", "opportunities", "/persons", person)


def row(number: int) -> tuple[str, ...]:
    """A lead as a file tells it; one of fifty has the phone of the one before."""
    told = number - 1 if number % 50 == 49 else number
    return (
        f"L-{number:08d}",
        f"王工 {number}",
        f"+86 138 {told // 10_000:04d} {told % 10_000:04d}",
        f"Engineer.{told}@Company{told}.example.com",
        f"苏州第{number}水务有限公司",
        REGIONS[number % len(REGIONS)],
        ("官网", "展会", "电话")[number % 3],
        ("水务", "电力", "化工")[number // 3 % 3],
    )


def body(number: int) -> bytes:
    """A lead as a form posts it; every body is as long as every other."""
    region = REGIONS[number % len(REGIONS)]
    return (
        f'{{"name": "王工", "phone": "138{number:08d}", "mail": "w{number:08d}@example.com", '
        f'"company_name": "苏州第{number:08d}水务有限公司", "region": "{region}", '
        f'"industry": "水务", "source": "官网"}}'
    ).encode()
