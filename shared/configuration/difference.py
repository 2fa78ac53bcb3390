"""What one version says otherwise than another, place by place."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, JsonValue


class Change(BaseModel):
    """One place, and what is said there; nothing where it is not there at all."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    before: JsonValue
    after: JsonValue


def difference(before: JsonValue, after: JsonValue, pointer: str = "") -> Iterator[Change]:
    """The places that differ. Items of a list that have names are told apart by those."""
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        if before != after:
            yield Change(pointer=pointer, before=before, after=after)
        return
    for name in dict.fromkeys((*old, *new)):
        yield from difference(old.get(name), new.get(name), f"{pointer}/{name}")


def _parts(value: JsonValue) -> dict[str, JsonValue] | None:
    """What an object or a list holds; nothing for a single value."""
    if isinstance(value, dict):
        return dict(value)
    if not isinstance(value, list):
        return None
    names = [item.get("name") if isinstance(item, dict) else None for item in value]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return {str(name): item for name, item in zip(names, value, strict=True)}
    return {str(number): item for number, item in enumerate(value)}
