"""Pipelines as they are shown."""

from services.opportunities.domain.pipeline import Pipeline
from shared.db import Tx


async def in_force(tx: Tx) -> list[Pipeline]:
    """Every pipeline in the version that new deals begin on."""
    rows = await tx.fetch(
        """
        SELECT substr(kind, 10) AS key, version, body
          FROM configuration
         WHERE state = 'activated'
           AND starts_with(kind, 'pipeline:')
         ORDER BY kind
        """
    )
    return [
        Pipeline.model_validate({**row["body"], "key": row["key"], "version": row["version"]})
        for row in rows
    ]
