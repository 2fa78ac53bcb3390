"""What the tables of all services hold, in a form that two moments can be compared by."""

import asyncpg

BOOKKEEPING = ("consumer_offset", "consumer_tally", "dead_letter", "timer_backoff")
"""What is allowed to change when messages are heard that have no effect."""

RESTLESS = ("delivery", "robot_budget")
"""What goes on by itself while everything else is at rest: of these only the number of rows counts."""


async def snapshot(readonly_url: str, *schemas: str) -> dict[str, str]:
    """A checksum of the rows of each table, bookkeeping of the consumers left out."""
    connection = await asyncpg.connect(readonly_url)
    try:
        tables = await connection.fetch(
            """
            SELECT schemaname || '.' || tablename AS name
              FROM pg_tables
             WHERE schemaname = ANY($1::text[])
               AND tablename <> ALL($2::text[])
             ORDER BY name
            """,
            schemas or ("leads", "opportunities", "notifications", "analytics"),
            BOOKKEEPING,
        )
        return {
            table["name"]: await connection.fetchval(
                f"SELECT count(*) || ' rows ' || {_checksum(table['name'])} FROM {table['name']} AS t"
            )
            for table in tables
        }
    finally:
        await connection.close()


def _checksum(table: str) -> str:
    if table.split(".")[1] in RESTLESS:
        return "''"
    return "coalesce(md5(string_agg(t::text, ';' ORDER BY t::text)), '')"
