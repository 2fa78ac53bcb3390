"""What a row of an exported file corrects: the cells that stand otherwise than the lead does."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.leads.domain.intake import Said
from services.leads.domain.lead import Lead
from services.leads.domain.scoring import Signal
from shared.custom_fields import measured
from shared.imports import items

_TEXTS = tuple(
    name for name in Said.model_fields if name not in ("do_not_email", "do_not_call", "attributes")
)


def record_named(text: str) -> UUID:
    """The record that a row of an export is about; what is no id is nobody's id."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def as_told(lead: Lead) -> dict[str, Any]:
    """What is known of a lead, as its sender would have told it."""
    return {
        **dict(lead.facts),
        **lead.person.told,
        "attributes": dict(lead.attributes),
    }


def corrections(lead: Lead, row: Said) -> Mapping[str, Any]:
    """What is to be different. A blank cell says nothing, and a wish not to be contacted stays."""
    told = as_told(lead)
    said = {name: getattr(row, name) for name in _TEXTS}
    changes: dict[str, Any] = dict(text_corrections(told, said))
    for wish in ("do_not_email", "do_not_call"):
        if getattr(row, wish) and not told[wish]:
            changes[wish] = True
    if custom := custom_corrections(lead.attributes, row.attributes):
        changes["attributes"] = {**lead.attributes, **custom}
    return changes


def text_corrections(told: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Texts that are to be different; a blank one says nothing."""
    return {
        name: value for name, value in said.items() if value and _lines(value) != _lines(told[name])
    }


def more_tags(known: Iterable[str], row_tags: Iterable[str]) -> list[str]:
    """Tags that a row has and its lead has not. A tag that a row leaves out stays: blank says nothing."""
    # A tag whose name holds what parts tags came out as several, and comes back as those.
    there = set(items("、".join(known)))
    return [tag for tag in row_tags if tag not in there]


def custom_corrections(
    known: Mapping[str, Signal], told: Mapping[str, Signal]
) -> Mapping[str, Signal]:
    """Custom fields that are to be different."""
    return {
        name: value
        for name, value in told.items()
        if value != "" and value != _read_back(known.get(name))
    }


def _lines(text: str) -> str:
    """The text as every program writes it: some end lines in their own way."""
    return text.replace("\r\n", "\n").strip()


def _read_back(value: Signal | None) -> object:
    """How a value looks that went out into a file and came in again."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return measured(value)
