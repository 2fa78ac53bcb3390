"""Words that stand nowhere else: where they are found, somebody's data are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg


@dataclass(frozen=True)
class Canaries:
    """Words to look for, in every way they may have been written down."""

    words: tuple[str, ...]

    def in_bytes(self, content: bytes) -> list[str]:
        """Those that stand in the content."""
        return [word for word in self.words if any(form in content for form in _forms(word))]

    def in_files(self, folder: Path) -> dict[str, list[str]]:
        """Those that stand in a file below the folder, by the file."""
        found = {
            str(path.relative_to(folder)): self.in_bytes(path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        return {path: words for path, words in found.items() if words}

    async def in_tables(
        self, connection: "asyncpg.Connection[Any]", schemas: Collection[str]
    ) -> dict[str, list[str]]:
        """Those that stand in a row of these schemas, by the table; bytes are shown in hexadecimal."""
        tables = await connection.fetch(
            """
            SELECT table_schema, table_name
              FROM information_schema.tables
             WHERE table_schema = ANY($1)
               AND table_type = 'BASE TABLE'
             ORDER BY table_schema, table_name
            """,
            list(schemas),
        )
        assert tables
        found: dict[str, list[str]] = {}
        for schema, table in tables:
            rows = await connection.fetch(f'SELECT held::text FROM "{schema}"."{table}" AS held')
            text = "\n".join(row["held"] for row in rows).encode()
            if words := self.in_bytes(text):
                found[f"{schema}.{table}"] = words
        return found


def _forms(word: str) -> Iterator[bytes]:
    plain = word.encode()
    yield plain
    yield plain.hex().encode()
    yield word.encode("unicode_escape")
    yield word.encode("gb18030")
    yield word.encode("gb18030").hex().encode()
    yield word.encode("utf-16-le")
