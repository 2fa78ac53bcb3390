"""The table of contents of `opportunities`."""

from pathlib import Path

from services.opportunities.configurations import KINDS
from services.opportunities.constraints import CONSTRAINTS
from services.opportunities.consumers import consumer
from services.opportunities.handlers.bootstrap import on_start
from services.opportunities.importers import IMPORTERS
from services.opportunities.queries import totals
from services.opportunities.routes import (
    activity,
    client,
    collision,
    customer_line,
    deal,
    document,
    export,
    hand_over,
    ownership,
    person,
    pipeline,
    pool,
    product,
    rehearsal,
    scim,
    session,
    unit,
)
from services.opportunities.timers import TIMERS
from shared import configuration, imports
from shared.app import Service
from shared.imports import comparing

SERVICE = Service(
    name="opportunities",
    summary="The directory, who owns what, and how deals move",
    routers=(
        session.router,
        unit.router,
        unit.entities,
        person.router,
        product.router,
        client.router,
        ownership.router,
        hand_over.router,
        collision.registrations,
        collision.router,
        customer_line.router,
        pool.router,
        deal.router,
        pipeline.router,
        activity.router,
        document.router,
        document.uploads,
        document.places,
        document.contents,
        rehearsal.router,
        scim.router,
        configuration.router(KINDS),
        imports.router(IMPORTERS),
        export.router,
        comparing.router(totals.COUNTED),
    ),
    consumer=consumer,
    timers=TIMERS,
    migrations=Path(__file__).parent / "migrations",
    constraints=CONSTRAINTS,
    on_start=on_start,
)
