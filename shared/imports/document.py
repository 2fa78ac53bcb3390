"""A YAML or JSON text as plain values, with the place of each, so that a mistake can be pointed at.

Every scalar stays text, as written: in YAML `No: …` would otherwise become `False: …`, and columns
are full of such values. pydantic turns text into what a field needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from shared.imports.refusals import MappingRefused

MAX_LENGTH = 64 * 1024
_NOTHING = ("", "~", "null", "Null", "NULL")

Plain = Mapping[str, "Plain"] | Sequence["Plain"] | str | None
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """The values, and for every path in them the line and column where it is written."""

    value: Plain
    places: Mapping[Path, tuple[int, int]]

    def refuse(self, path: Path, problem: str) -> MappingRefused:
        """A refusal that points at the nearest written part of the path."""
        known = next(p for n in range(len(path), -1, -1) if (p := path[:n]) in self.places)
        line, column = self.places[known]
        return MappingRefused(
            line=line, column=column, problem=problem, path=".".join(map(str, path))
        )


def read(text: str) -> Document:
    """Read the text; refuses what is not YAML (of which JSON is a part), is too long or refers to itself."""
    if len(text) > MAX_LENGTH:
        raise MappingRefused(line=1, column=1, problem=f"it is longer than {MAX_LENGTH} characters")
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise MappingRefused(line=1, column=1, problem="aliases (*name) are not allowed")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MappingRefused(line=line, column=column, problem=str(error.problem)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise MappingRefused(line=1, column=1, problem="this is not YAML or JSON") from error
    places: dict[Path, tuple[int, int]] = {(): (1, 1)}
    return Document(_plain(node, (), places) if node is not None else {}, places)


def _plain(node: yaml.Node, path: Path, places: dict[Path, tuple[int, int]]) -> Plain:
    places.setdefault(path, _place(node))
    match node:
        case yaml.MappingNode():
            return {
                key: _plain(value, (*path, key), places)
                for key, value in _entries(node, path, places)
            }
        case yaml.SequenceNode():
            return [_plain(item, (*path, n), places) for n, item in enumerate(node.value)]
        case yaml.ScalarNode() if node.style is None and node.value in _NOTHING:
            return None
        case _:
            return str(node.value)


def _entries(
    node: yaml.MappingNode, path: Path, places: dict[Path, tuple[int, int]]
) -> list[tuple[str, yaml.Node]]:
    entries: dict[str, yaml.Node] = {}
    for key, value in node.value:
        line, column = _place(key)
        if not isinstance(key, yaml.ScalarNode):
            raise MappingRefused(line=line, column=column, problem="a key must be a word")
        if key.value in entries:
            raise MappingRefused(
                line=line, column=column, problem=f"“{key.value}” is written twice"
            )
        entries[key.value] = value
        places[*path, key.value] = (line, column)
    return list(entries.items())


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
