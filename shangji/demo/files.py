"""The demo's records as the files that are imported, each with the mapping that says what it is."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shangji.demo import history, roads
from shangji.demo.company import Company
from shangji.demo.seasons import Seasons
from shangji.demo.vocabulary import OPEN_STAGES, PRODUCTS, SYSTEM

HISTORY = f"system: {SYSTEM}\nhistory: true\n"
PLAIN = f"system: {SYSTEM}\n"


@dataclass(frozen=True)
class DemoFile:
    """One file to import."""

    kind: str
    name: str
    mapping: str
    rows: Iterable[Sequence[object]]
    header: Sequence[str]

    def write(self, folder: Path) -> Path:
        """Put it into a folder."""
        path = folder / self.name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.header)
            writer.writerows(self.rows)
        return path


def demo_files(company: Company, *, today: date, seed: int) -> tuple[DemoFile, ...]:
    """All files in the order in which they refer to each other."""
    seasons = Seasons(today)
    return (
        _directory(company),
        _products(),
        _customers(company),
        _deals(company, seasons, seed),
        _leads(company, seasons, seed),
    )


def _directory(company: Company) -> DemoFile:
    header = (
        "seller",
        "seller_id",
        "manager",
        "team",
        "region",
        "legal_entity",
        "industries",
        "email",
    )
    rows = [
        (
            seller.name,
            seller.id,
            seller.team_lead,
            seller.team,
            seller.region.name,
            seller.region.legal_entity,
            "、".join(seller.industries),
            f"{seller.id.lower()}@yuanlan.example",
        )
        for seller in company.sellers
    ]
    return DemoFile("directory", "组织架构.csv", PLAIN, rows, header)


def _products() -> DemoFile:
    rows = [
        (article.code, article.name, article.series, article.price, "CNY") for article in PRODUCTS
    ]
    header = ("code", "name", "series", "list_price", "currency")
    return DemoFile("products", "产品目录.csv", PLAIN, rows, header)


def _customers(company: Company) -> DemoFile:
    rows = [
        (customer.id, customer.name, customer.industry, customer.province, customer.level)
        for customer in company.customers
    ]
    header = ("客户编号", "客户名称", "行业", "省份", "级别")
    return DemoFile("customers", "客户.csv", HISTORY, rows, header)


def _deals(company: Company, seasons: Seasons, seed: int) -> DemoFile:
    leads = history.leads(company, seasons, seed=seed)
    deals = roads.from_leads(history.deals(company, seasons, seed=seed), leads)
    rows = [
        (
            deal.id,
            deal.seller.id,
            deal.customer.id,
            deal.product.code,
            deal.stage,
            deal.engaged_on,
            deal.closed_on or "",
            deal.expected_close_on or "",
            deal.amount,
            deal.source,
            deal.reason,
            deal.competitor,
            deal.lead,
            *(deal.entered.get(stage, "") for stage in OPEN_STAGES),
        )
        for deal in roads.through_stages(deals, today=seasons.today, seed=seed)
    ]
    header = (
        "id", "seller", "customer", "product", "stage", "engaged_on", "closed_on",
        "expected_close_on", "amount", "source", "reason", "competitor", "lead",
    )  # fmt: skip
    columns = "".join(f"  {name}: {name}\n" for name in header)
    days = "".join(f"  entered.{stage}: {stage}\n" for stage in OPEN_STAGES)
    mapping = f"{HISTORY}columns:\n{columns}{days}"
    return DemoFile("opportunities", "商机.csv", mapping, rows, (*header, *OPEN_STAGES))


def _leads(company: Company, seasons: Seasons, seed: int) -> DemoFile:
    rows = [
        (
            lead.id,
            lead.captured_at.isoformat(),
            lead.source,
            lead.origin,
            lead.campaign,
            lead.name,
            lead.phone,
            lead.company,
            lead.province,
            lead.industry,
            lead.product.code,
            lead.visits,
            lead.outcome,
        )
        for lead in history.leads(company, seasons, seed=seed)
    ]
    header = (
        "external_id", "captured_at", "source", "origin", "campaign", "name", "phone",
        "company_name", "region", "industry", "product", "visits", "outcome",
    )  # fmt: skip
    columns = "".join(f"  {name}: {name}\n" for name in header if name != "visits")
    mapping = f"{HISTORY}columns:\n{columns}  attributes.total_visits: visits\n"
    return DemoFile("leads", "线索.csv", mapping, rows, header)
