"""Files of records, taken in row by row: kept first, mapped, applied in batches, resumable.

A service says what a row is and what to do with a batch (`Importer`); the engine keeps the file,
finds out how it is written, maps its columns, and works through it while the service goes on:

    IMPORTERS = (Importer(kind="customers", row=CustomerRow, apply=handlers.import_customers,
                          identity=lambda row: row.id),)
    SERVICE = Service(…, routers=(…, imports.router(IMPORTERS)),
                      timers=(*TIMERS, imports.worker(IMPORTERS)))

Doors: `POST /imports/{kind}`, `GET /imports`, `GET /imports/{id}`, its `/events`, `/errors`, `/undo`.
"""

from shared.imports.engine import worker
from shared.imports.hook import (
    OWN_SYSTEM,
    Apply,
    Effect,
    Headers,
    Importer,
    Looks,
    RowOutcome,
    Run,
    Settings,
)
from shared.imports.routes import router
from shared.imports.rows import items

__all__ = [
    "OWN_SYSTEM",
    "Apply",
    "Effect",
    "Headers",
    "Importer",
    "Looks",
    "RowOutcome",
    "Run",
    "Settings",
    "items",
    "router",
    "worker",
]
