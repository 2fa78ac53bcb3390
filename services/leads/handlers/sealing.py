"""Sealing what was kept before persons were sealed, and what an earlier key has sealed."""

import structlog

from services.leads.repository import sealing as repository
from shared.db import Database
from shared.imports import sealed as files

log = structlog.get_logger()

BATCH = 1000
STEPS = (
    repository.mark_identities,
    repository.seal_leads,
    repository.seal_contacts,
    repository.seal_evidence,
    repository.seal_merges,
    repository.seal_submissions,
    files.seal_earlier,
)


async def seal_all(database: Database) -> None:
    """Seal what is not, a batch at a time; several processes that start together take turns.

    Nothing is lost on the way: what was read in clear is written sealed in one transaction.
    """
    for step in STEPS:
        done = 0
        while True:
            async with database.tx() as tx:
                sealed = await step(tx, limit=BATCH)
            if not sealed:
                break
            done += sealed
        if done:
            log.info("persons_sealed", step=step.__name__, rows=done)
