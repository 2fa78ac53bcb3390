"""A migration from another system: its files in their order, and a comparison with what it says itself."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shangji.client import Client
from shangji.errors import StartRefused
from shangji.importing import SERVICE_OF, Sending, read_mapping

COLUMNS = ("kind", "by", "value", "count", "amount")


class Step(BaseModel):
    """One file of a plan."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    file: Path
    mapping: Path | None = None
    folder: Path | None = None
    """Where the contents lie that a file of documents names."""


class Plan(BaseModel):
    """What a migration takes in, in this order, and what the other system says it holds."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    system: str = Field(min_length=1, max_length=64)
    files: list[Step]
    totals: Path | None = None


@dataclass(frozen=True)
class Written:
    """A plan, and the folder that its files are named from."""

    plan: Plan
    folder: Path

    def sendings(self, *, dry_run: bool) -> list[Sending]:
        """The files to be sent."""
        return [
            Sending(
                kind=step.kind,
                path=self.folder / step.file,
                mapping=read_mapping(step.mapping and self.folder / step.mapping),
                dry_run=dry_run,
                migration=self.plan.name,
                folder=step.folder and self.folder / step.folder,
            )
            for step in self.plan.files
        ]


def read_plan(path: Path) -> Written:
    """The plan in a YAML file; refuses in a sentence what is none."""
    try:
        plan = Plan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise StartRefused(f"The plan {path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise StartRefused(f"The plan {path} is wrong at {place}: {first['msg']}.") from error
    for step in plan.files:
        if step.kind not in SERVICE_OF:
            known = ", ".join(SERVICE_OF)
            raise StartRefused(f"The plan {path} names {step.kind}; there are {known}.")
    return Written(plan, path.parent)


def read_totals(path: Path) -> list[dict[str, Any]]:
    """What the other system says: CSV with the columns kind, by, value, count, amount, or the same as JSON."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows: list[Any] = (
            json.loads(text)
            if text.lstrip()[:1] in ("[", "{")
            else list(csv.DictReader(StringIO(text)))
        )
        return [_total(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StartRefused(
            f"The totals {path} cannot be read ({error}); they have the columns "
            f"{', '.join(COLUMNS)}, of which kind and count are needed."
        ) from error


def _total(row: Mapping[str, Any]) -> dict[str, Any]:
    amount = row.get("amount")
    return {
        "kind": row["kind"],
        "by": row.get("by") or "",
        "value": row.get("value") or "",
        "count": int(row["count"]),
        "amount": str(amount) if amount not in (None, "") else None,
    }


async def compare(client: Client, system: str, totals: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Both sides of every total, each asked of the service that keeps its kind."""
    by_service: dict[str, list[Mapping[str, Any]]] = {}
    for total in totals:
        service = SERVICE_OF.get(total["kind"])
        if service is None:
            raise StartRefused(f"There are no totals of {total['kind']}.")
        by_service.setdefault(service, []).append(total)
    lines: list[Any] = []
    for service, told in by_service.items():
        path = f"/migrations/{system}/comparison"
        answer = await client.send("POST", service, path, {"totals": told})
        lines += answer["lines"]
    return lines
